import { withMembers } from "./closures.ts";
import type { OrganizationState } from "./state.ts";
import { subjectAt } from "./state.ts";

/** What the caller's listings hold back. */
export interface Visibility {
  isHidden(index: number): boolean;
  /** Of these subjects those that are listed; nothing tells of the others (facts 9.3). */
  listed(indexes: readonly number[]): readonly number[];
}

/** The groups of a project, and all that are in them at any depth. */
export function insideProject(state: OrganizationState, project: number): ReadonlySet<number> {
  const own = state.groups.filter((index) => subjectAt(state, index).group?.project === project);
  return withMembers(state.subjects, own);
}

/** With limited visibility the people and groups of one project, among whom the caller is; else everybody. */
export function createVisibility(state: OrganizationState): Visibility {
  const { callerProject } = state;
  if (callerProject === undefined) return { isHidden: () => false, listed: (indexes) => indexes };
  const inside = insideProject(state, callerProject);
  return { isHidden: (index) => !inside.has(index), listed: (indexes) => indexes.filter((index) => inside.has(index)) };
}
