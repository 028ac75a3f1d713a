import { trimmedToken } from "../access.ts";
import { locations } from "../locations.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { AccessEntry, AccessList, SecurityNamespace } from "../state.ts";
import { subjectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";

/** Permissions are a signed number of 32 bits. */
const largestMask = 2 ** 31 - 1;

function words(name: string): string {
  const spaced = name
    .replace(/_/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1);
}

function wireNamespace(namespace: SecurityNamespace): object {
  return {
    namespaceId: namespace.id,
    name: namespace.name,
    displayName: null,
    separatorValue: namespace.separator,
    elementLength: -1,
    writePermission: namespace.write,
    readPermission: namespace.read,
    dataspaceCategory: "Default",
    actions: namespace.bits.map(({ bit, name }) => ({
      bit,
      name,
      displayName: words(name),
      namespaceId: namespace.id,
    })),
    structureValue: namespace.structure,
    extensionType: null,
    isRemotable: false,
    useTokenTranslator: false,
    systemBitMask: namespace.system,
  };
}

function namespaceOf(call: Call): SecurityNamespace {
  const asked = call.param("securityNamespaceId");
  const id = canonicalGuid(asked);
  const found = call.state.namespaces.find((namespace) => namespace.id === id);
  if (found) return found;
  throw new Refusal(
    404,
    "InvalidSecurityNamespaceException",
    `The security namespace with identifier '${asked}' could not be found.`,
  );
}

function identityOf(call: Call, entry: AccessEntry): string {
  const identity = typeof entry.who === "string" ? entry.who : subjectAt(call.state, entry.who).identity;
  if (call.beliefs.aclKeyCase === "same") return identity;
  return identity.replace(/;[0-9a-f-]{36}(?=\\)/, (tenant) => tenant.toUpperCase());
}

/** Fields that would be 0 are left out, of an entry and of its extended information (facts 4.4). */
function nonZero(call: Call, fields: Readonly<Record<string, number>>, keep: boolean): object {
  if (keep && call.beliefs.aclZeros === "written") return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
}

function wireEntry(
  call: Call,
  identity: string,
  entry: Pick<AccessEntry, "allow" | "deny">,
  extended: boolean,
): object {
  const { allow, deny } = entry;
  const info = nonZero(call, { effectiveAllow: allow & ~deny, effectiveDeny: deny }, false);
  return { descriptor: identity, ...nonZero(call, { allow, deny }, true), ...(extended ? { extendedInfo: info } : {}) };
}

/** With extended information, or in a body that asks by descriptor, a missing entry comes back as zeros (facts 4.4, 15.5). */
function wireList(call: Call, list: AccessList, wanted: readonly string[], extended: boolean): object {
  const entries = new Map(list.entries.map((entry) => [identityOf(call, entry).toLowerCase(), entry]));
  const dictionary: Record<string, object> = {};
  if (wanted.length === 0) {
    for (const entry of list.entries) {
      const identity = identityOf(call, entry);
      dictionary[identity] = wireEntry(call, identity, entry, extended);
    }
  }
  for (const identity of wanted) {
    const entry = entries.get(identity.toLowerCase());
    const key = entry ? identityOf(call, entry) : identity;
    if (entry || extended) dictionary[key] = wireEntry(call, key, entry ?? { allow: 0, deny: 0 }, extended);
  }
  const { inherit: inheritPermissions, token } = list;
  return { inheritPermissions, token, acesDictionary: dictionary, ...(extended ? { includeExtendedInfo: true } : {}) };
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

/** Without a token the whole namespace in one body; with one that list, and with `recurse` those below it (facts 4.4). */
function accessControlLists(call: Call): Reply {
  const namespace = namespaceOf(call);
  const lists = [...(call.state.accessLists.get(namespace.id)?.values() ?? [])];
  const token = call.query.get("token");
  const root = token === undefined ? undefined : trimmedToken(token, namespace);
  const recurse = isTrue(call.query.get("recurse"));
  const chosen = lists.filter((list) => {
    if (root === undefined) return true;
    const own = trimmedToken(list.token, namespace);
    return own === root || (recurse && own.startsWith(root + namespace.separator));
  });
  const ordered = call.readings.slice(chosen, call.readings.begin(), 0, chosen.length);
  const wanted = call.query.get("descriptors")?.split(",").filter(Boolean) ?? [];
  const extended = isTrue(call.query.get("includeextendedinfo"));
  return okList(ordered.map((list) => wireList(call, list, wanted, extended)));
}

/**
 * Whether the caller has all of the bits, for each token. Administrators pass only where the query says so; the
 * document leaves open what no `tokens` means, here it is the empty token.
 */
function hasPermissions(call: Call): Reply {
  const namespace = namespaceOf(call);
  const asked = call.param("permissions");
  const bits = Number(asked);
  if (!/^\d+$/.test(asked) || bits > largestMask) throw badArgument(`"${asked}" is no number of permissions.`);
  const { access } = call.lookup;
  const passes = access.isAdministrator && isTrue(call.query.get("alwaysallowadministrators"));
  const tokens = (call.query.get("tokens") ?? "").split(call.query.get("delimiter") || ",");
  return okList(tokens.map((token) => passes || access.allows(namespace, token, bits)));
}

const namespaces = (call: Call): Reply => okList(call.state.namespaces.map(wireNamespace));

/** Namespaces and access control lists (facts 4.1, 4.4); whether the lists need a scope is a belief (9.2). */
export function securityRoutes(listScopes: readonly string[]): readonly Route[] {
  const base = "_apis/securitynamespaces";
  const location = locations.securityNamespaces;
  return [
    { method: "GET", path: base, location, scopes: [], handle: namespaces },
    {
      method: "GET",
      path: `${base}/{securityNamespaceId}`,
      location,
      scopes: [],
      handle: (call) => okList([wireNamespace(namespaceOf(call))]),
    },
    {
      method: "GET",
      path: "_apis/accesscontrollists/{securityNamespaceId}",
      location: locations.accessControlLists,
      scopes: listScopes,
      handle: accessControlLists,
    },
    {
      method: "GET",
      path: "_apis/permissions/{securityNamespaceId}/{permissions}",
      location: locations.permissions,
      scopes: listScopes,
      handle: hasPermissions,
    },
  ];
}
