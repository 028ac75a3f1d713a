import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Call } from "../../call.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { createGrantCache, memberTypesOf } from "../membership-grants.ts";
import type { SyncOptions } from "../options.ts";
import { createPermissionReading, type PermissionReading } from "../permissions/index.ts";
import { createAccessTables } from "../permissions/tables.ts";
import { type Access, createAccess } from "./access.ts";
import { createGroupReading, type GroupReading } from "./groups.ts";
import { createIdentityResolver } from "./identities.ts";
import { createMemberRefs, type MemberRefs } from "./member-refs.ts";
import { type Container, createMembershipReading, type MembershipSource } from "./memberships.ts";
import { createPrincipalReading, type Principals } from "./principals.ts";
import { createProjectReading, type ProjectReading } from "./projects.ts";
import { createRepositoryReading, type RepositoryReading } from "./repositories.ts";
import { createStorageKeyReading } from "./storage-keys.ts";
import { createSubjectReading, type Subject, type SubjectReading } from "./subjects.ts";
import { createTeamAdminReading } from "./team-admins.ts";
import { createUnlistedReading, type UnlistedReading } from "./unlisted.ts";

/** Everything that the calls of one sync read of the organization, each thing at most once. */
export interface Readings {
  readonly client: AzureDevOpsClient;
  readonly options: SyncOptions;
  readonly access: Access;
  readonly subjects: SubjectReading;
  readonly groups: GroupReading;
  readonly projects: ProjectReading;
  readonly repositories: RepositoryReading;
  readonly permissions: PermissionReading;
  readonly members: MemberRefs;
  readonly unlisted: UnlistedReading;
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

export function createReadings(client: AzureDevOpsClient, options: SyncOptions, life: SharedOptions = {}): Readings {
  const access = createAccess(client, life);
  const subjects = createSubjectReading(client, access, life);
  const groups = createGroupReading(client, life);
  const projects = createProjectReading(client, life);
  const resolver = createIdentityResolver(client);
  const principals = createPrincipalReading({ subjects, groups, projects, syncTeams: options.syncTeams }, life);

  const membershipSource = async (call: Call): Promise<MembershipSource> =>
    (await access.absence("identities", call)) ? "graph" : "identity-service";

  const shared = {
    client,
    resolver,
    source: membershipSource,
    storageKeys: createStorageKeyReading({ client, subjects, groups }, life),
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
    async fromAccessControl(call) {
      const absent = await Promise.all([access.absence("identities", call), access.absence("security", call)]);
      return absent.every((absence) => absence === undefined);
    },
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
      options,
      stakeholders: async (call) => stakeholdersAmong(await subjects.all(call)),
      principalTypes: memberTypesOf(options).filter((type) => type !== "unknown-identity"),
    },
    life,
  );
  const holders = async (call: Call) => (options.permissionDetail === "roles" ? [] : permissions.holders(call));
  const unlisted = createUnlistedReading({ client, subjects, members, holders, principals, ...life });

  return {
    client,
    options,
    access,
    subjects,
    groups,
    projects,
    repositories,
    permissions,
    members,
    unlisted,
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

function stakeholdersAmong(subjects: ReadonlyMap<string, Subject>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { id, entitlement } of subjects.values()) {
    const { accountLicenseType, status } = entitlement?.accessLevel ?? {};
    if (accountLicenseType?.toLowerCase() === "stakeholder" || status?.toLowerCase() === "expired") found.add(id);
  }
  return found;
}
