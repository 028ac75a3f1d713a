import type { EntitlementRow, GrantRow } from "./listing.ts";
import type { Resource } from "./model.ts";

/** Sizes of encoded rows, near enough to keep a page far below the limit of a message. */
export function resourceBytes({ displayName, description, profile, user, group, id, aliases }: Resource): number {
  let profileBytes = 0;
  for (const [name, value] of Object.entries(profile ?? {})) {
    if (value !== null && value !== undefined) profileBytes += name.length + Buffer.byteLength(String(value)) + 12;
  }
  const texts = [displayName, description, id, user?.login, ...(user?.emails ?? []), ...(aliases ?? [])];
  const textBytes = texts.reduce((sum, text) => sum + (text ? Buffer.byteLength(text) + 8 : 0), 0);
  // A trait repeats the profile.
  return 250 + textBytes + profileBytes * (user || group ? 2 : 1);
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
