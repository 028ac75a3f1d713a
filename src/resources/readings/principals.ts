import { kindOf, prefixOf } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { GroupReading } from "./groups.ts";
import type { ProjectReading } from "./projects.ts";
import type { SubjectReading } from "./subjects.ts";

/** Why an identity is reported as unknown; shown in its profile. */
export interface UnknownIdentity {
  readonly id: string;
  /** What its descriptor says it is, e.g. `aad` or `Microsoft.TeamFoundation.Identity`. */
  readonly identityType: string;
  readonly reason: string;
  readonly displayName?: string | undefined;
}

/** Says as which resource a subject is reported. */
export interface Principals {
  /** Service identities are known by their descriptor; whoever else no listing has is an unknown identity. */
  ref(subjectId: string): ResourceRef;
  isListed(subjectId: string): boolean;
}

export const typeOfKind = {
  user: "user",
  "service-principal": "service-principal",
  "service-account": "service-account",
  group: "group",
  other: "unknown-identity",
} as const;

export interface PrincipalReadings {
  readonly subjects: SubjectReading;
  readonly groups: GroupReading;
  readonly projects: ProjectReading;
  readonly syncTeams: boolean;
}

/** The directory of everybody listed: what a membership refers to is looked up here once all listings are complete. */
export function createPrincipalReading(
  { subjects, groups, projects, syncTeams }: PrincipalReadings,
  life: SharedOptions,
): (call: Call) => Promise<Principals> {
  const directory = createShared(async (call: Call): Promise<Principals> => {
    const [listed, groupsById, teams] = await Promise.all([
      subjects.all(call),
      groups.all(call),
      syncTeams ? projects.teams(call) : undefined,
    ]);
    const refs = new Map<string, ResourceRef>();
    for (const { id, kind } of listed.values()) refs.set(id, { type: typeOfKind[kind], id });
    for (const group of groupsById.values()) {
      const teamId = group.originId?.toLowerCase();
      const team = teamId === undefined ? undefined : teams?.get(teamId);
      const id = safeId(group.descriptor);
      refs.set(id, team ? { type: "team", id: team.id } : { type: "group", id });
    }
    return { ref: (id) => refs.get(id) ?? unlistedRef(id), isListed: (id) => refs.has(id) };
  }, life);
  return (call) => directory.get(call);
}

function unlistedRef(id: string): ResourceRef {
  return { type: kindOf(id) === "service-account" ? "service-account" : "unknown-identity", id };
}

/** The unknown identity that stands for a subject no listing has. */
export function unknownSubject(subjectId: string, displayName?: string | null): UnknownIdentity {
  const reason =
    kindOf(subjectId) === "other"
      ? "of a kind that this connector does not know"
      : "in no listing of the organization: removed, or of another organization";
  return { id: subjectId, identityType: prefixOf(subjectId), reason, displayName: displayName ?? undefined };
}
