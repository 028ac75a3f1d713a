import { locations } from "../locations.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { AccessEntry, AccessList, SecurityNamespace } from "../state.ts";
import { subjectAt } from "../state.ts";
import { listIndex, trimmedToken } from "../tokens.ts";
import { writtenEntry } from "./access-lists.ts";
import { isMask } from "./permissions.ts";
import { namespaceOf } from "./security-namespaces.ts";
import { writing } from "./writing.ts";

/** Writing lists needs it, roles too (facts 9.2). */
export const securityWriteScopes = ["vso.security_manage"];

type Bits = Pick<AccessEntry, "allow" | "deny">;
type Who = AccessEntry["who"];

const guids = /\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?/gi;

/** The list that a token names in any spelling, or the one that it would begin: GUIDs in lower case without braces (facts 4.3). */
function listOf(call: Call, namespace: SecurityNamespace, token: string): AccessList {
  const exact = call.state.accessLists.get(namespace.id)?.get(token.toLowerCase());
  const [spelled] = listIndex(call.state, namespace).get(trimmedToken(token, namespace)) ?? [];
  const canonical = token.replace(guids, (_, id: string) => id.toLowerCase());
  return exact ?? spelled ?? { token: canonical, inherit: true, entries: [] };
}

/** Whom a descriptor names: a subject, an entry that names nobody else, or nobody. */
function identityOf(call: Call, list: AccessList, descriptor: string): Who | undefined {
  const subject = call.lookup.byIdentity(descriptor);
  if (subject) return subject.index;
  return list.entries.map(({ who }) => who).find((who) => String(who).toLowerCase() === descriptor.toLowerCase());
}

/** An identity that nothing resolves gets no entry; that entries of such identities can still be removed is another matter. */
function knownIdentity(call: Call, list: AccessList, descriptor: string): Who {
  const who = identityOf(call, list, descriptor);
  if (typeof who === "number" && subjectAt(call.state, who).known !== "nowhere") return who;
  const [type = "", identifier = ""] = descriptor.split(";");
  const message = `The identity with type '${type}' and identifier '${identifier}' could not be found.`;
  throw new Refusal(404, "IdentityNotFoundException", message);
}

/** Bits that nobody may set: a refusal, or the others alone (facts 4.1, 4.5). */
function withoutSystemBits(call: Call, { name, system }: SecurityNamespace, bits: Bits): Bits {
  const reserved = (bits.allow | bits.deny) & system;
  if (reserved === 0) return bits;
  if (call.beliefs.systemBits === "ignored") return { allow: bits.allow & ~system, deny: bits.deny & ~system };
  const message = `Invalid operation. Unable to set bits '${reserved}' in security namespace '${name}' as it is reserved by the system.`;
  throw new Refusal(400, "InvalidPermissionsException", message);
}

/** New bits are added, and leave the other side where they stood; what is denied is not allowed (facts 4.6). */
function merged(former: Bits, { allow, deny }: Bits): Bits {
  return { allow: (former.allow | allow) & ~deny, deny: (former.deny & ~allow) | deny };
}

const bitsOf = (list: AccessList, who: Who | undefined): Bits =>
  list.entries.find((entry) => entry.who === who) ?? { allow: 0, deny: 0 };

/** The list with another entry of one identity; the others stay as they are, in their order. */
function withEntry(call: Call, list: AccessList, who: Who, { allow, deny }: Bits): AccessList {
  const at = list.entries.findIndex((entry) => entry.who === who);
  const isEmpty = (allow | deny) === 0 && call.beliefs.emptiedEntries === "removed";
  const entries = list.entries.toSpliced(
    at < 0 ? list.entries.length : at,
    1,
    ...(isEmpty ? [] : [{ who, allow, deny }]),
  );
  return { ...list, entries };
}

/** An inheriting list without entries says nothing, and may go with its last one (facts 4.6). */
export function storeList(call: Call, namespaceId: string, list: AccessList): void {
  const isGone = list.inherit && list.entries.length === 0 && call.beliefs.emptiedEntries === "removed";
  const before = call.state.accessLists.get(namespaceId)?.get(list.token.toLowerCase());
  const after = isGone ? undefined : list;
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  call.changes.setList(namespaceId, list.token, after);
}

interface EntryAsked extends Bits {
  readonly descriptor: string;
}

function readEntry(value: unknown): EntryAsked {
  const { allow = 0, deny = 0, descriptor } = isRecord(value) ? value : {};
  if (typeof descriptor !== "string" || descriptor === "") throw badArgument("Each entry must have a descriptor.");
  if (!isMask(allow) || !isMask(deny)) throw badArgument("allow and deny must be numbers of permissions.");
  return { descriptor, allow, deny };
}

function readToken(token: unknown): string {
  if (typeof token === "string" && token !== "") return token;
  throw badArgument("The security token must not be empty.");
}

