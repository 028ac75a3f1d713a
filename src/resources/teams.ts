import { isDescriptor } from "../azure-devops/descriptors.ts";
import type { Team } from "../azure-devops/schemas.ts";
import type { Call } from "../call.ts";
import { allAtOnce, defineResource } from "../connector/handler.ts";
import { safeId } from "../connector/ids.ts";
import type { Resource } from "../connector/model.ts";
import { grantsTo, memberEntitlement, memberTypesOf } from "./membership-grants.ts";
import type { Readings } from "./readings/index.ts";
import { membershipWriter } from "./writers/membership.ts";
import { teamAdminWriter } from "./writers/permissions.ts";

/**
 * Teams of all projects. Upstream a team is also a Graph group, whose members are the team's; who administers it
 * stands in an access control list, and need not be a member.
 */
export const teamResource = defineResource<Readings>({
  type: { id: "team", displayName: "Team", description: "A team of a project.", traits: ["group"] },
  entitlements: [
    {
      slug: "admin",
      displayName: "Administrator",
      description: "May change the team's settings, members and administrators.",
      purpose: "permission",
      grantableTo: memberTypesOf({ syncTeams: true }),
    },
    memberEntitlement("team", memberTypesOf({ syncTeams: true })),
  ],
  list: (readings) =>
    allAtOnce(async (call) => {
      const [teams, groups] = await Promise.all([readings.projects.teams(call), readings.groups.byStorageKey(call)]);
      return [...teams.values()].map((team) => toResource(team, groups.get(team.id)?.descriptor));
    }),
  async get(readings, id, call) {
    const team = await findTeam(readings, id, call);
    return team && toResource(team, await readings.client.graph.getDescriptor(team.id, call));
  },
  async canonical(readings, ref, call) {
    if (!ref.id.startsWith("vssgp.") || !isDescriptor(ref.id)) return { ...ref, id: ref.id.toLowerCase() };
    const group = await readings.client.graph.getGroup(ref.id, call);
    return { type: "team", id: group?.originId?.toLowerCase() ?? ref.id };
  },
  writer: (slug) => writers.get(slug),
  grants: {
    resourceIds: (readings, call) => readings.teamIds(call),
    has: async (readings, id, call) => (await findTeam(readings, id, call)) !== undefined,
    async of(readings, id, whole, call) {
      const team = await findTeam(readings, id, call);
      if (!team) return undefined;
      const members = await readings.members.ofTeam(team, whole, call);
      if (!members) return undefined;
      const admins = await readings.members.adminsOf(team, whole, call);
      return readings.grantsOf(members, () => [...grantsTo("admin", admins), ...grantsTo("member", members)]);
    },
  },
});

const writers = new Map([
  ["admin", teamAdminWriter],
  ["member", membershipWriter],
]);

async function findTeam({ projects }: Readings, id: string, call: Call): Promise<Team | undefined> {
  return (await projects.teams(call)).get(id.toLowerCase());
}

function toResource(team: Team, groupDescriptor: string | undefined): Resource {
  return {
    type: "team",
    id: team.id,
    displayName: team.name,
    description: team.description || undefined,
    parent: { type: "project", id: team.projectId },
    group: { source: "azure-devops" },
    // The form in which it is reported where teams are not listed.
    ...(groupDescriptor ? { aliases: [safeId(groupDescriptor)] } : {}),
    profile: { project: team.projectName, project_id: team.projectId, group_descriptor: groupDescriptor },
  };
}
