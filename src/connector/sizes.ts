import type { EntitlementRow, GrantRow } from "./listing.ts";
import type { Resource } from "./model.ts";

/** Upper estimates of encoded sizes; texts can take three bytes a code unit. */
export function resourceBytes({ displayName, description, profile, user, id, aliases }: Resource): number {
  let units = displayName.length + (description?.length ?? 0) + 2 * id.length;
  for (const [name, value] of Object.entries(profile ?? {})) units += name.length + String(value ?? "").length + 8;
  for (const text of [...(user?.emails ?? []), user?.login ?? "", ...(aliases ?? [])]) units += text.length;
  return 300 + 3 * 2 * units;
}

export function grantBytes({ resource, slug, principal, throughSlug }: GrantRow): number {
  const entitlement = resource.type.length + resource.id.length + slug.length;
  const through = throughSlug === undefined ? 0 : 80 + principal.type.length + principal.id.length + throughSlug.length;
  return 60 + 3 * entitlement + 2 * (principal.type.length + principal.id.length) + through;
}

export function entitlementBytes({ resource, definition }: EntitlementRow): number {
  const types = definition.grantableTo.reduce((sum, type) => sum + type.length + 4, 0);
  return 60 + 2 * resource.id.length + 3 * (definition.displayName.length + definition.description.length) + types;
}