/** Sets entries of one list: added to what is there, or in place of it (facts 4.6, SPEC examples). */
function setEntries(call: Call): Reply {
  const namespace = namespaceOf(call);
  const body = isRecord(call.body) ? call.body : {};
  const token = readToken(body.token);
  if (!Array.isArray(body.accessControlEntries)) throw badArgument("The body must have accessControlEntries.");
  const asked = body.accessControlEntries.map(readEntry);
  let list = listOf(call, namespace, token);
  const set = asked.map((entry) => {
    const who = knownIdentity(call, list, entry.descriptor);
    const bits = withoutSystemBits(call, namespace, entry);
    const after = body.merge === true ? merged(bitsOf(list, who), bits) : merged({ allow: 0, deny: 0 }, bits);
    list = withEntry(call, list, who, after);
    return { ...writtenEntry(call, entry.descriptor, after), extendedInfo: {} };
  });
  storeList(call, namespace.id, list);
  return okList(set);
}

/** Clears bits of one entry on either side, and answers with what is left of it (facts 4.6). */
function removePermissions(call: Call): Reply {
  const namespace = namespaceOf(call);
  const bits = Number(call.param("permissions"));
  if (!/^\d+$/.test(call.param("permissions")) || !isMask(bits))
    throw badArgument(`"${call.param("permissions")}" is no number of permissions.`);
  const descriptor = call.query.get("descriptor");
  if (!descriptor) throw badArgument("The query must have a descriptor.");
  const list = listOf(call, namespace, readToken(call.query.get("token")));
  const who = identityOf(call, list, descriptor);
  const cleared = withoutSystemBits(call, namespace, { allow: bits, deny: 0 }).allow;
  const { allow, deny } = bitsOf(list, who);
  const left = { allow: allow & ~cleared, deny: deny & ~cleared };
  if (who !== undefined && list.entries.some((entry) => entry.who === who))
    storeList(call, namespace.id, withEntry(call, list, who, left));
  return ok(writtenEntry(call, descriptor, left));
}

/** Removes entries of one list (facts 4.6); true even when there was none, as far as anybody knows. */
function removeEntries(call: Call): Reply {
  const namespace = namespaceOf(call);
  const list = listOf(call, namespace, readToken(call.query.get("token")));
  const descriptors = call.query.get("descriptors")?.split(",").filter(Boolean) ?? [];
  if (descriptors.length === 0) throw badArgument("The query must have descriptors.");
  const gone = new Set(descriptors.map((descriptor) => identityOf(call, list, descriptor)));
  const entries = list.entries.filter(({ who }) => !gone.has(who));
  if (entries.length === list.entries.length) return ok(call.beliefs.removedNothing);
  storeList(call, namespace.id, { ...list, entries });
  return ok(true);
}

/** A whole list of a body; whatever the token had is gone afterwards (facts 4.6). */
function readList(call: Call, namespace: SecurityNamespace, value: unknown): AccessList {
  const body = isRecord(value) ? value : {};
  const list = listOf(call, namespace, readToken(body.token));
  const dictionary = isRecord(body.acesDictionary) ? Object.values(body.acesDictionary) : [];
  const entries = dictionary.map(readEntry).map((entry): AccessEntry => {
    const { allow, deny } = withoutSystemBits(call, namespace, entry);
    return { who: knownIdentity(call, list, entry.descriptor), allow, deny };
  });
  return { token: list.token, inherit: body.inheritPermissions !== false, entries };
}

function setLists(call: Call): Reply {
  const namespace = namespaceOf(call);
  const value = isRecord(call.body) ? call.body.value : undefined;
  if (!Array.isArray(value)) throw badArgument("The body must have a value that is a list.");
  for (const list of value.map((each) => readList(call, namespace, each))) storeList(call, namespace.id, list);
  return { status: 204 };
}

function removeLists(call: Call): Reply {
  const namespace = namespaceOf(call);
  const tokens = call.query.get("tokens")?.split(",").filter(Boolean) ?? [];
  if (tokens.length === 0) throw badArgument("The query must have tokens.");
  const roots = tokens.map((token) => trimmedToken(token, namespace));
  const recurse = call.query.get("recurse")?.toLowerCase() === "true";
  const lists = [...(call.state.accessLists.get(namespace.id)?.values() ?? [])].filter((list) => {
    const own = trimmedToken(list.token, namespace);
    return roots.some((root) => own === root || (recurse && own.startsWith(root + namespace.separator)));
  });
  for (const { token } of lists) call.changes.setList(namespace.id, token, undefined);
  return ok(lists.length > 0 || call.beliefs.removedNothing);
}

function route(method: string, path: string, location: Route["location"], handle: Route["handle"]): Route {
  return writing({ method, path: `_apis/${path}`, location, scopes: securityWriteScopes, handle });
}

const entries = "accesscontrolentries/{securityNamespaceId}";
const lists = "accesscontrollists/{securityNamespaceId}";
const permissions = "permissions/{securityNamespaceId}/{permissions}";

/** Writes of entries, and of whole lists, which nothing should use (facts 4.6). */
export const accessWriteRoutes: readonly Route[] = [
  route("POST", entries, locations.accessControlEntries, setEntries),
  route("DELETE", entries, locations.accessControlEntries, removeEntries),
  route("DELETE", permissions, locations.permissions, removePermissions),
  route("POST", lists, locations.accessControlLists, setLists),
  route("DELETE", lists, locations.accessControlLists, removeLists),
];
