import { compareText } from "../../connector/ids.ts";
import type { EntitlementDefinition } from "../../connector/model.ts";
import type { Hub } from "../../permissions/role-scopes.ts";
import { type RoleMasks, roles } from "../../permissions/roles.ts";
import { tierMeanings } from "../permissions/entitlements.ts";
import type { Row } from "../permissions/rows.ts";
import { roleSlug } from "./role-rows.ts";

export interface HubEntitlementOptions {
  /** Leaves out roles of tiers 2 and 3 that nobody holds. */
  readonly skipUnusedRoles: boolean;
  readonly principalTypes: readonly string[];
}

/** The roles on all of a kind, as entitlements of the project or organization: those of its hubs and what is held besides. */
export function hubEntitlements(
  hubs: readonly (Hub & { readonly masks: RoleMasks })[],
  rows: readonly Row[],
  { skipUnusedRoles, principalTypes: grantableTo }: HubEntitlementOptions,
): readonly EntitlementDefinition[] {
  const bySlug = new Map<string, EntitlementDefinition>();
  const held = new Map(rows.map((row) => [row.told.slug, row]));
  for (const { scope, title, masks } of hubs) {
    for (const [order, role] of roles.entries()) {
      const slug = roleSlug({ scope, inner: "" }, role.slug);
      const left = skipUnusedRoles && role.tier > 1 && !held.has(slug);
      if (!masks[role.slug] || left) continue;
      bySlug.set(slug, {
        slug,
        displayName: `${title}: ${role.displayName}`,
        description: `${role.displayName} of ${title.toLowerCase()}, and of each that inherits. ${tierMeanings[role.tier]}.`,
        purpose: "permission",
        grantableTo,
        exclusion: { group: scope.hub ?? "", order: order + 1 },
      });
    }
  }
  for (const [slug, row] of held) if (!bySlug.has(slug)) bySlug.set(slug, heldDefinition(row, grantableTo));
  return [...bySlug.values()].sort((a, b) => compareText(a.slug, b.slug));
}

/** A role where it is asked for by nobody else: on one deployment group, or beyond what the roles say. */
function heldDefinition({ told: { slug, tier }, token }: Row, grantableTo: readonly string[]): EntitlementDefinition {
  const { namespace } = token.actions;
  const own = slug.slice(slug.lastIndexOf(".") + 1);
  const role = roles.find((each) => each.slug === own);
  const where = token.place.label === "" ? "" : `, ${token.place.label}`;
  const base = { slug, purpose: "permission", grantableTo } as const;
  if (role) {
    const displayName = `${namespace.title}${where}: ${role.displayName}`;
    const immutable = "on a part of what the project has: change it in Azure DevOps itself";
    return { ...base, displayName, description: `${displayName}. ${tierMeanings[tier]}.`, immutable };
  }
  return { ...base, ...customDefinition(`${namespace.title}${where}: `) };
}

/** What stands for permissions that no role names. */
export function customDefinition(
  prefix: string,
): Pick<EntitlementDefinition, "displayName" | "description" | "immutable"> {
  return {
    displayName: `${prefix}${prefix === "" ? "O" : "o"}ther permissions`,
    description: "Whatever somebody holds that no role names; each grant says what, and how much harm it can do.",
    immutable: "stands for permissions that no role names: give a role in its place",
  };
}
