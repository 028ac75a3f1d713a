import type { Random } from "../../prng.ts";
import type { AccessEntry, Project } from "../../state.ts";
import type { Builder } from "../builder.ts";
import type { CollectionGroups, ProjectGroups } from "../groups.ts";
import type { People } from "../memberships.ts";

/** What the seeding of lists draws from, when everybody and everything else is there. */
export interface ListContext {
  readonly builder: Builder;
  /** A stream of random numbers of its own: lists can change without moving people and groups. */
  readonly random: Random;
  readonly people: People;
  readonly collection: CollectionGroups;
  readonly scopes: ReadonlyMap<number, ProjectGroups>;
}

/** A well-formed project with those who hold rights in it. */
export interface ProjectScope {
  readonly project: Project;
  readonly groups: ProjectGroups;
  /** Its build identity. */
  readonly buildService: number;
  /** Groups that people made in it; may be none. */
  readonly made: readonly number[];
  /** Groups of its teams, the default team first. */
  readonly teams: readonly number[];
}

/** Every well-formed project, in their order. */
export function* projectScopes({ builder, people, scopes }: ListContext): Generator<ProjectScope> {
  const services = new Map(people.serviceAccounts.map((index) => [builder.subject(index).principalName, index]));
  const made = Map.groupBy(people.made, (index) => builder.subject(index).group?.project);
  const teams = Map.groupBy(builder.teams, (team) => team.project);
  for (const project of builder.projects) {
    const groups = scopes.get(project.index);
    const buildService = services.get(project.id);
    if (project.state !== "wellFormed" || !groups || buildService === undefined) continue;
    const teamGroups = (teams.get(project.index) ?? []).map(({ group }) => group);
    yield { project, groups, buildService, made: made.get(project.index) ?? [], teams: teamGroups };
  }
}

/** An entry that allows. */
export function allow(who: number | string, bits: number): AccessEntry {
  return { who, allow: bits, deny: 0 };
}

/** An entry that denies. */
export function deny(who: number | string, bits: number): AccessEntry {
  return { who, allow: 0, deny: bits };
}

/** Somebody with one entry only once: the first of each identity counts. */
function once(entries: readonly AccessEntry[]): readonly AccessEntry[] {
  return entries.filter((entry, at) => entries.findIndex((other) => other.who === entry.who) === at);
}

/** Sets the list of one token; what it has already stays, and comes first. Tokens compare without case (facts 4.3). */
export function setList(
  builder: Builder,
  namespaceId: string,
  token: string,
  entries: readonly AccessEntry[],
  inherit = true,
): void {
  const lists = builder.accessLists.get(namespaceId) ?? new Map();
  builder.accessLists.set(namespaceId, lists);
  const before = lists.get(token.toLowerCase());
  lists.set(token.toLowerCase(), {
    token: before?.token ?? token,
    inherit: inherit && before?.inherit !== false,
    entries: once([...(before?.entries ?? []), ...entries]),
  });
}

/** Of a list somebody; of an empty one nobody. */
export function oneOf(random: Random, from: readonly number[]): readonly number[] {
  return from.length === 0 ? [] : [random.pick(from)];
}

/** An identity descriptor of somebody whom nothing here knows: removed long ago, or of another tenant. */
export function unknownIdentity({ builder }: ListContext, at: number): string {
  if (at % 3 === 2) return `Microsoft.TeamFoundation.Identity;S-1-9-1551374245-${at}-77-${at * 13}-4-1-${at}-1-2-3`;
  const tenant = at % 3 === 1 ? builder.foreignTenantId : builder.tenantId;
  return `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenant}\\left${at}@fabrikam.example`;
}
