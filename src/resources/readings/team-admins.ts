import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { RowCollector } from "../../azure-devops/list-answers.ts";
import type { Team } from "../../azure-devops/schemas.ts";
import { identityNamespaceId, teamAdministratorBits } from "../../azure-devops/security.ts";
import type { AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import { isConnectorError } from "../../errors.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { AccessTables } from "../permissions/tables.ts";
import { createChain } from "./chain.ts";
import type { IdentityResolver } from "./identities.ts";
import { type Member, resolvedMember, unresolvedMember } from "./member-resolution.ts";
import { unknownSubject } from "./principals.ts";

/** Administrators of teams, who need not be members. */
export interface TeamAdminReading {
  of(team: Team, whole: boolean, call: Call): Promise<readonly Member[]>;
}

export interface TeamAdminOptions extends SharedOptions {
  readonly client: AzureDevOpsClient;
  readonly resolver: IdentityResolver;
  readonly tables: AccessTables;
  /** True where the access control lists and the identity service can be read; else the members API has to do. */
  readonly fromAccessControl: (call: Call) => Promise<boolean>;
  readonly teams: (call: Call) => Promise<ReadonlyMap<string, Team>>;
}

export function createTeamAdminReading(options: TeamAdminOptions): TeamAdminReading {
  const { client, resolver, tables, fromAccessControl, teams, ttlMs } = options;
  const life = ttlMs === undefined ? {} : { ttlMs };

  const all = createShared(async (call: Call) => {
    const byId = await teams(call);
    if (await fromAccessControl(call)) {
      const table = await tables.table({ id: identityNamespaceId, separator: "\\" }, call);
      const admins = adminCollector(byId);
      for (const { token, entries } of table.lists()) {
        admins.add({
          token,
          inheritPermissions: true,
          entries: entries.map((entry) => ({ ...entry, descriptor: tables.descriptors.text(entry.who) })),
        });
      }
      return resolve(admins.result(), resolver, call);
    }
    const entries = [...byId.values()].map(async (team) => [team.id, await listedAdmins(client, team, call)] as const);
    return new Map(await Promise.all(entries));
  }, life);

  return {
    async of(team, whole, call) {
      if (whole || all.started) return (await all.get(call)).get(team.id) ?? [];
      if (!(await fromAccessControl(call))) return listedAdmins(client, team, call);
      const token = `${team.projectId}\\${team.id}`;
      const collect = () => adminCollector(new Map([[team.id, team]]));
      const descriptors = await client.security.readAccessControlLists(identityNamespaceId, { token }, collect, call);
      return (await resolve(descriptors, resolver, call)).get(team.id) ?? [];
    },
  };
}

/** Identity descriptors of administrators, by team. */
type Descriptors = ReadonlyMap<string, readonly string[]>;

/** Keeps the administrators of `teams`, and of the lists nothing else. */
function adminCollector(teams: ReadonlyMap<string, Team>): RowCollector<AccessControlList, Descriptors> {
  const found = new Map<string, string[]>();
  return {
    add({ token, entries }) {
      const team = teams.get(teamOfToken(token));
      if (!team) return; // A list of a project or a group: no administrators of a team in it.
      const admins = entries.filter(
        ({ allow, deny }) => (allow & ~deny & teamAdministratorBits) === teamAdministratorBits,
      );
      const descriptors = admins.map(({ descriptor }) => descriptor);
      found.set(team.id, [...new Set([...(found.get(team.id) ?? []), ...descriptors])]);
    },
    result: () => found,
  };
}

async function resolve(
  descriptors: Descriptors,
  resolver: IdentityResolver,
  call: Call,
): Promise<ReadonlyMap<string, readonly Member[]>> {
  const people = [...descriptors.values()].flat().filter((descriptor) => subjectOfIdentity(descriptor) === undefined);
  const resolved = await resolver.byDescriptor(people, call);
  const memberOf = (descriptor: string): Member => {
    const computed = subjectOfIdentity(descriptor);
    if (computed !== undefined) return unresolvedMember(descriptor);
    const found = resolved.get(descriptor);
    if (!found || "unresolved" in found) return unresolvedMember(descriptor);
    return resolvedMember(found);
  };
  return new Map([...descriptors].map(([teamId, admins]) => [teamId, admins.map(memberOf)]));
}

/** The part after the project: tokens are `{project}\{team}`, compared without case. */
function teamOfToken(token: string): string {
  return token.slice(token.indexOf("\\") + 1).toLowerCase();
}

/** The members API shows administrators among the members only, and is asked for each team. */
async function listedAdmins({ core }: AzureDevOpsClient, team: Team, call: Call): Promise<readonly Member[]> {
  const members = createChain((cursor, own) => core.listTeamMembers(team.projectId, team.id, cursor, own), {
    route: "GET projects/{project}/teams/{team}/members",
    keyOf: ({ identity }) => identity.id,
  });
  const admins: Member[] = [];
  try {
    for await (const page of members.pages(call)) {
      for (const { identity, isTeamAdmin } of page.items) {
        if (!isTeamAdmin || !identity.descriptor) continue;
        const subjectId = safeId(canonicalDescriptor(identity.descriptor));
        admins.push({ subjectId, unknown: unknownSubject(subjectId, identity.displayName) });
      }
    }
  } catch (error) {
    // The team went since it was listed; the listing of all teams is not gone with it.
    if (!isConnectorError(error, "not-found")) throw error;
    return [];
  }
  return admins;
}
