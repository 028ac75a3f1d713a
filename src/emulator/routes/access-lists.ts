import { locations } from "../locations.ts";
import type { Reply } from "../reply.ts";
import { okRows } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { AccessEntry, AccessList, SecurityNamespace } from "../state.ts";
import { subjectAt } from "../state.ts";
import { listIndex, trimmedToken, upward } from "../tokens.ts";
import { namespaceOf } from "./security-namespaces.ts";

function identityOf(call: Call, entry: AccessEntry): string {
  const identity = typeof entry.who === "string" ? entry.who : subjectAt(call.state, entry.who).identity;
  if (call.beliefs.aclKeyCase === "same") return identity;
  return identity.replace(/;[0-9a-f-]{36}(?=\\)/, (tenant) => tenant.toUpperCase());
}

type Bits = Pick<AccessEntry, "allow" | "deny">;

/**
 * What an identity inherits on a token: explicit bits of the lists above it, for that identity itself, the nearest
 * first; what its groups have is not in it (facts 4.4).
 */
function inheritedBits(call: Call, namespace: SecurityNamespace, list: AccessList, identity: string): Bits {
  const lists = listIndex(call.state, namespace);
  let allow = 0;
  let deny = 0;
  if (!list.inherit) return { allow, deny };
  for (const level of upward(trimmedToken(list.token, namespace), namespace).drop(1)) {
    const above = lists.get(level) ?? [];
    const own = above.flatMap(({ entries }) => entries).filter((entry) => sameIdentity(call, entry, identity));
    const set = allow | deny;
    for (const entry of own) allow |= entry.allow & ~set;
    for (const entry of own) deny |= entry.deny & ~set;
    if (above.some(({ inherit }) => !inherit)) break;
  }
  return { allow, deny };
}

function sameIdentity(call: Call, entry: AccessEntry, identity: string): boolean {
  return identityOf(call, entry).toLowerCase() === identity.toLowerCase();
}

/** Fields that would be 0 are left out (facts 4.4). */
function extendedInfo({ allow, deny }: Bits, inherited: Bits): object {
  const fields = {
    inheritedAllow: inherited.allow,
    inheritedDeny: inherited.deny,
    effectiveAllow: (allow | (inherited.allow & ~deny)) & ~deny,
    effectiveDeny: deny | (inherited.deny & ~allow),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
}

/** How one answer writes its lists. */
interface Writing {
  readonly call: Call;
  readonly namespace: SecurityNamespace;
  /** Identity descriptors that were asked for; none means all. */
  readonly wanted: readonly string[];
  readonly extended: boolean;
}

/** An entry; whether its own zeros are left out too is a belief. */
export function writtenEntry({ beliefs }: Call, descriptor: string, { allow, deny }: Bits): object {
  const zeros = beliefs.aclZeros === "written";
  return { descriptor, ...(zeros || allow !== 0 ? { allow } : {}), ...(zeros || deny !== 0 ? { deny } : {}) };
}

function wireEntry({ call, extended, namespace }: Writing, list: AccessList, identity: string, entry: Bits): object {
  const written = writtenEntry(call, identity, entry);
  if (!extended) return written;
  return { ...written, extendedInfo: extendedInfo(entry, inheritedBits(call, namespace, list, identity)) };
}

/** With extended information, or in a body that asks by descriptor, a missing entry comes back as zeros (facts 4.4, 15.5). */
function wireList(writing: Writing, list: AccessList): object {
  const { call, extended, wanted } = writing;
  const dictionary: Record<string, object> = {};
  if (wanted.length === 0) {
    for (const entry of list.entries) {
      const identity = identityOf(call, entry);
      dictionary[identity] = wireEntry(writing, list, identity, entry);
    }
  }
  for (const identity of wanted) {
    const entry = list.entries.find((each) => sameIdentity(call, each, identity));
    const key = entry ? identityOf(call, entry) : identity;
    if (entry || extended) dictionary[key] = wireEntry(writing, list, key, entry ?? { allow: 0, deny: 0 });
  }
  const { inherit: inheritPermissions, token } = list;
  return { inheritPermissions, token, acesDictionary: dictionary, ...(extended ? { includeExtendedInfo: true } : {}) };
}

const isTrue = (call: Call, name: string) => call.query.get(name)?.toLowerCase() === "true";

/** Without a token the whole namespace in one body; with one that list, and with `recurse` those below it (facts 4.4). */
function accessControlLists(call: Call): Reply {
  const namespace = namespaceOf(call);
  const lists = [...(call.state.accessLists.get(namespace.id)?.values() ?? [])];
  const token = call.query.get("token");
  const root = token === undefined ? undefined : trimmedToken(token, namespace);
  const recurse = isTrue(call, "recurse");
  const chosen = lists.filter((list) => {
    if (root === undefined) return true;
    const own = trimmedToken(list.token, namespace);
    return own === root || (recurse && own.startsWith(root + namespace.separator));
  });
  const ordered = call.readings.slice(chosen, call.readings.begin(), 0, chosen.length);
  const wanted = call.query.get("descriptors")?.split(",").filter(Boolean) ?? [];
  const writing = { call, namespace, wanted, extended: isTrue(call, "includeextendedinfo") };
  return okRows(ordered.length, () => ordered.values().map((list) => wireList(writing, list)));
}

/** Access control lists (facts 4.4); whether reading them needs a scope is a belief (9.2). */
export function accessListRoutes(scopes: readonly string[]): readonly Route[] {
  const path = "_apis/accesscontrollists/{securityNamespaceId}";
  return [{ method: "GET", path, location: locations.accessControlLists, scopes, handle: accessControlLists }];
}
