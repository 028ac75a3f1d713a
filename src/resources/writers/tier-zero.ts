import { identityOfGroup, kindOf, prefixOf } from "../../azure-devops/descriptors.ts";
import { maxBatch } from "../../azure-devops/identities.ts";
import type { GraphUser } from "../../azure-devops/schemas.ts";
import type { AccessControlEntry, AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { type ChangePolicy, type GuardedKind, guardedKinds } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import { type Action, type Actions, createActions } from "../../permissions/actions.ts";
import { bitsOf } from "../../permissions/bits.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import { type Anchors, canonicalToken } from "../../permissions/tokens.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "./built-in.ts";
import { type Chain, closure } from "./containers.ts";
import { guardedKindOf, type Principal } from "./principals.ts";

/** Whether it matters for this change that something is of Tier 0: to look is many requests. */
export function isTierZeroGuarded({ level, tierZeroTo }: ChangePolicy, { guarded }: Principal): boolean {
  if (level !== "privileged") return true;
  // Whoever is in a group gets what the group gets.
  if (guarded === "groups") return guardedKinds.some((kind) => !tierZeroTo.has(kind));
  return guarded !== undefined && !tierZeroTo.has(guarded);
}

/** Fails for Tier 0 where it is not switched on, for changes at all, for this kind of principal, or for one in it. */
export async function guardTierZero(
  readings: Readings,
  policy: ChangePolicy,
  principal: Principal,
  why: string,
  call: Call,
): Promise<void> {
  guardKind(policy, principal, why);
  if (principal.guarded !== "groups") return;
  await guardMembers(readings, principal.descriptor, call, (descriptor, subject) => {
    const guarded = guardedKindOf(descriptor, subject);
    const name = `${subject?.displayName ?? descriptor}, who is in it,`;
    if (guarded !== "groups") guardKind(policy, { name, ...(guarded ? { guarded } : {}) }, why);
  });
}

/**
 * Everybody in a group, nested or not, until the first who is refused. Many are looked up in one request, which is documented
 * without what tells guests from members (SPEC graph); the identity service tells that of many, where it may be read, and
 * who is left is asked for alone.
 */
async function guardMembers(
  { access, client }: Readings,
  group: string,
  call: Call,
  guard: (descriptor: string, subject: GraphUser | undefined) => void,
): Promise<void> {
  const { graph, identities } = client;
  const everybody = await closure(group, async (each) => {
    return prefixOf(each) === "vssgp" ? ((await graph.listMembers(each, call)) ?? []) : [];
  });

  /** Gives those of whom it is not told yet. */
  async function guardMany(members: readonly string[]): Promise<string[]> {
    const known = await graph.lookup(members, call);
    const people = members.filter((each) => kindOf(each) === "user" && !known.get(each)?.metaType);
    const isAsked = people.length > 0 && !(await access.absence("identities", call));
    const metaTypes = isAsked ? await identities.readMetaTypes(people, call) : new Map<string, string>();
    const left: string[] = [];
    for (const descriptor of members) {
      const told = known.get(descriptor);
      const metaType = told?.metaType || metaTypes.get(descriptor);
      if (kindOf(descriptor) === "user" && !(told && metaType)) left.push(descriptor);
      else guard(descriptor, told && { ...told, metaType });
    }
    return left;
  }

  const left = await mapFew(batchesOf([...everybody.keys()].slice(1)), guardMany);
  await mapFew(left.flat(), async (descriptor) => guard(descriptor, await graph.getUser(descriptor, call)));
}

function batchesOf(members: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let at = 0; at < members.length; at += maxBatch) batches.push(members.slice(at, at + maxBatch));
  return batches;
}

type Holder = Pick<Principal, "name" | "guarded">;

function guardKind({ level, tierZeroTo }: ChangePolicy, { guarded, name }: Holder, why: string): void {
  if (level !== "privileged") {
    const told = `${why}, which lets its holder take every other right (Tier 0): it needs --provisioning privileged`;
    throw new ConnectorError("refused", `${told}, and a caller with that right`);
  }
  if (guarded === undefined || tierZeroTo.has(guarded)) return;
  throw new ConnectorError(
    "refused",
    `${why}, which lets its holder take every other right (Tier 0), and ${name} is ${kinds[guarded]}: give it to people, or allow it with --tier-zero-to ${guarded}`,
  );
}

