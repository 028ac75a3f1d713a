import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Call } from "../../call.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { GroupApi as EntraGroupApi } from "../../microsoft-graph/groups.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { createBlocked } from "../access-levels/blocked.ts";
import { type AccessLevelReading, createAccessLevelReading } from "../access-levels/reading.ts";
import { createFeedReading, type FeedReading } from "../feeds/reading.ts";
import { createGrantCache, memberTypesOf } from "../membership-grants.ts";
import { isRoleType, type SyncOptions } from "../options.ts";
import { createPermissionReading, type PermissionReading } from "../permissions/index.ts";
import { createAccessTables } from "../permissions/tables.ts";
import { createRoleReading, type RoleReading } from "../roles/index.ts";
import { createRoleObjectReading } from "../roles/objects.ts";
import { createTokenReading, type TokenReading } from "../tokens/reading.ts";
import { type Access, createAccess } from "./access.ts";
import { createEntraMemberReading } from "./entra-members.ts";
import { createGroupReading, type GroupReading } from "./groups.ts";
import { createIdentityResolver } from "./identities.ts";
import { createMemberRefs, type MemberRefs } from "./member-refs.ts";
import type { Member } from "./member-resolution.ts";
import { type Container, createMembershipReading, type MembershipSource } from "./memberships.ts";
import { createPrincipalReading, type Principals } from "./principals.ts";
import { createProjectReading, type ProjectReading } from "./projects.ts";
import { createRepositoryReading, type RepositoryReading } from "./repositories.ts";
import { createStorageKeyReading } from "./storage-keys.ts";
import { createSubjectReading, type SubjectReading } from "./subjects.ts";
import { createTeamAdminReading } from "./team-admins.ts";
import { createUnlistedReading, type UnlistedReading } from "./unlisted.ts";
import { createVanished, type Vanished } from "./vanished.ts";

/** Everything that the calls of one sync read of the organization, each thing at most once. */
export interface Readings {
  readonly client: AzureDevOpsClient;
  /** Groups of Microsoft Entra where they are kept; undefined where that is not asked for. */
  readonly entraGroups: EntraGroupApi | undefined;
  readonly options: SyncOptions;
  readonly access: Access;
  readonly subjects: SubjectReading;
  readonly groups: GroupReading;
  readonly projects: ProjectReading;
  readonly repositories: RepositoryReading;
  readonly permissions: PermissionReading;
  readonly roles: RoleReading;
  readonly feeds: FeedReading;
  readonly accessLevels: AccessLevelReading;
  readonly tokens: TokenReading;
  readonly members: MemberRefs;
  readonly unlisted: UnlistedReading;
  readonly vanished: Vanished;
  /** Ids of the groups that are reported as groups, ascending. */
  groupIds(call: Call): Promise<readonly string[]>;
  teamIds(call: Call): Promise<readonly string[]>;
  /** Keeps the ordered grants made from one list of principals. */
  readonly grantsOf: ReturnType<typeof createGrantCache>;
  principals(call: Call): Promise<Principals>;
  membershipSource(call: Call): Promise<MembershipSource>;
  /** The organization as a parent, where organizations are listed. */
  organization(call: Call): Promise<ResourceRef | undefined>;
}

