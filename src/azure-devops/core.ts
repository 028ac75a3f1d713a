import type { Call } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Page } from "./graph.ts";
import { type Answer, continuationOf } from "./operations.ts";
import {
  type ConnectionData,
  connectionData,
  listOf,
  type Project,
  project,
  type Team,
  type TeamMember,
  team,
  teamMember,
} from "./schemas.ts";

/** Projects, teams and the connection itself. */
export interface CoreApi {
  /** Who the credential is, and which organization answers. */
  getConnectionData(call: Call): Promise<ConnectionData>;
  /** The same, with the answer's headers. */
  getConnection(call: Call): Promise<Answer<ConnectionData>>;
  /** `all` leaves deleted projects out upstream; they have a filter of their own. */
  listProjects(state: "all" | "deleted", cursor: string, call: Call): Promise<Page<Project>>;
  getProject(id: string, call: Call): Promise<Project | undefined>;
  /** Teams of all projects. */
  listTeams(cursor: string, call: Call): Promise<Page<Team>>;
  /** Direct members, nested groups among them, with who administers the team. */
  listTeamMembers(projectId: string, teamId: string, cursor: string, call: Call): Promise<Page<TeamMember>>;
}

/** Asked for; upstream may give fewer at a time, so only an empty page or an absent token ends a listing. */
const pageSize = 500;
/** Who is not signed in is somebody with this id where an organization has public projects (facts 11.2). */
const anonymousId = "aaaaaaaa-aaaa-aaaa-";
/** The documented default page: a listing that is cut short is not cut below it. */
const smallestPage = 100;
const base = { area: "core", method: "GET", version: "7.1", scope: "Project and Team (Read)" } as const;

export function createCoreApi(connection: Connection): CoreApi {
  async function getConnection(call: Call): Promise<Answer<ConnectionData>> {
    const operation = { ...base, path: "connectionData", template: "connectionData", version: "7.1-preview.1" };
    const answer = await connection.send({ ...operation, schema: connectionData }, call);
    if (!answer.value.authenticatedUser.id.startsWith(anonymousId)) return answer;
    throw new ConnectorError(
      "unauthenticated",
      "GET connectionData: Azure DevOps takes the caller for nobody; the token is invalid, expired or revoked: renew it",
    );
  }

  return {
    getConnection,
    getConnectionData: async (call) => (await getConnection(call)).value,
    async listProjects(state, cursor, call) {
      // The first ':' ends the style; a token may hold others.
      const colon = cursor.indexOf(":");
      const [style, position] = [cursor.slice(0, Math.max(colon, 0)), cursor.slice(colon + 1)];
      const query = {
        stateFilter: state,
        $top: pageSize,
        continuationToken: style === "token" ? position : undefined,
        $skip: style === "skip" ? position : undefined,
      };
      const operation = { ...base, path: "projects", template: "projects", query };
      const answer = await connection.send({ ...operation, schema: listOf(project) }, call);
      const items = answer.value.value;
      const token = continuationOf(answer);
      if (token !== undefined) return { items, next: `token:${token}` };
      // The documents declare no token header, the SDKs read one. A listing that began with a token ends without one;
      // one that never had any is read on by position until a page is empty.
      const end = style === "token" || items.length === 0;
      return { items, next: end ? undefined : `skip:${Number(position) + items.length}` };
    },
    async getProject(id, call) {
      try {
        const path = `projects/${encodeURIComponent(id)}`;
        return (await connection.send({ ...base, path, template: "projects/{id}", schema: project }, call)).value;
      } catch (error) {
        if (isConnectorError(error, "not-found")) return undefined;
        throw error;
      }
    },
    async listTeams(cursor, call) {
      const skip = Number(cursor || 0);
      const query = { $top: pageSize, $skip: skip };
      const operation = { ...base, path: "teams", template: "teams", version: "7.1-preview.3", query };
      const items = (await connection.send({ ...operation, schema: listOf(team) }, call)).value.value;
      return { items, next: items.length === 0 ? undefined : String(skip + items.length) };
    },
    async listTeamMembers(projectId, teamId, cursor, call) {
      const skip = Number(cursor || 0);
      const path = `projects/${encodeURIComponent(projectId)}/teams/${encodeURIComponent(teamId)}/members`;
      const operation = { ...base, path, template: "projects/{project}/teams/{team}/members" };
      const query = { $top: pageSize, $skip: skip };
      const items = (await connection.send({ ...operation, query, schema: listOf(teamMember) }, call)).value.value;
      return { items, next: items.length < smallestPage ? undefined : String(skip + items.length) };
    },
  };
}
