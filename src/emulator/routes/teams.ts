import type { TeamMember, WebApiTeam } from "../../azure-devops/types.ts";
import type { Location } from "../locations.ts";
import { locations } from "../locations.ts";
import { identityNamespace } from "../namespace-ids.ts";
import { skipPage } from "../paging.ts";
import { Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject, Team } from "../state.ts";
import { groupOf, projectAt, subjectAt } from "../state.ts";
import { wireIdentity } from "../wire/identities.ts";
import { identityReference } from "../wire/references.ts";
import { projectOf, projectScopes, projectUrl } from "./core.ts";

const allBits = 31;
const manageMembership = 8;

function wireTeam(call: Call, team: Team): WebApiTeam & { identity?: object } {
  const project = projectAt(call.state, team.project);
  const expand = call.query.get("$expandidentity")?.toLowerCase() === "true";
  return {
    id: team.id,
    name: team.name,
    url: `${projectUrl(call, project)}/teams/${team.id}`,
    description: team.description,
    identityUrl: `${call.baseUrl("vssps")}/_apis/Identities/${team.id}`,
    projectName: project.name,
    projectId: project.id,
    ...(expand ? { identity: wireIdentity(call, subjectAt(call.state, team.group), "none") } : {}),
  };
}

function mine(call: Call, teams: readonly Team[]): readonly Team[] {
  if (call.query.get("$mine")?.toLowerCase() !== "true") return teams;
  const { caller } = call.state;
  return teams.filter((team) => groupOf(subjectAt(call.state, team.group)).members.includes(caller));
}

function listed(call: Call, list: string, teams: readonly Team[]): Reply {
  const page = skipPage(call, list, mine(call, teams), call.settings.pageSizes.teams);
  return okList(page.map((team) => wireTeam(call, team)));
}

/** Every team of the organization: 100 by default, and no token to tell that there are more (facts 3.5). */
function allTeams(call: Call): Reply {
  return listed(call, "teams", call.state.teams);
}

function teamsOfProject(call: Call): Reply {
  const project = projectOf(call);
  return listed(call, `teams of ${project.id}`, call.lookup.teamsOf(project));
}

function teamOf(call: Call): Team {
  const asked = call.param("teamId");
  const team = call.lookup.team(projectOf(call), asked);
  if (team) return team;
  throw new Refusal(404, "TeamNotFoundException", `The team with id or name '${asked}' does not exist.`);
}

/** Whether an entry on the team's own token makes an administrator; which bits do is a belief (facts 4.8, 15.5). */
function administers(call: Call, team: Team): (subject: Subject) => boolean {
  const token = `${projectAt(call.state, team.project).id}\\${team.id}`;
  const entries = call.state.accessLists.get(identityNamespace)?.get(token)?.entries ?? [];
  const needed = call.beliefs.teamAdministrator === "all-bits" ? allBits : manageMembership;
  const found = entries.filter((entry) => (entry.allow & ~entry.deny & needed) === needed).map((entry) => entry.who);
  return (subject) => found.includes(subject.index);
}

/** Direct members, groups among them; `isTeamAdmin` is only there when true (facts 3.5). */
function members(call: Call): Reply {
  const team = teamOf(call);
  const group = groupOf(subjectAt(call.state, team.group));
  const known = group.members.filter((index) => subjectAt(call.state, index).known !== "nowhere");
  const isAdmin = administers(call, team);
  const page = skipPage(call, `members of ${team.id}`, known, call.settings.pageSizes.teams);
  const written = call.beliefs.isTeamAdminFalse === "written";
  return okList(
    page.map((index): TeamMember => {
      const subject = subjectAt(call.state, index);
      const admin = isAdmin(subject);
      return { ...(admin || written ? { isTeamAdmin: admin } : {}), identity: identityReference(call, subject) };
    }),
  );
}

function get(path: string, location: Location, handle: Route["handle"]): Route {
  return { method: "GET", path: `_apis/${path}`, location, scopes: projectScopes, handle };
}

/** Teams and their members (facts 3.5, 4.8). */
export const teamRoutes: readonly Route[] = [
  get("teams", locations.allTeams, allTeams),
  get("projects/{projectId}/teams", locations.teams, teamsOfProject),
  get("projects/{projectId}/teams/{teamId}", locations.teams, (call) => ok(wireTeam(call, teamOf(call)))),
  get("projects/{projectId}/teams/{teamId}/members", locations.teamMembers, members),
];
