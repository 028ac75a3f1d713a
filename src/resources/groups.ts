import { canonicalDescriptor, isDescriptor, isEntraGroup, projectOfDomain } from "../azure-devops/descriptors.ts";
import type { GraphGroup } from "../azure-devops/schemas.ts";
import type { Call } from "../call.ts";
import { defineResource, itemAt, type PageSource } from "../connector/handler.ts";
import { safeId } from "../connector/ids.ts";
import type { Resource, ResourceRef } from "../connector/model.ts";
import { groupCreator } from "./group-changes/creation.ts";
import { groupRemover } from "./group-changes/deletion.ts";
import { memberEntitlement, memberTypesOf } from "./membership-grants.ts";
import type { SyncOptions } from "./options.ts";
import { canonicalGroup, storageKeyOf } from "./readings/groups.ts";
import type { Readings } from "./readings/index.ts";
import type { MembershipSource } from "./readings/memberships.ts";
import { memberGrants, roleMembership } from "./role-memberships.ts";
import { membershipWriter } from "./writers/membership.ts";

/** Security groups of the organization and its projects, and Entra groups that were added to it. */
export function groupResource(options: SyncOptions) {
  const member = memberEntitlement("group", memberTypesOf(options));

  /** Membership of a built-in group is a role: it says what it gives. */
  async function ownMember(readings: Readings, id: string, whole: boolean, call: Call) {
    if (!whole && !(await findGroup(readings, id, call))) return undefined;
    const [roles, contents] = await Promise.all([
      readings.permissions.roleGroups(call),
      readings.permissions.membership(id, call),
    ]);
    return [roleMembership(member, roles.get(id), contents)];
  }

  return defineResource<Readings>({
    type: {
      id: "group",
      displayName: "Group",
      description: "A security group of the organization, of a project, or of Microsoft Entra.",
      traits: ["group"],
    },
    entitlements: [member],
    ...(options.permissionDetail === "standard" ? { ownEntitlements: { of: ownMember } } : {}),
    list: groupSource,
    async get(readings, id, call) {
      const group = await findGroup(readings, id, call);
      if (!group || (await teamOf(readings, group, call))) return undefined;
      const [source, organization] = await surroundings(readings, call);
      return toResource(canonicalGroup(group), source, organization);
    },
    async canonical(readings, ref, call) {
      const id = canonicalDescriptor(ref.id);
      if (!options.syncTeams || !id.startsWith("vssgp.")) return { ...ref, id };
      const group = await findGroup(readings, id, call);
      const team = group && (await teamOf(readings, group, call));
      return team ?? { ...ref, id };
    },
    writer: (slug) => (slug === "member" ? membershipWriter : undefined),
    creator: groupCreator,
    remover: groupRemover,
    grants: {
      resourceIds: (readings, call) => readings.groupIds(call),
      has: async (readings, id, call) => (await findGroup(readings, id, call)) !== undefined,
      async of(readings, id, whole, call) {
        const members = await readings.members.ofGroup(id, whole, call);
        const role = (await readings.permissions.roleGroups(call)).get(id);
        return members && readings.grantsOf(members, () => memberGrants(members, role));
      },
    },
  });
}

/** One group: from the listing where it is being read anyway, else by itself. */
async function findGroup({ groups, client }: Readings, id: string, call: Call): Promise<GraphGroup | undefined> {
  if (groups.started) return (await groups.all(call)).get(id);
  return isDescriptor(id) ? client.graph.getGroup(id, call) : undefined;
}

function groupSource(readings: Readings): PageSource {
  async function rowsOf(found: Iterable<[string, GraphGroup]>, call: Call) {
    const [teams, [source, organization]] = await Promise.all([teamsOf(readings, call), surroundings(readings, call)]);
    const rows = [...found].filter(([, group]) => !teams.has(group.originId?.toLowerCase() ?? ""));
    return {
      ids: rows.map(([id]) => id),
      resource: (index: number) => toResource(itemAt(rows, index)[1], source, organization),
    };
  }
  return {
    async page(cursor, call) {
      const { items, next, restarted } = await readings.groups.page(cursor, call);
      const unique = new Map(items.map((group) => [safeId(group.descriptor), group]));
      return { ...(await rowsOf(unique, call)), next, ...(restarted ? { restarted } : {}) };
    },
    sorted: async (call) => rowsOf(await readings.groups.all(call), call),
  };
}

/** Teams that are reported as such; none where teams are not listed. */
async function teamsOf({ options, projects }: Readings, call: Call): Promise<ReadonlyMap<string, unknown>> {
  return options.syncTeams ? projects.teams(call) : new Map();
}

async function teamOf(readings: Readings, { originId }: GraphGroup, call: Call): Promise<ResourceRef | undefined> {
  const id = originId?.toLowerCase() ?? "";
  return (await teamsOf(readings, call)).has(id) ? { type: "team", id } : undefined;
}

async function surroundings(readings: Readings, call: Call): Promise<[Sources, ResourceRef | undefined]> {
  const [own, organization] = await Promise.all([readings.membershipSource(call), readings.organization(call)]);
  return [{ own, entra: readings.options.entraMembers ? "microsoft-graph" : own }, organization];
}

/** Where it is read who is in groups, and in those that Microsoft Entra keeps. */
interface Sources {
  readonly own: MembershipSource;
  readonly entra: MembershipSource | "microsoft-graph";
}

/** How much of a group of Microsoft Entra each source tells. */
const entraMembership = { "microsoft-graph": "complete", "identity-service": "partial", graph: "unknown" } as const;

function toResource(group: GraphGroup, sources: Sources, organization: ResourceRef | undefined): Resource {
  const descriptor = canonicalDescriptor(group.descriptor);
  const entra = isEntraGroup(descriptor);
  const project = projectOfDomain(group.domain);
  const storageKey = storageKeyOf(group);
  return {
    type: "group",
    id: safeId(descriptor),
    displayName: group.displayName || group.principalName || descriptor,
    description: group.description || undefined,
    parent: project ? { type: "project", id: project } : organization,
    ...(group.isDeleted ? { status: { value: "deleted" } } : {}),
    group: { source: entra ? "entra" : "azure-devops" },
    // A team's group is the team itself where teams are listed: this is the team's id there.
    ...(storageKey ? { aliases: [storageKey] } : {}),
    profile: {
      descriptor: group.descriptor,
      principal_name: group.principalName,
      mail_address: group.mailAddress,
      origin: group.origin,
      origin_id: group.originId,
      domain: group.domain,
      special_type: group.specialType,
      scope: project ? "project" : entra ? "entra" : "organization",
      entra_managed: entra,
      membership: entra ? entraMembership[sources.entra] : "complete",
      membership_source: entra ? sources.entra : sources.own,
    },
  };
}
