import type { EntitlementRow, GrantRow, Resource } from "./model.ts";

/** Sizes of encoded rows, near enough to keep a page far below the limit of a message. */
export function resourceBytes(resource: Resource): number {
  const { type, id, displayName, description, parent, status, user, group, nonHuman, aliases } = resource;
  let profileBytes = 0;
  for (const [name, value] of Object.entries(resource.profile ?? {})) {
    if (value !== null && value !== undefined) profileBytes += name.length + Buffer.byteLength(String(value)) + 12;
  }
  const ids = [type, id, parent?.type, parent?.id, ...(aliases ?? [])];
  const details = [status?.details, user && status?.details, nonHuman?.detail, group?.source];
  const texts = [displayName, description, ...ids, ...details, user?.login, ...(user?.emails ?? [])];
  const textBytes = texts.reduce((sum, text) => sum + (text ? Buffer.byteLength(text) + 8 : 0), 0);
  // Each trait repeats the profile.
  return 250 + textBytes + profileBytes * (1 + (user ? 1 : 0) + (group ? 1 : 0));
}

export function grantBytes({ resource, slug, principal, throughSlug }: GrantRow): number {
  const entitlement = resource.type.length + resource.id.length + slug.length;
  const through = throughSlug === undefined ? 0 : 80 + principal.type.length + principal.id.length + throughSlug.length;
  return 60 + 3 * entitlement + 2 * (principal.type.length + principal.id.length) + through;
}

export function entitlementBytes({ resource, definition }: EntitlementRow): number {
  const types = definition.grantableTo.reduce((sum, type) => sum + type.length + 4, 0);
  const ids = 2 * (resource.type.length + resource.id.length + definition.slug.length);
  return 60 + ids + 3 * (definition.displayName.length + definition.description.length) + types;
}
