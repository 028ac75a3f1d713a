import { isEntraGroup, prefixOf } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { safeId, unknownIdentityId } from "../../connector/ids.ts";
import type { GroupApi } from "../../microsoft-graph/groups.ts";
import type { EntraMember } from "../../microsoft-graph/members.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { GroupReading } from "./groups.ts";
import { listedMember, type Member } from "./member-resolution.ts";
import type { EntraMemberReading } from "./memberships.ts";
import type { SubjectReading } from "./subjects.ts";

export interface EntraMemberSources {
  readonly entraGroups: GroupApi;
  readonly subjects: SubjectReading;
  readonly groups: GroupReading;
}

/**
 * Reads them from Microsoft Graph, twenty groups a request. Azure DevOps tells of at most 99 members, and only of those
 * who signed in (facts 9.5). A group in a group that Azure DevOps does not know stands for those who are in it.
 */
export function createEntraMemberReading(sources: EntraMemberSources, life: SharedOptions): EntraMemberReading {
  const { entraGroups, subjects, groups } = sources;
  const byObjectId = createShared(async (call: Call) => {
    const [listed, known] = await Promise.all([subjects.all(call), groups.all(call)]);
    const members = new Map<string, Member>();
    for (const { id, graph } of listed.values()) {
      if (graph.originId && prefixOf(graph.descriptor).startsWith("aad")) {
        members.set(graph.originId.toLowerCase(), listedMember(id));
      }
    }
    for (const { descriptor, originId } of known.values()) {
      if (originId && isEntraGroup(descriptor)) members.set(originId.toLowerCase(), listedMember(safeId(descriptor)));
    }
    return members;
  }, life);

  return async (containers, call) => {
    const ofEntra = containers.filter(({ descriptor }) => isEntraGroup(descriptor));
    if (ofEntra.length === 0) return new Map();
    const [known, all] = await Promise.all([byObjectId.get(call), groups.all(call)]);
    const objectIds = new Map(
      ofEntra.flatMap(({ id }) => {
        const originId = all.get(id)?.originId?.toLowerCase();
        return originId === undefined ? [] : [[id, originId] as const];
      }),
    );
    const direct = await entraGroups.listMembers([...objectIds.values()], "direct", call);
    const strange = [...direct.values()].flatMap((members) =>
      (members ?? []).filter(({ id, kind }) => kind === "group" && !known.has(id)).map(({ id }) => id),
    );
    const within = strange.length > 0 ? await entraGroups.listMembers(strange, "transitive", call) : new Map();
    const found = new Map<string, readonly Member[]>();
    for (const [id, objectId] of objectIds) {
      const members = direct.get(objectId);
      // What Entra no longer has is told as Azure DevOps still does.
      if (members) found.set(id, membersOf(members, known, within));
    }
    return found;
  };
}

function membersOf(
  direct: readonly EntraMember[],
  known: ReadonlyMap<string, Member>,
  within: ReadonlyMap<string, readonly EntraMember[] | undefined>,
): Member[] {
  const found = new Map<string, Member>();
  const add = (member: EntraMember): void => {
    const listed = known.get(member.id);
    if (listed) found.set(listed.subjectId, listed);
    // Devices and contacts have no access to anything.
    else if (member.kind === "user" || member.kind === "service-principal") {
      const stranger = strangerOf(member);
      found.set(stranger.subjectId, stranger);
    }
  };
  for (const member of direct) {
    add(member);
    for (const inner of within.get(member.id) ?? []) add(inner);
  }
  return [...found.values()];
}

/** Id of somebody of whom Azure DevOps knows nothing, from their object id. */
export const strangerId = (objectId: string): string => unknownIdentityId(`entra:${objectId}`);

/** Somebody whom Azure DevOps gets to know when they sign in for the first time. */
function strangerOf({ id, kind, displayName }: EntraMember): Member {
  const subjectId = strangerId(id);
  const identityType = kind === "user" ? "aad" : "aadsp";
  const reason = "in a group of Microsoft Entra, and not in Azure DevOps before the first sign-in";
  return { subjectId, unknown: { id: subjectId, identityType, reason, displayName } };
}
