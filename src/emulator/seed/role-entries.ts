import type { Random } from "../prng.ts";
import type { RoleDefinition } from "../role-definitions.ts";
import { bitsOf } from "../role-definitions.ts";
import type { RoleObjects } from "../role-objects.ts";
import type { RoleTokens } from "../role-tokens.ts";
import type { AccessEntry } from "../state.ts";
import type { Builder } from "./builder.ts";
import type { ProjectGroups } from "./groups.ts";
import type { People } from "./memberships.ts";

/** What the seeding of these lists reads, and the stream that it alone draws from. */
export interface Seeding {
  readonly builder: Builder;
  readonly random: Random;
  readonly people: People;
  readonly objects: RoleObjects;
  readonly tokens: RoleTokens;
  readonly scopes: ReadonlyMap<number, ProjectGroups>;
  /** Build identity of each project, by the project's id. */
  readonly buildServices: ReadonlyMap<string, number>;
}

/** An entry with the bits of a role. */
export function holds(who: number | string, roles: readonly RoleDefinition[], name: string): AccessEntry {
  return { who, allow: bitsOf(roles, name), deny: 0 };
}

/** One entry an identity; the first one stays. */
export function distinct(entries: readonly AccessEntry[]): AccessEntry[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.who, entry])).values()].reverse();
}

/** Bits that no role of any scope has together. */
const oddBits = [18, 2, 9, 20] as const;

/** The entries of one object: its maker, those who were added, and what time leaves behind. */
export function objectEntries(
  seeding: Seeding,
  roles: readonly RoleDefinition[],
  project: string,
  maker: number,
): AccessEntry[] {
  const { builder, people, random } = seeding;
  const found = [holds(maker, roles, "Administrator")];
  const add = (chance: number, from: readonly number[], entry: (who: number) => AccessEntry) => {
    if (random.chance(chance) && from.length > 0) found.push(entry(random.pick(from)));
  };
  const build = seeding.buildServices.get(project);
  if (build !== undefined && random.chance(0.5)) found.push(holds(build, roles, "User"));
  add(0.3, people.users, (who) => holds(who, roles, random.chance(0.7) ? "User" : "Reader"));
  add(0.2, people.made, (who) => holds(who, roles, "User"));
  add(0.1, people.made, (who) => holds(who, roles, "Administrator"));
  add(0.15, people.entra, (who) => holds(who, roles, "Reader"));
  add(0.1, people.servicePrincipals, (who) => holds(who, roles, "Administrator"));
  add(0.06, people.users, (who) => ({ who, allow: 0, deny: bitsOf(roles, "User") }));
  add(0.04, people.made, (who) => ({
    who,
    allow: bitsOf(roles, "Reader"),
    deny: bitsOf(roles, "Administrator") & ~bitsOf(roles, "Reader"),
  }));
  add(0.05, people.users, (who) => ({ who, allow: random.pick(oddBits), deny: 0 }));
  add(0.05, people.strays, (who) => holds(who, roles, "User"));
  if (random.chance(0.02)) found.push(holds(people.deletedGroup, roles, "Administrator"));
  if (random.chance(0.02)) {
    const gone = `Microsoft.IdentityModel.Claims.ClaimsIdentity;${builder.tenantId}\\left${random.below(50)}@fabrikam.example`;
    found.push(holds(gone, roles, "Administrator"));
  }
  return distinct(found);
}
