import { canonicalDescriptor, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
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
  storageKeys: ReadonlyMap<string, string>,
  resolver: IdentityResolver,
  call: Call,
): Promise<readonly (readonly Member[])[]> {
  const sortedOut = groups.map((group) => sortOut(group, storageKeys));
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
    for (const id of group.knownIds) add({ subjectId: id, unknown: unknownSubject(id) });
    for (const descriptor of group.computable) add(unresolvedMember(descriptor));
    for (const key of group.pendingKeys) {
      const found = keys.get(key);
      if (found && "subjectId" in found) add(resolvedMember(found));
    }
    for (const descriptor of open[index] ?? []) {
      const found = descriptors.get(descriptor);
      if (found && "subjectId" in found) add(resolvedMember(found));
      else add(unresolvedMember(descriptor));
    }
    return [...members.values()];
  });
}

interface SortedOut {
  readonly knownIds: readonly string[];
  /** Descriptors whose subject follows from them. */
  readonly computable: readonly string[];
  readonly personDescriptors: readonly string[];
  readonly pendingKeys: readonly string[];
  /** The answer holds no usable storage keys. */
  readonly descriptorsOnly: boolean;
}

function sortOut(group: Identity, storageKeys: ReadonlyMap<string, string>): SortedOut {
  const descriptors = group.members ?? [];
  const keys = (group.memberIds ?? []).map((key) => key.toLowerCase());
  const computable = descriptors.filter((descriptor) => subjectOfIdentity(descriptor) !== undefined);
  const personDescriptors = descriptors.filter((descriptor) => subjectOfIdentity(descriptor) === undefined);
  const knownIds = keys.flatMap((key) => storageKeys.get(key) ?? []);
  const unknownKeys = keys.filter((key) => !storageKeys.has(key));
  const computed = new Set(
    computable.map((descriptor) => safeId(canonicalDescriptor(subjectOfIdentity(descriptor) ?? ""))),
  );
  for (const id of knownIds) computed.delete(id);
  const explained = descriptors.length === keys.length && unknownKeys.length === computed.size;
  return {
    knownIds,
    computable,
    personDescriptors,
    pendingKeys: explained ? [] : unknownKeys,
    descriptorsOnly: keys.length < descriptors.length,
  };
}

function isUnresolved(resolved: object | undefined): boolean {
  return resolved === undefined || "unresolved" in resolved;
}

type Resolved = Extract<ResolvedIdentity, { subjectId: string }>;

/** The member that a resolved identity is. */
export function resolvedMember({ subjectId, displayName, active }: Resolved): Member {
  return { subjectId, active, unknown: unknownSubject(subjectId, displayName) };
}

/** The member that an identity descriptor stands for when nothing but the descriptor is known of it. */
export function unresolvedMember(identityDescriptor: string): Member {
  const { id, identityType } = unresolvedIdentity(identityDescriptor);
  const reason = "not resolved by Azure DevOps: deleted, or of a foreign directory";
  return { subjectId: id, unknown: { id, identityType, reason } };
}
