import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Project } from "../../azure-devops/schemas.ts";
import type { Place } from "../../permissions/tokens.ts";

/** Whether somebody's access level leaves nothing of rights on a place that need a licence. */
export type IsBlocked = (subjectId: string, place: Place) => boolean;

/**
 * Whoever works as Stakeholder cannot use rights that need a licence in private projects, whatever the entries say
 * (facts 4.5, 6.1).
 */
export function createBlocked(stakeholders: ReadonlySet<string>, projects: readonly Project[]): IsBlocked {
  const open = new Set(projects.filter(({ visibility }) => visibility?.toLowerCase() === "public").map(({ id }) => id));

  function isPrivate({ type, id, projectId }: Place): boolean {
    return type === "organization" ? open.size === 0 : !open.has(projectId ?? id);
  }

  return (subjectId, place) => stakeholders.has(subjectId) && kindOf(subjectId) === "user" && isPrivate(place);
}
