import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Project } from "../../azure-devops/schemas.ts";
import type { Place } from "../../permissions/tokens.ts";
import { worksAsStakeholder } from "./levels.ts";
import type { HeldLevel } from "./reading.ts";

/** Whether somebody's access level leaves nothing of rights on a place that need a licence. */
export type IsBlocked = (subjectId: string, place: Place) => boolean;

/**
 * Whether people hold rights that need a licence and have none: whoever works as Stakeholder cannot use them in private
 * projects, whatever the entries say (facts 4.5, 6.1). Nothing is said of those of whom no level is known.
 */
export function createBlocked(
  levelOf: (subjectId: string) => HeldLevel | undefined,
  projects: readonly Project[],
): IsBlocked {
  const open = new Set(projects.filter(({ visibility }) => visibility?.toLowerCase() === "public").map(({ id }) => id));

  function isPrivate({ type, id, projectId }: Place): boolean {
    if (type === "organization") return open.size === 0;
    return !open.has(projectId ?? id);
  }

  return (subjectId, place) => {
    if (kindOf(subjectId) !== "user" || !isPrivate(place)) return false;
    const held = levelOf(subjectId);
    return held !== undefined && worksAsStakeholder(held.level, held.status);
  };
}
