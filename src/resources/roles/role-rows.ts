import type { Action } from "../../permissions/actions.ts";
import { hasBit } from "../../permissions/bits.ts";
import { expands, type Told } from "../../permissions/fold.ts";
import type { Tier } from "../../permissions/namespace.ts";
import type { RolePlace } from "../../permissions/role-namespaces.ts";
import { customRole, type RoleMasks, roleOfBits, roles } from "../../permissions/roles.ts";
import { tokenSlug } from "../../permissions/slugs.ts";
import type { Containers } from "../permissions/containers.ts";
import type { Held } from "../permissions/held.ts";
import type { RoleGroup } from "../permissions/role-groups.ts";
import type { Row } from "../permissions/rows.ts";
import type { RoleToken } from "./role-index.ts";

export interface RoleRowContext {
  readonly masks: RoleMasks;
  /** Built-in groups by subject id. */
  readonly roleGroups: ReadonlyMap<string, RoleGroup>;
  /** There where a deny is near. */
  readonly containers: Containers | undefined;
}

/** What is held on a token as roles; what no role says is one more row, and each bit is in exactly one. */
export function roleRowsOf(token: RoleToken, held: readonly Held[], context: RoleRowContext): Row[] {
  const rows: Row[] = [];
  for (const each of held) {
    const pinned = new Set(each.pinned.map(({ slug }) => slug));
    const everybody = context.roleGroups.get(each.subjectId)?.everybody ?? false;
    let isPinned = false;
    for (const told of tell(each.actions, token.place, context.masks)) {
      const touched = expands(told.tier) && told.permissions.some((slug) => pinned.has(slug));
      isPinned ||= touched;
      const expandable = expands(told.tier) && !everybody && !touched;
      rows.push({ subjectId: each.subjectId, told, token, direct: true, expandable, via: [], system: false });
    }
    // What the group's own grant can no longer give to its members is told of each of them.
    if (isPinned) rows.push(...memberRows(token, each, pinned, context));
    else rows.push(...administratorRows(token, each, context));
  }
  return rows;
}

/** The rows of everybody in a group of whom some lack what it holds: each by what is left to them. */
function memberRows(token: RoleToken, held: Held, pinned: ReadonlySet<string>, context: RoleRowContext): Row[] {
  const kept = new Map<string, Set<string>>();
  for (const { subjectId, action } of held.people) {
    const slugs = kept.get(subjectId) ?? new Set();
    kept.set(subjectId, slugs.add(action.slug));
  }
  const open = new Set(held.actions.map(({ slug }) => slug).filter((slug) => !pinned.has(slug)));
  const everyAction = [...new Set([...held.actions, ...held.people.map(({ action }) => action)])];
  const rows: Row[] = [];
  for (const subjectId of context.containers?.people(held.subjectId) ?? []) {
    const own = everyAction.filter(({ slug }) => open.has(slug) || kept.get(subjectId)?.has(slug));
    for (const told of tell(own, token.place, context.masks)) {
      rows.push(viaRow(token, subjectId, told, held.subjectId));
    }
  }
  return rows;
}

/** What a deny takes from the whole group and not from administrators of the collection in it, who are told of alone. */
function administratorRows(token: RoleToken, held: Held, { masks }: RoleRowContext): Row[] {
  const lost = held.people.filter(({ action }) => !held.actions.includes(action));
  return [...Map.groupBy(lost, ({ subjectId }) => subjectId)].flatMap(([subjectId, each]) =>
    tell(
      each.map(({ action }) => action),
      token.place,
      masks,
    ).map((told) => viaRow(token, subjectId, told, held.subjectId)),
  );
}

function viaRow(token: RoleToken, subjectId: string, told: Told, group: string): Row {
  return { subjectId, told, token, direct: false, expandable: false, via: [group], system: false };
}

function tell(actions: readonly Action[], place: RolePlace, masks: RoleMasks): Told[] {
  if (actions.length === 0) return [];
  const bits = actions.reduce((sum, { bit }) => sum + bit, 0);
  const { role, mask, rest } = roleOfBits(bits, masks);
  const told: Told[] = [];
  const known = roles.find(({ slug }) => slug === role);
  if (known) told.push({ slug: roleSlug(place, known.slug), tier: known.tier, permissions: slugsOf(actions, mask) });
  if (rest > 0) {
    const tiers = actions.filter(({ bit }) => hasBit(rest, bit)).map(({ tier }) => tier);
    const tier = tiers.reduce<Tier>((highest, each) => (each < highest ? each : highest), 3);
    told.push({ slug: roleSlug(place, customRole), tier, permissions: slugsOf(actions, rest) });
  }
  return told;
}

function slugsOf(actions: readonly Action[], mask: number): string[] {
  const own = actions.filter(({ bit }) => hasBit(mask, bit));
  return own.map(({ slug }) => slug).sort();
}

/** Of an object the role alone; of all of a kind with the kind before it, since a project has many. */
export function roleSlug({ scope, inner }: Pick<RolePlace, "scope" | "inner">, role: string): string {
  if (scope.hub === undefined) return role;
  return inner === "" ? `${scope.hub}.${role}` : `${scope.hub}.${tokenSlug(inner)}.${role}`;
}
