import { namespaceIds } from "../../namespace-ids.ts";
import type { AccessEntry, Repository } from "../../state.ts";
import { seedBranchLists } from "./branches.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, oneOf, projectScopes, setList, unknownIdentity } from "./context.ts";
import { allGitBits, contributorBits, creatorBits, gitBits, projectAdministratorBits } from "./git-bits.ts";

const { git } = namespaceIds;
const { contribute, forcePush, liveMigrations, managePermissions, policyExempt, read } = gitBits;

/** The organization's own list; its token is written with a separator at the end in some organizations (facts 4.3). */
function seedRoot({ builder, collection }: ListContext): void {
  const { administrators, buildServiceAccounts, serviceAccounts } = collection;
  const token = builder.settings.seed % 2 === 0 ? "repoV2/" : "repoV2";
  setList(builder, git, token, [
    allow(administrators, allGitBits),
    allow(serviceAccounts, allGitBits),
    allow(buildServiceAccounts, read),
  ]);
}

/** Denies at a project that its repositories may overrule, and of somebody whose group may (facts 4.5). */
function oddEntries(context: ListContext, scope: ProjectScope): readonly AccessEntry[] {
  const { collection, people, random } = context;
  const { groups, made, project, teams } = scope;
  const odd: AccessEntry[] = [];
  if (project.index % 7 === 3) odd.push(...oneOf(random, made).map((who) => deny(who, contribute | forcePush)));
  if (project.index % 9 === 4) odd.push(deny(random.pick(people.users), contribute));
  if (project.index % 11 === 5) odd.push(deny(collection.administrators, forcePush));
  if (project.index % 11 === 6) odd.push(deny(groups.administrators, policyExempt));
  if (project.index % 6 === 1) odd.push(...teams.slice(1, 2).map((who) => allow(who, policyExempt | forcePush)));
  if (project.index % 8 === 2) odd.push(allow(unknownIdentity(context, project.index), contributorBits));
  if (project.index % 5 === 2) odd.push(...oneOf(random, people.entra).map((who) => allow(who, read)));
  if (project.index % 10 === 7) odd.push(...oneOf(random, people.servicePrincipals).map((who) => allow(who, 22)));
  if (project.index % 12 === 8) odd.push({ who: groups.readers, allow: read | liveMigrations, deny: contribute });
  return odd;
}

/** The list that every repository of a project inherits; some tokens keep the case and slash of who wrote them. */
function seedProject(context: ListContext, scope: ProjectScope): void {
  const { builder } = context;
  const { buildService, groups, project } = scope;
  const id = project.index % 10 === 9 ? project.id.toUpperCase() : project.id;
  const token = `repoV2/${id}${project.index % 5 === 4 ? "/" : ""}`;
  const administrators = project.index % 3 === 0 ? allGitBits : projectAdministratorBits;
  setList(builder, git, token, [
    ...oddEntries(context, scope),
    allow(groups.administrators, administrators),
    allow(groups.buildAdministrators, contributorBits),
    allow(groups.contributors, contributorBits),
    allow(groups.readers, read),
    allow(buildService, read | gitBits.createTag),
  ]);
}

/** Two groups that people made, the second inside the first, at two removes where there is such a one. */
function nestedGroups({ builder, people: { made } }: ListContext, start: number): readonly AccessEntry[] {
  const isMade = (index: number) => builder.subject(index).group?.kind === "made";
  const insideOf = (group: number) => builder.subject(group).group?.members.find(isMade);
  for (let step = 0; step < made.length; step++) {
    const outer = made[(start + step) % made.length] ?? 0;
    const inside = insideOf(outer);
    if (inside === undefined) continue;
    return [allow(outer, contributorBits | forcePush), deny(insideOf(inside) ?? inside, forcePush)];
  }
  return [];
}

type Kind = (context: ListContext, scope: ProjectScope, at: number) => readonly AccessEntry[];

