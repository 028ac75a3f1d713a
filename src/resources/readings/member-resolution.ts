import { isEntraGroup, kindOf, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { Identity } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import { type IdentityResolver, type ResolvedIdentity, unresolvedIdentity } from "./identities.ts";
import { type UnknownIdentity, unknownSubject } from "./principals.ts";

/** A member before it is known whether any listing has it. */
export interface Member {
  readonly subjectId: string;
  /** False once it was removed from the organization; undefined where the source does not say. */
  readonly active?: boolean | undefined;
  /** What to tell of it if no listing has it. */
  readonly unknown: UnknownIdentity;
}

/**
 * The members of groups as the identity service tells them: storage keys (`memberIds`) and identity descriptors
 * (`members`) of the same members. Whether the two lists have the same order is not documented, so nothing relies on
 * it: keys that the listings know need no look-up, groups and service identities follow from their descriptors, and
 * only where that leaves somebody over are the remaining keys looked up.
 */
export async function resolveMembers(
  groups: readonly Identity[],
  byStorageKey: ReadonlyMap<string, Member>,
  resolver: IdentityResolver,
  call: Call,
): Promise<readonly (readonly Member[])[]> {
  const sortedOut = groups.map((group) => sortOut(group, byStorageKey));
  const keys = await resolver.byStorageKey(
    sortedOut.flatMap((group) => group.pendingKeys),
    call,
  );
  // Who is left when a key does not resolve is found among the descriptors: those that do not resolve either.
  const open = sortedOut.map((group) => {
    const unresolved = group.pendingKeys.some((key) => isUnresolved(keys.get(key)));
    return unresolved || group.descriptorsOnly ? group.personDescriptors : [];
  });
  const descriptors = await resolver.byDescriptor(open.flat(), call);
  return sortedOut.map((group, index) => {
    const members = new Map<string, Member>();
    const add = (member: Member) => members.set(member.subjectId, member);
    for (const member of group.known) add(member);
    for (const [subjectId, descriptor] of group.computed) add({ ...unresolvedMember(descriptor), subjectId });
    for (const key of group.pendingKeys) {
      const found = keys.get(key);
      if (found && "subjectId" in found) add(resolvedMember(found));
      else if (group.keysOnly) add(unresolvedMember(key));
    }
    for (const descriptor of open[index] ?? []) {
      const found = descriptors.get(descriptor);
      add(found && "subjectId" in found ? resolvedMember(found) : unresolvedMember(descriptor));
    }
    return [...members.values()];
  });
}

interface SortedOut {
  /** Members whose storage key the listings know. */
  readonly known: readonly Member[];
  /** Descriptors whose subject follows from them, by subject; known members are not among them. */
  readonly computed: ReadonlyMap<string, string>;
  readonly personDescriptors: readonly string[];
  readonly pendingKeys: readonly string[];
  /** The answer holds fewer storage keys than descriptors, so the descriptors have to be looked up. */
  readonly descriptorsOnly: boolean;
  /** The answer holds fewer descriptors than keys: a key that nothing resolves is all that is known of a member. */
  readonly keysOnly: boolean;
}

function sortOut({ members, memberIds }: Identity, byStorageKey: ReadonlyMap<string, Member>): SortedOut {
  const descriptors = members ?? [];
  const keys = (memberIds ?? []).map((key) => key.toLowerCase());
  const known: Member[] = [];
  const unknownKeys: string[] = [];
  for (const key of keys) {
    const member = byStorageKey.get(key);
    if (member) known.push(member);
    else unknownKeys.push(key);
  }
  const computed = new Map<string, string>();
  const personDescriptors: string[] = [];
  for (const descriptor of descriptors) {
    const subject = subjectOfIdentity(descriptor);
    if (subject === undefined) personDescriptors.push(descriptor);
    else computed.set(safeId(subject), descriptor);
  }
  for (const { subjectId } of known) computed.delete(subjectId);
  // Only of these does no listing tell a storage key: with anybody else among them the keys have to be looked up.
  const keyless = [...computed.keys()].every((id) => isEntraGroup(id) || kindOf(id) === "service-account");
  const explained = keyless && descriptors.length === keys.length && unknownKeys.length === computed.size;
  return {
    known,
    computed,
    personDescriptors,
    pendingKeys: explained ? [] : unknownKeys,
    descriptorsOnly: keys.length < descriptors.length,
    keysOnly: descriptors.length < keys.length,
  };
}

function isUnresolved(resolved: object | undefined): boolean {
  return resolved === undefined || "unresolved" in resolved;
}

type Resolved = Extract<ResolvedIdentity, { subjectId: string }>;

/** A member that is known by its subject. */
export function listedMember(subjectId: string): Member {
  return { subjectId, unknown: unknownSubject(subjectId) };
}

/** The member that a resolved identity is. */
export function resolvedMember({ subjectId, displayName, active }: Resolved): Member {
  return { subjectId, active, unknown: unknownSubject(subjectId, displayName) };
}

/** The member that an identity descriptor (or a storage key) stands for when nothing else is known of it. */
export function unresolvedMember(identityDescriptor: string): Member {
  const { id, identityType } = unresolvedIdentity(identityDescriptor);
  const reason = "not resolved by Azure DevOps: deleted, or of a foreign directory";
  return { subjectId: id, unknown: { id, identityType, reason } };
}
