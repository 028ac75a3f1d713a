import {
  distributedTaskNamespace,
  endpointNamespace,
  environmentNamespace,
  libraryNamespace,
} from "../namespace-ids.ts";
import type { RoleDefinition } from "../role-definitions.ts";
import {
  bitsOf,
  endpointHubRoles,
  endpointRoles,
  environmentHubRoles,
  environmentRoles,
  libraryHubRoles,
  libraryRoles,
  machineGroupRoles,
  poolHubRoles,
  poolRoles,
  queueHubRoles,
  queueRoles,
} from "../role-definitions.ts";
import type { RoleObjects } from "../role-objects.ts";
import { createRoleTokens } from "../role-tokens.ts";
import type { AccessEntry } from "../state.ts";
import { setList } from "./access-lists.ts";
import type { Builder } from "./builder.ts";
import type { CollectionGroups, ProjectGroups } from "./groups.ts";
import type { People } from "./memberships.ts";
import type { Seeding } from "./role-entries.ts";
import { distinct, holds, objectEntries } from "./role-entries.ts";

/** A group of a project by its name; those of endpoints and releases have no fixed SID (facts 2.4). */
function groupsNamed({ builder }: Seeding, groups: ProjectGroups, names: readonly string[]): number[] {
  return groups.others.filter((index) => names.includes(builder.subject(index).displayName));
}

/** Who holds what on all of a kind in a project, as a new project has it (facts 5.2). */
function projectHubs(seeding: Seeding, project: string, groups: ProjectGroups): void {
  const { builder, tokens } = seeding;
  const administrators = [
    groups.administrators,
    groups.buildAdministrators,
    ...groupsNamed(seeding, groups, ["Release Administrators"]),
  ];
  const build = seeding.buildServices.get(project);
  const hub = (
    namespace: string,
    token: string,
    roles: readonly RoleDefinition[],
    more: readonly AccessEntry[] = [],
  ) => {
    const all = administrators.map((who) => holds(who, roles, "Administrator"));
    setList(builder, namespace, token, distinct([...all, ...more, holds(groups.validUsers, roles, "Reader")]));
  };
  hub(endpointNamespace, tokens.endpoints(project), endpointHubRoles, [
    ...groupsNamed(seeding, groups, ["Endpoint Administrators"]).map((who) =>
      holds(who, endpointHubRoles, "Administrator"),
    ),
    ...groupsNamed(seeding, groups, ["Endpoint Creators"]).map((who) => holds(who, endpointHubRoles, "Creator")),
  ]);
  hub(libraryNamespace, tokens.library(project), libraryHubRoles, [
    holds(groups.contributors, libraryHubRoles, "Creator"),
  ]);
  hub(environmentNamespace, tokens.environments(project), environmentHubRoles, [
    holds(groups.contributors, environmentHubRoles, "Creator"),
  ]);
  hub(
    distributedTaskNamespace,
    tokens.queues(project),
    queueHubRoles,
    build === undefined ? [] : [holds(build, queueHubRoles, "User")],
  );
  hub(distributedTaskNamespace, tokens.machineGroups(project), machineGroupRoles, [
    ...groupsNamed(seeding, groups, ["Deployment Group Administrators"]).map((who) =>
      holds(who, machineGroupRoles, "Administrator"),
    ),
  ]);
}

/** Lists of the objects of the projects. An eighth inherits nothing; some that inherit have no entry of their own. */
function objectLists(seeding: Seeding): void {
  const { builder, objects, random, tokens } = seeding;
  const idOf = (project: number) => builder.projects[project]?.id ?? "";
  const set = (namespace: string, token: string, roles: readonly RoleDefinition[], project: string, maker: number) => {
    setList(builder, namespace, token, objectEntries(seeding, roles, project, maker), !random.chance(0.125));
  };
  for (const { createdBy, id, uses } of objects.endpoints) {
    for (const { project } of uses)
      set(endpointNamespace, tokens.endpoint(idOf(project), id), endpointRoles, idOf(project), createdBy);
    setList(builder, endpointNamespace, tokens.collectionEndpoint(id), [
      holds(createdBy, endpointRoles, "Administrator"),
    ]);
  }
  for (const { createdBy, id, uses } of objects.variableGroups) {
    for (const { project } of uses)
      set(libraryNamespace, tokens.variableGroup(idOf(project), id), libraryRoles, idOf(project), createdBy);
    // Its maker owns it besides, which no role has.
    const owner = { who: createdBy, allow: bitsOf(libraryRoles, "Administrator") | 32, deny: 0 };
    if (uses.length > 1) setList(builder, libraryNamespace, tokens.collectionVariableGroup(id), [owner]);
  }
  for (const { createdBy, id, project } of objects.secureFiles)
    set(libraryNamespace, tokens.secureFile(idOf(project), id), libraryRoles, idOf(project), createdBy);
  for (const { createdBy, id, project } of objects.environments)
    set(environmentNamespace, tokens.environment(idOf(project), id), environmentRoles, idOf(project), createdBy);
}

