import { teamAdministratorBits } from "../../azure-devops/security.ts";
import type { Action } from "../../permissions/actions.ts";
import { bitsOf, hasBit } from "../../permissions/bits.ts";
import { type Detail, expands, fold, single, type Told } from "../../permissions/fold.ts";
import type { Tier } from "../../permissions/namespace.ts";
import type { Held } from "./held.ts";
import type { PlacedToken } from "./place-index.ts";
import type { RoleGroup } from "./role-groups.ts";

/** A grant to be: who holds which entitlement of a resource, and by what. */
export interface Row {
  readonly subjectId: string;
  readonly told: Told;
  readonly token: PlacedToken;
  /** Held by an entry of its own, not only as a member of a group whose grant cannot be expanded. */
  readonly direct: boolean;
  /** True where the platform may give it to all members of the group. */
  readonly expandable: boolean;
  /** Groups by which a person holds it, where the groups' own grants are not expandable. */
  readonly via: readonly string[];
  /** Set by Azure DevOps itself, whoever it is for. */
  readonly system: boolean;
}

export interface RowOptions {
  readonly detail: Detail;
  /** Built-in groups by subject id. */
  readonly roleGroups: ReadonlyMap<string, RoleGroup>;
  /** Ids of the teams that are reported as such. */
  readonly teams: Pick<ReadonlyMap<string, unknown>, "has">;
}

/** What is held on a token as rows, each permission in one of them, but for what membership of a role group says. */
export function rowsOf(token: PlacedToken, held: readonly Held[], options: RowOptions): Row[] {
  const { place } = token;
  const bundled = place.type === "repository" && place.inner === "";
  const rows: Row[] = [];
  for (const each of held) {
    const pinned = new Set(each.pinned.map(({ slug }) => slug));
    const told = withoutTeamAdministration(token, each, options);
    const own = options.detail === "all" ? told : told.filter((action) => !isRole(token, each, action, options));
    const everybody = options.roleGroups.get(each.subjectId)?.everybody ?? false;
    const bySlug = new Map(own.map((action) => [action.slug, action]));
    for (const entitlement of fold(own, { detail: options.detail, bundled, inner: place.inner, pinned })) {
      const { tier, permissions } = entitlement;
      const expandable = expands(tier) && !everybody && !permissions.some((slug) => pinned.has(slug));
      const system = permissions.every((slug) => bySlug.get(slug)?.system);
      const direct = permissions.some((slug) => each.directBits.has(bySlug.get(slug)?.bit ?? 0));
      rows.push({ subjectId: each.subjectId, told: entitlement, token, direct, expandable, via: [], system });
    }
    for (const { subjectId, action } of each.people) {
      if (!expands(action.tier)) continue;
      const told = single(action, place.inner);
      rows.push({ subjectId, told, token, direct: false, expandable: false, via: [each.subjectId], system: false });
    }
  }
  return rows;
}

/** Who may do all that a team's administrator may is told as one, on the team. */
function withoutTeamAdministration(
  { place, actions }: PlacedToken,
  { actions: held, deniedBits }: Held,
  { teams }: RowOptions,
): readonly Action[] {
  if (actions.namespace.slug !== "identity" || !teams.has(place.inner)) return held;
  const bits = [...bitsOf(teamAdministratorBits)];
  const rest = held.filter(({ bit }) => !hasBit(teamAdministratorBits, bit));
  // One who is denied some of it and holds it as an administrator of the organization is not told as the team's.
  const administers = held.length - rest.length === bits.length && !bits.some((bit) => deniedBits.has(bit));
  return administers ? rest : held;
}

/**
 * On a project or the organization, what a built-in group of it holds is what its membership means and is told there
 * (decision 0009). Only administrators' membership says so of what can do harm; others' is told by itself.
 */
export function isRole(
  token: PlacedToken,
  held: Held,
  { tier, slug }: Action,
  { roleGroups }: Pick<RowOptions, "roleGroups">,
): boolean {
  const group = roleGroups.get(held.subjectId);
  if (!group || !isRolePlace(token, group)) return false;
  if (tier > 1) return true;
  return group.administrators && token.place.type === "project" && held.pinned.every((pinned) => pinned.slug !== slug);
}

function isRolePlace({ place }: PlacedToken, { projectId }: RoleGroup): boolean {
  if (place.inner !== "" || place.type === "repository") return false;
  return projectId === undefined || place.id === projectId;
}

/**
 * One row for an entitlement and a subject, who can hold it by an entry and through groups, by lists of two spellings,
 * or, of what is left over, in several namespaces.
 */
export function joinRows(rows: readonly Row[]): Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.told.slug} ${row.subjectId}`;
    const known = byKey.get(key);
    byKey.set(key, known ? joined(known, row) : row);
  }
  return [...byKey.values()];
}

function joined(a: Row, b: Row): Row {
  const permissions = [...new Set([...a.told.permissions, ...b.told.permissions])].sort();
  const tier: Tier = a.told.tier < b.told.tier ? a.told.tier : b.told.tier;
  return {
    ...(a.direct ? a : b),
    told: { slug: a.told.slug, tier, permissions },
    direct: a.direct || b.direct,
    expandable: a.expandable && b.expandable,
    via: [...new Set([...a.via, ...b.via])],
    system: a.system && b.system,
  };
}
