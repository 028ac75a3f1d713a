import type { AccessEntry } from "../../state.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, oneOf, setList, unknownIdentity } from "./context.ts";

/** Who holds what by default, by the part that they play in a project or in the organization. */
export type Role =
  | "collectionAdministrators"
  | "collectionServices"
  | "collectionBuildServices"
  | "collectionBuildAdministrators"
  | "collectionTestServices"
  | "collectionValidUsers"
  | "administrators"
  | "buildAdministrators"
  | "releaseAdministrators"
  | "contributors"
  | "readers"
  | "validUsers"
  | "buildService";

type OrganizationRole = Extract<Role, `collection${string}`>;
export type Bits<R extends Role> = Readonly<Partial<Record<R, number>>>;

function organizationHolder({ collection }: ListContext, role: OrganizationRole): number | undefined {
  const [buildAdministrators, testServices] = collection.others;
  const holders: Readonly<Record<OrganizationRole, number | undefined>> = {
    collectionAdministrators: collection.administrators,
    collectionServices: collection.serviceAccounts,
    collectionBuildServices: collection.buildServiceAccounts,
    collectionBuildAdministrators: buildAdministrators,
    collectionTestServices: testServices,
    collectionValidUsers: collection.validUsers,
  };
  return holders[role];
}

function isOrganizationRole(role: Role): role is OrganizationRole {
  return role.startsWith("collection");
}

/** The holder of a part; some projects have no release administrators (facts 2.4). */
function holderOf(context: ListContext, scope: ProjectScope, role: Role): number | undefined {
  if (isOrganizationRole(role)) return organizationHolder(context, role);
  const { buildService, groups } = scope;
  if (role === "buildService") return buildService;
  if (role === "releaseAdministrators") return groups.others[2];
  return groups[role];
}

function rolesOf<R extends Role>(bits: Bits<R>): readonly (readonly [Role, number])[] {
  const all: readonly Role[] = [
    "collectionAdministrators",
    "collectionServices",
    "collectionBuildServices",
    "collectionBuildAdministrators",
    "collectionTestServices",
    "collectionValidUsers",
    "administrators",
    "buildAdministrators",
    "releaseAdministrators",
    "contributors",
    "readers",
    "validUsers",
    "buildService",
  ];
  const given: Readonly<Partial<Record<Role, number>>> = bits;
  return all.flatMap((role) => (given[role] === undefined ? [] : [[role, given[role]] as const]));
}

/** Entries of those who play these parts in a project. */
export function projectEntries(context: ListContext, scope: ProjectScope, bits: Bits<Role>): readonly AccessEntry[] {
  return rolesOf(bits).flatMap(([role, held]) => {
    const who = holderOf(context, scope, role);
    return who === undefined ? [] : [allow(who, held)];
  });
}

/** Entries of those who play these parts in the organization. */
export function organizationEntries(context: ListContext, bits: Bits<OrganizationRole>): readonly AccessEntry[] {
  return rolesOf(bits).flatMap(([role, held]) => {
    const who = isOrganizationRole(role) ? organizationHolder(context, role) : undefined;
    return who === undefined ? [] : [allow(who, held)];
  });
}

/** What somebody changed by hand: one entry that no default has, of every sort there is. */
export function handMade(context: ListContext, scope: ProjectScope, bits: number): readonly AccessEntry[] {
  const { collection, people, random } = context;
  const { groups, made, teams } = scope;
  const lowest = bits & -bits;
  const kinds: readonly (() => readonly AccessEntry[])[] = [
    () => [allow(random.pick(people.users), bits)],
    () => [deny(random.pick(people.users), lowest)],
    () => oneOf(random, made).map((who) => allow(who, bits)),
    () => oneOf(random, made).map((who) => deny(who, bits)),
    () => oneOf(random, teams).map((who) => allow(who, bits)),
    () => oneOf(random, people.servicePrincipals).map((who) => allow(who, bits)),
    () => oneOf(random, people.entra).map((who) => ({ who, allow: lowest, deny: bits & ~lowest })),
    () => oneOf(random, people.strays).map((who) => allow(who, bits)),
    () => [allow(unknownIdentity(context, random.below(9_999)), bits)],
    () => [{ who: random.pick(people.users), allow: 0, deny: 0 }],
    () => [allow(groups.readers, bits | (2 ** 28))],
    () => [deny(collection.administrators, lowest)],
    () => oneOf(random, teams).map((who) => deny(who, bits)),
  ];
  return random.pick(kinds)();
}

/** A list with an entry of some hand beside those of the defaults, which the service writes last. */
export function setChanged(
  context: ListContext,
  scope: ProjectScope,
  namespaceId: string,
  token: string,
  entries: readonly AccessEntry[],
  bits: number,
): void {
  const changed = context.random.chance(0.25) ? handMade(context, scope, bits) : [];
  setList(context.builder, namespaceId, token, [...changed, ...entries]);
}
