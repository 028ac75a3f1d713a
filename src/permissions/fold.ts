import type { Action } from "./actions.ts";
import type { Tier } from "./namespace.ts";
import { tokenSlug } from "./slugs.ts";

/** How much is told: no single permissions, bundles and the dangerous ones, or each bit by itself. */
export type Detail = "roles" | "standard" | "all";

/** Permissions of a repository that are told as one, each containing the ones before it. */
export interface Bundle {
  readonly slug: string;
  readonly displayName: string;
  readonly tier: Tier;
  /** All of them are needed to hold it. */
  readonly permissions: readonly string[];
}

const read = ["git.generic_read"];
const contribute = [
  ...read,
  "git.generic_contribute",
  "git.create_branch",
  "git.create_tag",
  "git.manage_note",
  "git.pull_request_contribute",
];
const maintain = [...contribute, "git.force_push", "git.rename_repository", "git.remove_others_locks"];
const admin = [...maintain, "git.edit_policies", "git.delete_repository", "git.manage_permissions"];

/** Ascending: the last one whose permissions are all held is told. Bypassing a policy is in none of them. */
export const bundles: readonly Bundle[] = [
  { slug: "access.read", displayName: "Read", tier: 3, permissions: read },
  { slug: "access.contribute", displayName: "Contribute", tier: 2, permissions: contribute },
  { slug: "access.maintain", displayName: "Maintain", tier: 1, permissions: maintain },
  { slug: "access.admin", displayName: "Administer", tier: 0, permissions: admin },
];

/** Slugs of the bundles that a permission is in. */
export function bundlesWith(permission: string): readonly string[] {
  return bundles.filter(({ permissions }) => permissions.includes(permission)).map(({ slug }) => slug);
}

/** What is left of tiers 2 and 3 is told as one, with its names. */
const customSlug = "access.custom";

export function isCustom(slug: string): boolean {
  return slug.endsWith(".custom");
}

/** An entitlement under which permissions are told. */
export interface Told {
  readonly slug: string;
  readonly tier: Tier;
  /** `<namespace slug>.<action slug>` each; one where the entitlement is a single permission. */
  readonly permissions: readonly string[];
}

export interface FoldOptions {
  readonly detail: Detail;
  /** Bundles are of repositories; of a branch, a project or an organization every permission is told by itself. */
  readonly bundled: boolean;
  /** The token inside the resource that this is about; "" for the resource itself. */
  readonly inner: string;
  /** Permissions of a group that some of its members lack: never told in what the platform expands to all of them. */
  readonly pinned: ReadonlySet<string>;
}

/** Says what somebody holds in as few entitlements as the detail allows, each permission in exactly one of them. */
export function fold(held: readonly Action[], { detail, bundled, inner, pinned }: FoldOptions): readonly Told[] {
  if (detail === "roles") return [];
  if (detail === "all") return held.map((action) => single(action, inner));
  const bundle = bundled ? highestBundle(held, pinned) : undefined;
  const left = bundle ? held.filter(({ slug }) => !bundle.permissions.includes(slug)) : held;
  const told: Told[] = bundle ? [bundle] : [];
  for (const action of left) if (action.tier <= 1) told.push(single(action, inner));
  const rest = left.filter(({ tier }) => tier > 1);
  if (rest.length > 0) told.push(custom(rest, inner));
  return told;
}

function highestBundle(held: readonly Action[], pinned: ReadonlySet<string>): Bundle | undefined {
  const slugs = new Set(held.map(({ slug }) => slug));
  return bundles.findLast(({ permissions, tier }) =>
    permissions.every((permission) => slugs.has(permission) && (!expands(tier) || !pinned.has(permission))),
  );
}

/** What only contributes or reads stays on the group that holds it; who can do harm is told person by person. */
export function expands(tier: Tier): boolean {
  return tier <= 1;
}

export function single({ slug, tier }: Action, inner: string): Told {
  return { slug: innerSlug(slug, inner), tier, permissions: [slug] };
}

function custom(rest: readonly Action[], inner: string): Told {
  const tier: Tier = rest.some((action) => action.tier === 2) ? 2 : 3;
  const [namespace = ""] = (rest[0]?.slug ?? "").split(".", 1);
  const slug = inner === "" ? customSlug : innerSlug(`${namespace}.custom`, inner);
  return { slug, tier, permissions: rest.map((action) => action.slug).sort() };
}

/** A branch or folder has entitlements of its own: the platform keeps one row for an entitlement and a principal. */
function innerSlug(slug: string, inner: string): string {
  if (inner === "") return slug;
  const dot = slug.indexOf(".");
  return `${slug.slice(0, dot)}.${tokenSlug(inner)}${slug.slice(dot)}`;
}
