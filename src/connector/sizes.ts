import type { EntitlementRow, GrantRow, Json, Resource } from "./model.ts";

/** Sizes of encoded rows, near enough to keep a page far below the limit of a message. */
export function resourceBytes(resource: Resource): number {
  const { type, id, displayName, description, parent, status, user, group, nonHuman, aliases, license, secret } =
    resource;
  let profileBytes = 0;
  for (const [name, value] of Object.entries(resource.profile ?? {})) {
    if (value !== null && value !== undefined) profileBytes += name.length + Buffer.byteLength(String(value)) + 12;
  }
  const ids = [type, id, parent?.type, parent?.id, ...(aliases ?? [])];
  const details = [status?.details, user && status?.details, nonHuman?.detail, group?.source];
  const texts = [displayName, description, ...ids, ...details, user?.login, ...(user?.emails ?? []), license?.name];
  const textBytes = texts.reduce((sum, text) => sum + (text ? Buffer.byteLength(text) + 8 : 0), 0);
  // Each trait repeats the profile.
  const licenseBytes = license ? 120 + type.length + id.length + license.seatSlug.length : 0;
  const secretBytes = secret ? 180 + 2 * (secret.owner.type.length + secret.owner.id.length) + secret.detail.length : 0;
  const traits = [user, group, secret].filter((trait) => trait !== undefined).length;
  return 300 + textBytes + licenseBytes + secretBytes + profileBytes * (1 + traits);
}

export function grantBytes({ resource, slug, principal, throughSlug, metadata, immutable }: GrantRow): number {
  const entitlement = resource.type.length + resource.id.length + slug.length;
  const through = throughSlug === undefined ? 0 : 80 + principal.type.length + principal.id.length + throughSlug.length;
  const more = (metadata ? metadataBytes(metadata) : 0) + (immutable === undefined ? 0 : 110 + 3 * immutable.length);
  return 60 + 3 * entitlement + 2 * (principal.type.length + principal.id.length) + through + more;
}

/** Grants that say the same of themselves share one object. */
const sizes = new WeakMap<object, number>();

function metadataBytes(metadata: NonNullable<GrantRow["metadata"]>): number {
  const known = sizes.get(metadata);
  if (known !== undefined) return known;
  const bytes = 80 + jsonBytes(metadata);
  sizes.set(metadata, bytes);
  return bytes;
}

function jsonBytes(value: Json): number {
  if (typeof value === "string") return 12 + Buffer.byteLength(value);
  if (typeof value !== "object") return 13;
  let bytes = 12;
  if (Array.isArray(value)) for (const item of value) bytes += jsonBytes(item);
  else for (const [name, item] of Object.entries(value)) bytes += 12 + Buffer.byteLength(name) + jsonBytes(item);
  return bytes;
}

export function entitlementBytes({ resource, definition }: EntitlementRow): number {
  const types = definition.grantableTo.reduce((sum, type) => sum + type.length + 4, 0);
  const ids = 2 * (resource.type.length + resource.id.length + definition.slug.length);
  const texts = 3 * (definition.displayName.length + definition.description.length);
  const { contents = [], exclusion, immutable } = definition;
  let more = exclusion ? 100 + resource.type.length + resource.id.length + exclusion.group.length : 0;
  if (immutable !== undefined) more += 100 + 2 * immutable.length;
  if (contents.length > 0) more += 80;
  for (const { resources = [], permissions } of contents) {
    more += 8;
    for (const permission of permissions) more += permission.length + 4;
    for (const { type, id } of resources) more += type.length + id.length + 8;
  }
  return 60 + ids + texts + types + more;
}
