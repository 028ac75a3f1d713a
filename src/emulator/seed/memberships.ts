import type { Builder } from "./builder.ts";
import type { CollectionGroups, ProjectGroups } from "./groups.ts";

/** Indexes that the memberships are drawn from. */
export interface People {
  readonly users: readonly number[];
  readonly servicePrincipals: readonly number[];
  readonly serviceAccounts: readonly number[];
  readonly strays: readonly number[];
  readonly made: readonly number[];
  readonly entra: readonly number[];
  readonly deletedGroup: number;
}

function joinSome(builder: Builder, group: number, from: readonly number[], count: number): void {
  if (from.length === 0) return;
  for (let turn = 0; turn < count; turn++) builder.join(group, builder.random.pick(from));
}

/** Members of one project's default groups and teams; every team is a member of Contributors (facts 2.5). */
export function joinProject(builder: Builder, groups: ProjectGroups, teams: readonly number[], people: People): void {
  const { random } = builder;
  const teamGroups = teams.map((team) => builder.teams[team]?.group ?? 0);
  for (const group of teamGroups) {
    builder.join(groups.contributors, group);
    joinSome(builder, group, people.users, 2 + random.below(9));
    if (random.chance(0.2)) joinSome(builder, group, random.chance(0.5) ? people.made : people.entra, 1);
    if (random.chance(0.1)) joinSome(builder, group, people.servicePrincipals, 1);
    if (random.chance(0.05)) joinSome(builder, group, people.strays, 1);
  }
  joinSome(builder, groups.administrators, people.users, 1 + random.below(3));
  joinSome(builder, groups.readers, people.users, random.below(6));
  joinSome(builder, groups.readers, people.entra, random.chance(0.3) ? 1 : 0);
  joinSome(builder, groups.contributors, people.servicePrincipals, random.chance(0.2) ? 1 : 0);
  for (const role of groups.others) if (random.chance(0.4)) joinSome(builder, role, people.users, 1);
  const everyone = [groups.administrators, groups.buildAdministrators, groups.contributors, groups.readers];
  for (const group of [...everyone, ...groups.others, ...teamGroups]) builder.join(groups.validUsers, group);
}

/** A chain as deep as asked, and a cycle, which no call can make but old organizations hold. */
function nest(builder: Builder, made: readonly number[]): void {
  const { nesting } = builder.settings;
  const chain = made.slice(0, nesting + 1);
  for (let depth = 1; depth < chain.length; depth++) builder.join(chain[depth - 1] ?? 0, chain[depth] ?? 0);
  const ring = made.slice(nesting + 1).slice(-3);
  if (ring.length < 2) return;
  for (let at = 0; at < ring.length; at++) builder.join(ring[at] ?? 0, ring[(at + 1) % ring.length] ?? 0);
}

/** Members of groups that people made: many small, few large; some nested, some with strays. */
export function joinMadeGroups(
  builder: Builder,
  people: People,
  projectGroups: ReadonlyMap<number, ProjectGroups>,
): void {
  const { random } = builder;
  people.made.forEach((group, at) => {
    const size = at === 0 ? Math.min(5_000, people.users.length * 0.4) : 2 + 60 * random.next() ** 4;
    if (at % 13 !== 12) joinSome(builder, group, people.users, Math.floor(size));
    if (at > builder.settings.nesting && random.chance(0.25)) builder.join(people.made[random.below(at)] ?? 0, group);
    if (random.chance(0.15)) joinSome(builder, group, people.entra, 1);
    if (random.chance(0.1)) joinSome(builder, group, people.servicePrincipals, 1);
    const project = builder.subject(group).group?.project;
    const parents = project === undefined ? undefined : projectGroups.get(project);
    if (parents) builder.join(random.chance(0.5) ? parents.contributors : parents.readers, group);
    if (parents) builder.join(parents.validUsers, group);
  });
  // Every stray is in some group, or nothing would ever show it.
  people.strays.forEach((stray, at) => {
    const group = people.made[(at * 7) % Math.max(1, people.made.length)];
    if (group !== undefined) builder.join(group, stray);
  });
  nest(builder, people.made);
}

/** Entra groups hold here only those members that signed in; one holds more than an answer shows (facts 3.2). */
export function joinEntraGroups(builder: Builder, people: People): void {
  people.entra.forEach((group, at) => {
    const size = at === 0 ? Math.min(150, people.users.length) : at % 4 === 3 ? 0 : 1 + builder.random.below(12);
    if (at === 0) for (const user of people.users.slice(0, size)) builder.join(group, user);
    else joinSome(builder, group, people.users, size);
  });
}

/** Members of the groups of the collection and of the enterprise. */
export function joinCollection(
  builder: Builder,
  groups: CollectionGroups,
  people: People,
  projectGroups: Iterable<ProjectGroups>,
): void {
  const caller = people.users[0] ?? 0;
  builder.join(groups.administrators, caller);
  joinSome(builder, groups.administrators, people.users, 2);
  for (const group of people.entra.slice(1, 2)) builder.join(groups.administrators, group);
  builder.join(groups.administrators, groups.serviceAccounts);
  for (const group of groups.enterprise) builder.join(groups.serviceAccounts, group);
  const [legacy = 0, collectionBuild = 0, ...accounts] = people.serviceAccounts;
  builder.join(groups.enterprise[0] ?? 0, legacy);
  builder.join(groups.buildServiceAccounts, collectionBuild);
  for (const account of [collectionBuild, ...accounts]) builder.join(groups.securityService, account);
  for (const stray of people.strays.slice(0, 3)) builder.join(groups.securityService, stray);
  for (const user of people.users) {
    if (builder.subject(user).memberOf.length === 0 && user % 4 !== 0) builder.join(groups.validUsers, user);
  }
  const own = [groups.administrators, groups.serviceAccounts, groups.buildServiceAccounts, ...groups.others];
  for (const group of own) builder.join(groups.validUsers, group);
  for (const { validUsers } of projectGroups) builder.join(groups.validUsers, validUsers);
}