export function createReadings(
  client: AzureDevOpsClient,
  options: SyncOptions,
  life: SharedOptions = {},
  entraGroups?: EntraGroupApi,
): Readings {
  const access = createAccess(client, life);
  const subjects = createSubjectReading(client, access, life);
  const groups = createGroupReading(client, life);
  const projects = createProjectReading(client, life);
  const resolver = createIdentityResolver(client, subjects);
  const principals = createPrincipalReading({ subjects, groups, projects, syncTeams: options.syncTeams }, life);

  const membershipSource = async (call: Call): Promise<MembershipSource> =>
    (await access.absence("identities", call)) ? "graph" : "identity-service";

  const shared = {
    client,
    resolver,
    source: membershipSource,
    storageKeys: createStorageKeyReading({ client, subjects, groups }, life),
    entraMembers:
      options.entraMembers && entraGroups
        ? createEntraMemberReading({ entraGroups, subjects, groups }, life)
        : undefined,
    ...life,
  };
  const ownGroups = createShared(async (call: Call): Promise<readonly Container[]> => {
    const [all, teams] = await Promise.all([groups.all(call), options.syncTeams ? projects.teams(call) : undefined]);
    const isTeam = (key: string | null | undefined) => teams?.has(key?.toLowerCase() ?? "") ?? false;
    return [...all].filter(([, { originId }]) => !isTeam(originId)).map(([id, { descriptor }]) => ({ id, descriptor }));
  }, life);
  const groupIds = createShared(async (call: Call) => (await ownGroups.get(call)).map(({ id }) => id), life);
  const teamIds = createShared(async (call: Call) => [...(await projects.teams(call)).keys()], life);

  const groupMembers = createMembershipReading({ ...shared, containers: ownGroups.get });

  const teamMembers = createMembershipReading({
    ...shared,
    async containers(call) {
      const [teams, byKey] = await Promise.all([projects.teams(call), groups.byStorageKey(call)]);
      // A team whose group is in no listing is asked for by its id; only a team without any is gone.
      const containers = [...teams.keys()].map(async (id) => {
        const descriptor = byKey.get(id)?.descriptor ?? (await client.graph.getDescriptor(id, call));
        return descriptor === undefined ? [] : [{ id, descriptor }];
      });
      return (await Promise.all(containers)).flat();
    },
  });

  const tables = createAccessTables(client, life);
  const teamAdmins = createTeamAdminReading({
    client,
    tables,
    resolver,
    teams: projects.teams,
    fromAccessControl: access.readsEntries,
    ...life,
  });

  const members = createMemberRefs({
    ...shared,
    groupMembers,
    teamMembers,
    teamAdmins,
    groups,
    projects,
    principals,
    syncTeams: options.syncTeams,
  });

  const repositories = createRepositoryReading(client, access, life);
  const accessLevels = createAccessLevelReading({ client, access, subjects }, life);
  const blocked = createShared(async (call: Call) => {
    const [stakeholders, all] = await Promise.all([accessLevels.stakeholders(call), projects.projects(call)]);
    return createBlocked(stakeholders, all);
  }, life);
  const principalTypes = memberTypesOf(options).filter((type) => type !== "unknown-identity");
  const permissions = createPermissionReading(
    {
      access,
      projects,
      repositories,
      groups,
      members,
      resolver,
      principals,
      tables,
      blocked: blocked.get,
      options,
      async worksAsStakeholder(call) {
        const stakeholders = await accessLevels.stakeholders(call);
        return (subjectId) => stakeholders.has(subjectId);
      },
      principalTypes,
    },
    life,
  );
  const vanished = createVanished();
  const roleTypes = options.optionalTypes.filter(isRoleType);
  const roles = createRoleReading(
    {
      client,
      access,
      projects,
      objects: createRoleObjectReading({ client, access, projects, vanished }, life),
      resolver,
      // Descriptors of its own: holders of permissions are complete before roles are read.
      tables: { ...createAccessTables(client, life), definitions: tables.definitions },
      roleGroups: permissions.roleGroups,
      administrators: permissions.administrators,
      containers: permissions.containers,
      async grantContext(call) {
        const [directory, roleGroups, isBlocked] = await Promise.all([
          principals(call),
          permissions.roleGroups(call),
          blocked.get(call),
        ]);
        return { directory, roleGroups, isBlocked };
      },
      types: roleTypes,
      syncOrganizations: options.syncOrganizations,
      skipUnusedRoles: options.skipUnusedRoles,
      principalTypes,
    },
    life,
  );
  const feeds = createFeedReading({ client, access, resolver, vanished }, life);
  const detail = options.personalAccessTokens;
  const tokens = createTokenReading({ client, access, subjects, permissions, vanished, detail }, life);
  async function holders(call: Call): Promise<readonly Member[]> {
    const found = await Promise.all([
      options.permissionDetail === "roles" ? [] : permissions.holders(call),
      roleTypes.length === 0 ? [] : roles.holders(call),
      options.optionalTypes.includes("feed") ? feeds.holders(call) : [],
      options.optionalTypes.includes("access-level") ? accessLevels.holders(call) : [],
    ]);
    return found.flat();
  }
  const unlisted = createUnlistedReading({ client, subjects, members, holders, principals, ...life });

  return {
    client,
    entraGroups,
    options,
    access,
    subjects,
    groups,
    projects,
    repositories,
    permissions,
    roles,
    feeds,
    accessLevels,
    tokens,
    members,
    unlisted,
    vanished,
    groupIds: groupIds.get,
    teamIds: teamIds.get,
    grantsOf: createGrantCache(),
    principals,
    membershipSource,
    async organization(call) {
      if (!options.syncOrganizations) return undefined;
      return { type: "organization", id: (await access.connection(call)).instanceId.toLowerCase() };
    },
  };
}
