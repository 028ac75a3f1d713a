import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import { maxBatch } from "../../azure-devops/identities.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { GroupReading } from "./groups.ts";
import { listedMember, type Member } from "./member-resolution.ts";
import type { SubjectReading } from "./subjects.ts";

export interface StorageKeySources {
  readonly client: AzureDevOpsClient;
  readonly subjects: SubjectReading;
  readonly groups: GroupReading;
}

/**
 * Members by storage key, one object for all the groups that somebody is in: the entitlement listing and the groups tell theirs; listed people and applications
 * without an entitlement are asked for in batches, so that memberships need no look-ups for anybody who is listed.
 * Entra groups and service identities are left out, since their descriptors are enough.
 */
export function createStorageKeyReading(
  { client, subjects, groups }: StorageKeySources,
  life: SharedOptions,
): (call: Call) => Promise<ReadonlyMap<string, Member>> {
  const all = createShared(async (call: Call) => {
    const [listed, ownGroups] = await Promise.all([subjects.all(call), groups.byStorageKey(call)]);
    const keys = new Map<string, Member>();
    for (const [key, group] of ownGroups) keys.set(key, listedMember(safeId(group.descriptor)));
    const without: string[] = [];
    for (const { id, kind, graph, entitlement } of listed.values()) {
      if (entitlement) keys.set(entitlement.id.toLowerCase(), listedMember(id));
      else if (kind !== "service-account") without.push(graph.descriptor);
    }
    const batches: string[][] = [];
    for (let start = 0; start < without.length; start += maxBatch) batches.push(without.slice(start, start + maxBatch));
    const answers = batches.map((subjectDescriptors) =>
      client.identities.readBatch({ subjectDescriptors }, "none", call),
    );
    for (const identity of (await Promise.all(answers)).flat()) {
      const descriptor = identity?.subjectDescriptor;
      if (descriptor) keys.set(identity.id.toLowerCase(), listedMember(safeId(canonicalDescriptor(descriptor))));
    }
    return keys;
  }, life);
  return (call) => all.get(call);
}