const kinds: Readonly<Record<GuardedKind, string>> = {
  groups: "a group",
  "entra-groups": "a group of Microsoft Entra, where others decide who is in it",
  guests: "a guest",
  "build-identities": "an identity of pipelines",
  "valid-users": "everybody",
};

/** By what membership of a group gives Tier 0: by a group of administrators above it, or by entries of any of them. */
export async function tierZeroOfGroup(readings: Readings, chain: Chain, call: Call): Promise<string | undefined> {
  const groups = [...chain.keys()].filter((each) => builtInOf(each) !== "everybody");
  const administrators = groups.find((each) => ["administrators", "service-accounts"].includes(builtInOf(each) ?? ""));
  if (administrators !== undefined) return `membership leads to ${await nameOf(readings, administrators, call)}`;
  const entry = await firstEntry(readings, groups, call);
  return entry && `membership gives ${entry}`;
}

/** The first permission that an entry denies to one of some groups. */
export async function firstDeny(
  { client }: Readings,
  groups: readonly string[],
  call: Call,
): Promise<string | undefined> {
  const definitions = new Map((await client.security.listNamespaces(call)).map((each) => [each.id, each]));
  const governed = governedNamespaces
    .filter(({ id }) => definitions.has(id))
    .map((namespace) => createActions(namespace, definitions.get(namespace.id)));
  return firstIn(
    { client },
    groups,
    governed,
    ({ deny }) => deny,
    () => true,
    call,
  );
}

async function nameOf({ client }: Readings, descriptor: string, call: Call): Promise<string> {
  const group = await client.graph.getGroup(descriptor, call);
  return group?.principalName || group?.displayName || descriptor;
}

/** The first permission of Tier 0 that an entry gives to one of some groups, wherever it is. */
async function firstEntry({ client }: Readings, groups: readonly string[], call: Call): Promise<string | undefined> {
  if (groups.length === 0) return undefined;
  const definitions = new Map((await client.security.listNamespaces(call)).map((each) => [each.id, each]));
  const dangerous = governedNamespaces
    .filter(({ id }) => definitions.has(id))
    .map((namespace) => createActions(namespace, definitions.get(namespace.id)))
    .filter(({ known }) => known.some(({ tier }) => tier === 0));
  return firstIn(
    { client },
    groups,
    dangerous,
    ({ allow }) => allow,
    ({ tier }) => tier === 0,
    call,
  );
}

/** The first action of an entry for one of some groups, in words: of the bits that `side` gives, one that is `wanted`. */
async function firstIn(
  { client }: Pick<Readings, "client">,
  groups: readonly string[],
  namespaces: readonly Actions[],
  side: (entry: AccessControlEntry) => number,
  isWanted: (action: Action) => boolean,
  call: Call,
): Promise<string | undefined> {
  const descriptors = groups.map(identityOfGroup);
  const concerned = new Set(descriptors.map((each) => each.toLowerCase()));
  const found = await mapFew(namespaces, (actions) => {
    const collector = () =>
      firstOf(actions, (entry) => {
        if (!concerned.has(entry.descriptor.toLowerCase())) return undefined;
        return [...bitsOf(side(entry))].map(actions.of).find(isWanted);
      });
    return client.security.readAccessControlLists(actions.namespace.id, { descriptors }, collector, call);
  });
  return found.find((each) => each !== undefined);
}

/** Azure DevOps reads no list whose token has another shape than its namespace's (facts 4.3). */
function isRead({ namespace }: Actions, token: string): boolean {
  return namespace.readToken(canonicalToken(token, namespace.separator), anySubject) !== undefined;
}

/** Whatever a token names is taken to be there. */
const anySubject: Anchors = { collectionId: "", projectNamed: () => "", projectOfNode: () => "" };

/** Keeps the first entry of which something is wanted, and forgets the rest of the lists. */
function firstOf(actions: Actions, wanted: (entry: AccessControlEntry) => Action | undefined) {
  let first: string | undefined;
  return {
    add({ token, entries }: AccessControlList) {
      if (first !== undefined || !isRead(actions, token)) return;
      for (const entry of entries) {
        const action = wanted(entry);
        if (action) first = `${action.displayName} (${action.slug}) on ${token || actions.namespace.title}`;
      }
    },
    result: () => first,
  };
}
