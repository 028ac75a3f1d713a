import { bitsOf, hasBit, withoutBits } from "./bits.ts";
import type { Tier } from "./namespace.ts";

/** A name for bits that are held together, as Azure DevOps shows them on what pipelines use (facts 5.2). */
export type RoleSlug = "reader" | "creator" | "service_account" | "user" | "administrator";

export interface Role {
  readonly slug: RoleSlug;
  /** As upstream names it in every language. */
  readonly name: string;
  readonly displayName: string;
  readonly tier: Tier;
}

/** Ascending by what they give; whoever uses something reaches the secrets in it. */
export const roles: readonly Role[] = [
  { slug: "reader", name: "Reader", displayName: "Reader", tier: 3 },
  { slug: "creator", name: "Creator", displayName: "Creator", tier: 2 },
  { slug: "service_account", name: "ServiceAccount", displayName: "Service account", tier: 1 },
  { slug: "user", name: "User", displayName: "User", tier: 1 },
  { slug: "administrator", name: "Administrator", displayName: "Administrator", tier: 1 },
];

/** The bits of each role of a scope. */
export type RoleMasks = Readonly<Partial<Record<RoleSlug, number>>>;

/** Where roles are defined: for one object, or for all of a kind in a project or the organization (a hub). */
export interface RoleScope {
  readonly id: string;
  /** Before the slugs of a hub's roles, which the project or organization has; absent for an object's. */
  readonly hub?: string;
  /** Used where the definitions cannot be read. */
  readonly masks: RoleMasks;
}

/** Bits as a role's name says them. */
export interface RoleBits {
  readonly role: RoleSlug | undefined;
  /** Those that the role stands for. */
  readonly mask: number;
  /** Those that no name says. */
  readonly rest: number;
}

/** The role that bits are, or else the highest one in them and what is left over; each bit once. */
export function roleOfBits(bits: number, masks: RoleMasks): RoleBits {
  const descending = roles.toReversed().flatMap(({ slug }) => {
    const mask = masks[slug] ?? 0;
    return mask === 0 || !contains(bits, mask) ? [] : [{ slug, mask }];
  });
  const exact = descending.find(({ mask }) => contains(mask, bits));
  const role = exact ?? descending[0];
  if (!role) return { role: undefined, rest: bits, mask: 0 };
  return { role: role.slug, rest: withoutBits(bits, role.mask), mask: role.mask };
}

function contains(bits: number, mask: number): boolean {
  for (const bit of bitsOf(mask)) if (!hasBit(bits, bit)) return false;
  return true;
}

/** The masks that a scope's definitions give; a role of a name that is not known here stays with its single bits. */
export function masksOf(
  definitions: readonly { readonly name: string; readonly allowPermissions: number }[],
): RoleMasks {
  const masks: Partial<Record<RoleSlug, number>> = {};
  for (const { name, allowPermissions } of definitions) {
    const role = roles.find((known) => known.name.toLowerCase() === name.replaceAll(" ", "").toLowerCase());
    if (role) masks[role.slug] = allowPermissions;
  }
  return masks;
}

/** Whatever somebody holds that is no role. */
export const customRole = "custom";