/** Contributors use the hosted queues; of the others few have a list of their own (facts 5.2). */
function queueLists(seeding: Seeding): void {
  const { builder, objects, people, random, scopes, tokens } = seeding;
  const hosted = new Set(objects.pools.filter((pool) => pool.isHosted).map((pool) => pool.id));
  for (const { id, pool, project } of objects.queues) {
    const projectId = builder.projects[project]?.id ?? "";
    const contributors = scopes.get(project)?.contributors;
    const token = tokens.queue(projectId, id);
    if (hosted.has(pool) && contributors !== undefined) {
      setList(builder, distributedTaskNamespace, token, [holds(contributors, queueRoles, "User")]);
    } else if (random.chance(0.2)) {
      const entries = objectEntries(seeding, queueRoles, projectId, random.pick(people.users));
      setList(builder, distributedTaskNamespace, token, entries, !random.chance(0.125));
    }
  }
}

/** Lists of the pools of the organization, and of all of them together. */
function poolLists(seeding: Seeding, collection: CollectionGroups): void {
  const { builder, objects, people, random, tokens } = seeding;
  const buildAdministrators = collection.others.slice(0, 1).map((who) => holds(who, poolHubRoles, "Administrator"));
  setList(builder, distributedTaskNamespace, tokens.pools(), [
    holds(collection.administrators, poolHubRoles, "Administrator"),
    ...buildAdministrators,
    holds(collection.validUsers, poolHubRoles, "Reader"),
    holds(people.users[1] ?? 0, poolHubRoles, "Creator"),
  ]);
  const agents = people.serviceAccounts[2] ?? 0;
  for (const { createdBy, id } of objects.pools) {
    const entries = [holds(agents, poolRoles, "ServiceAccount"), ...objectEntries(seeding, poolRoles, "", createdBy)];
    setList(builder, distributedTaskNamespace, tokens.pool(id), distinct(entries), !random.chance(0.2));
  }
}

/** Lists that outlived their objects, of every tenth project and of the deleted one, whose groups are gone too. */
function formerLists(seeding: Seeding): void {
  const { builder, objects, people, random, tokens } = seeding;
  const nextGroup = objects.variableGroups.length + 1;
  const nextEnvironment = objects.environments.length + 1;
  for (const project of builder.projects) {
    const isDeleted = project.state === "deleted";
    if (!isDeleted && project.index % 10 !== 3) continue;
    const gone = `Microsoft.TeamFoundation.Identity;S-1-9-1551374245-${project.index + 1}-2-3-4-1-5-6-7-8`;
    const entries = (roles: readonly RoleDefinition[]) => [
      holds(random.pick(people.users), roles, "Administrator"),
      holds(gone, roles, "User"),
    ];
    const at = project.index;
    setList(
      builder,
      endpointNamespace,
      tokens.endpoint(project.id, builder.guid("former-endpoint", at)),
      entries(endpointRoles),
    );
    setList(builder, libraryNamespace, tokens.variableGroup(project.id, nextGroup + at), entries(libraryRoles));
    setList(
      builder,
      libraryNamespace,
      tokens.secureFile(project.id, builder.guid("former-file", at)),
      entries(libraryRoles),
    );
    setList(
      builder,
      environmentNamespace,
      tokens.environment(project.id, nextEnvironment + at),
      entries(environmentRoles),
    );
    if (isDeleted) setList(builder, endpointNamespace, tokens.endpoints(project.id), entries(endpointHubRoles));
  }
  setList(builder, distributedTaskNamespace, tokens.pool(objects.pools.length + 1), [
    holds(random.pick(people.users), poolRoles, "Administrator"),
  ]);
}

/** Seeds the access lists behind the roles, of the projects and the objects in them, and of the pools. */
export function seedRoleLists(
  builder: Builder,
  people: People,
  objects: RoleObjects,
  groups: { readonly collection: CollectionGroups; readonly scopes: ReadonlyMap<number, ProjectGroups> },
): void {
  const { scopes } = groups;
  const services = people.serviceAccounts
    .map((index) => builder.subject(index))
    .filter(({ domain }) => domain === "Build");
  const seeding: Seeding = {
    builder,
    random: builder.randomOf("role-lists"),
    people,
    objects,
    tokens: createRoleTokens(builder.settings.beliefs),
    scopes,
    buildServices: new Map(services.map((service) => [service.principalName, service.index])),
  };
  for (const [index, each] of scopes) projectHubs(seeding, builder.projects[index]?.id ?? "", each);
  objectLists(seeding);
  queueLists(seeding);
  poolLists(seeding, groups.collection);
  formerLists(seeding);
}
