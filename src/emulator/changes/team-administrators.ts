import type { ChangeableState } from "../changeable.ts";
import { identityNamespace } from "../namespace-ids.ts";
import type { Team } from "../state.ts";
import { groupOf, projectAt, subjectAt } from "../state.ts";

/** The token of a team in the namespace of identities (facts 4.8). */
export function teamToken(state: ChangeableState, { id, project }: Team): string {
  return `${projectAt(state, project).id}\\${id}`;
}

/** The team that a token of the namespace of identities is about. */
export function teamOfToken(state: ChangeableState, token: string): Team | undefined {
  const [project, id] = token.toLowerCase().split("\\");
  return state.teams.find((team) => team.id === id && projectAt(state, team.project).id === project);
}

/** Writes the rows about the administrators of a team anew, from its list and its members. */
export function teamAdministratorsOf(state: ChangeableState, team: Team): void {
  const { teamAdministrators } = state;
  const { members } = groupOf(subjectAt(state, team.group));
  const entries = state.accessLists.get(identityNamespace)?.get(teamToken(state, team).toLowerCase())?.entries ?? [];
  const rows = entries.flatMap(({ allow, deny, who }) =>
    typeof who === "number" ? [{ team: team.index, subject: who, allow, deny, isMember: members.includes(who) }] : [],
  );
  const at = teamAdministrators.findIndex((row) => row.team === team.index);
  const kept = teamAdministrators.filter((row) => row.team === team.index).length;
  teamAdministrators.splice(at < 0 ? teamAdministrators.length : at, kept, ...rows);
}