/** What people do to one repository, and why a reader of lists must take care. */
const repositoryKinds: readonly Kind[] = [
  // The service gives its maker nearly everything, for ever.
  ({ people, random }) => [allow(random.pick(people.users), creatorBits)],
  // A group that the project denies may after all: the nearer list decides.
  ({ random }, { made, groups }) => [
    ...oneOf(random, made).map((who) => allow(who, contribute)),
    deny(groups.readers, contribute),
  ],
  // A team is in Contributors: one group allows, the other denies, on one level.
  (_, { groups, teams }) => [
    allow(groups.contributors, contributorBits | forcePush),
    ...teams.slice(-1).map((who) => deny(who, forcePush)),
  ],
  // Somebody directly, against whatever the groups allow.
  ({ people, random }) => [deny(random.pick(people.users), contribute | forcePush | managePermissions)],
  // Machines and people of Entra.
  ({ people, random }, { buildService }) => [
    ...oneOf(random, people.servicePrincipals).map((who) => allow(who, contributorBits)),
    ...oneOf(random, people.entra).map((who) => allow(who, read | contribute)),
    allow(buildService, contributorBits | policyExempt),
  ],
  // Whoever left: deleted, of another tenant, or unknown to everybody.
  (context, { groups }, at) => [
    allow(unknownIdentity(context, at), creatorBits),
    ...oneOf(context.random, context.people.strays).map((who) => allow(who, contributorBits)),
    allow(context.people.deletedGroup, read),
    allow(groups.contributors, contributorBits),
  ],
  // Administrators are denied: of some namespaces they keep the right all the same.
  ({ collection }, { groups }) => [
    deny(groups.administrators, forcePush | gitBits.deleteRepository),
    deny(collection.administrators, forcePush),
  ],
  // Nested groups, the outer allowed and the inner denied; of the first repositories it is the largest group of all.
  (context, { groups }, at) => [...nestedGroups(context, at < 60 ? 0 : at), allow(groups.validUsers, read)],
  // Bits that no published definition has, and an entry that says nothing.
  ({ people, random }, { groups }) => [
    allow(groups.contributors, contributorBits | liveMigrations | (2 ** 25)),
    { who: random.pick(people.users), allow: 0, deny: 0 },
  ],
];

/** About three in ten repositories have a list of their own; some of those inherit nothing, and some hold nothing either. */
function seedRepository(context: ListContext, scope: ProjectScope, repository: Repository): void {
  const { builder, random } = context;
  const token = `repoV2/${scope.project.id}/${repository.id}`;
  const { index } = repository;
  if (index % 100 === 21) setList(builder, git, token, [], false);
  if (index % 10 >= 3 || index % 100 === 21) return;
  const turn = Math.floor(index / 10) * 3 + (index % 10);
  const kind = repositoryKinds[turn % repositoryKinds.length] ?? (() => []);
  const cut = turn % 8 === 5;
  const kept = cut ? [allow(scope.groups.administrators, allGitBits), allow(scope.groups.readers, read)] : [];
  const spelled = turn % 6 === 4 ? `${token.replace(repository.id, repository.id.toUpperCase())}/` : token;
  const creator = random.chance(0.5) ? [allow(random.pick(context.people.users), creatorBits)] : [];
  setList(builder, git, spelled, [...kind(context, scope, index), ...creator, ...kept], !cut);
}

/** Lists of Git repositories at every level: organization, project, repository and branch (facts 4.2, 4.3). */
export function seedGitLists(context: ListContext): void {
  const { builder } = context;
  const repositories = Map.groupBy(builder.repositories, (repository) => repository.project);
  seedRoot(context);
  for (const scope of projectScopes(context)) {
    seedProject(context, scope);
    for (const repository of repositories.get(scope.project.index) ?? []) {
      seedRepository(context, scope, repository);
      seedBranchLists(context, scope, repository);
    }
  }
}
