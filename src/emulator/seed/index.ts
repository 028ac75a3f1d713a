import type { ChangeableState } from "../changeable.ts";
import { withContainers } from "../closures.ts";
import type { Settings } from "../options.ts";
import { groupOf } from "../state.ts";
import { seedCollectionLists, seedProjectLists, seedTeamList } from "./access-lists.ts";
import type { Builder } from "./builder.ts";
import { createBuilder } from "./builder.ts";
import { seedDirectory } from "./directory.ts";
import { seedFeeds } from "./feeds.ts";
import type { CollectionGroups, ProjectGroups } from "./groups.ts";
import { seedCollectionGroups, seedEntraGroups, seedMadeGroups, seedProjectGroups, seedTeams } from "./groups.ts";
import { applyLicenceRules, seedLicenceRules } from "./licence-rules.ts";
import { seedLists } from "./lists/index.ts";
import type { People } from "./memberships.ts";
import { joinCollection, joinEntraGroups, joinMadeGroups, joinProject } from "./memberships.ts";
import { securityNamespaces } from "./namespaces.ts";
import { seedProjects } from "./projects.ts";
import { seedRepositories } from "./repositories.ts";
import { seedRoleLists } from "./role-lists.ts";
import { seedRoleObjects } from "./role-objects.ts";
import { seedDeletedGroup, seedServiceAccounts, seedStrays } from "./service-accounts.ts";
import { seedSessionTokens } from "./session-tokens.ts";
import { seedServicePrincipals, seedUsers } from "./users.ts";

function seedPeople(builder: Builder): People {
  return {
    users: seedUsers(builder),
    servicePrincipals: seedServicePrincipals(builder),
    serviceAccounts: seedServiceAccounts(builder),
    strays: seedStrays(builder),
    made: seedMadeGroups(builder),
    entra: seedEntraGroups(builder),
    deletedGroup: seedDeletedGroup(builder),
  };
}

/** Project groups, by project; a project that is being deleted still has its groups, but no team. */
function seedScopes(builder: Builder, people: People): Map<number, ProjectGroups> {
  const scopes = new Map<number, ProjectGroups>();
  for (const project of [...builder.projects]) {
    if (project.state !== "wellFormed" && project.state !== "deleting") continue;
    const groups = seedProjectGroups(builder, project);
    scopes.set(project.index, groups);
    const teams = project.state === "wellFormed" ? seedTeams(builder, project) : [];
    const [defaultTeam] = teams;
    if (defaultTeam !== undefined) builder.projects[project.index] = { ...project, defaultTeam };
    joinProject(builder, groups, teams, people);
    seedProjectLists(builder, project.index, groups);
  }
  return scopes;
}

/** Which build identities the users listing holds; the facts have seen some there (3.1). */
function listedAccounts(builder: Builder, accounts: readonly number[]): readonly number[] {
  const [legacy = 0, ...services] = accounts;
  const { serviceAccountsInUsers } = builder.settings.beliefs;
  if (serviceAccountsInUsers === "none") return [legacy];
  return [legacy, ...services.filter((_, at) => serviceAccountsInUsers === "all" || at === 0 || at % 3 === 2)];
}

/**
 * Whom every token belongs to: the first person, an administrator; or with limited visibility the first one who is
 * none, put into the group that limits and into the first team.
 */
function seedCaller(builder: Builder, people: People, collection: CollectionGroups) {
  const { administrators, projectScoped, validUsers } = collection;
  const [team] = builder.teams;
  if (projectScoped === undefined || !team) return { caller: people.users[0] ?? 0 };
  const isOrdinary = (index: number) =>
    builder.subject(index).active && !withContainers(builder.subjects, index).has(administrators);
  const caller = people.users.find(isOrdinary);
  if (caller === undefined) throw new RangeError("everybody is an administrator: add users, or another seed");
  builder.join(projectScoped, caller);
  builder.join(validUsers, projectScoped);
  builder.join(team.group, caller);
  return { caller, callerProject: team.project };
}

/** A person among the administrators of the collection, another one than the caller where there is one. */
function seedOwner(builder: Builder, { administrators }: CollectionGroups, caller: number): number {
  const persons = groupOf(builder.subject(administrators)).members.filter((index) => {
    const { active, group, kind } = builder.subject(index);
    return active && !group && kind !== "stray" && kind !== "service-principal";
  });
  return persons.find((index) => index !== caller) ?? persons[0] ?? caller;
}

/** The whole organization for these settings; the same settings give the same organization. */
export function seedOrganization(settings: Settings): ChangeableState {
  const builder = createBuilder(settings);
  seedProjects(builder);
  const people = seedPeople(builder);
  const collection = seedCollectionGroups(builder);
  const scopes = seedScopes(builder, people);
  joinMadeGroups(builder, people, scopes);
  joinEntraGroups(builder, people);
  joinCollection(builder, collection, people, scopes.values());
  const caller = seedCaller(builder, people, collection);
  seedCollectionLists(builder, collection);
  for (const team of builder.teams) seedTeamList(builder, team.index, people);
  seedRepositories(builder);
  seedLists({ builder, random: builder.randomOf("lists"), people, collection, scopes });
  const roleObjects = seedRoleObjects(builder, people);
  seedRoleLists(builder, people, roleObjects, { collection, scopes });
  const { accessLists, classification, projects, repositories, subjects, teamAdministrators, teams } = builder;
  const licenceRules = seedLicenceRules(builder, people);
  applyLicenceRules(builder, people, licenceRules);
  return {
    revisions: { subjects: 0, memberships: 0, lists: 0, entitlements: 0, feeds: 0, tokens: 0 },
    organization: settings.organization,
    collectionId: builder.collectionId,
    enterpriseId: builder.enterpriseId,
    tenantId: builder.tenantId,
    hostId: builder.hostId,
    subjects,
    users: [...people.users, ...listedAccounts(builder, people.serviceAccounts)],
    groups: subjects
      .filter((subject) => subject.group && (subject.kind !== "stray" || settings.beliefs.deletedGroups === "flagged"))
      .map((subject) => subject.index),
    servicePrincipals: [...people.servicePrincipals],
    serviceAccounts: people.serviceAccounts,
    strays: [...people.strays, people.deletedGroup],
    projects,
    teams,
    repositories,
    classification,
    namespaces: securityNamespaces,
    accessLists,
    teamAdministrators,
    roleObjects,
    feeds: seedFeeds(builder, people, collection, scopes),
    directory: seedDirectory(builder),
    tokens: seedSessionTokens(builder, people),
    licenceRules,
    ruleGroups: licenceRules.map(({ group }) => group),
    administrators: collection.administrators,
    ...(collection.projectScoped === undefined ? {} : { projectScoped: collection.projectScoped }),
    owner: seedOwner(builder, collection, caller.caller),
    ...caller,
  };
}
