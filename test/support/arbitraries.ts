import fc from "fast-check";
import type { EntitlementDefinition, GrantRow, Json, Resource, ResourceRef } from "../../src/connector/model.ts";

/** Legal parts of ids, short ones and the longest. */
export const typeId = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
export const resourceId = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._~-]{1,80}$/),
  fc.constantFrom("-", ".", "~", "x".repeat(512)),
);
export const slug = fc.oneof(
  fc.constantFrom("member", "admin", "s".repeat(128)),
  fc.stringMatching(/^[a-z0-9_.-]{1,128}$/),
);
export const resourceRef: fc.Arbitrary<ResourceRef> = fc.record({ type: typeId, id: resourceId });

/** Any text, lone surrogates and characters of four bytes among them, sometimes very long. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "ß", "€", "𝒳", "\ud800", "\udc00", "\uFEFF", "\0") }),
  fc
    .tuple(fc.constantFrom("a", "ß", "€", "𝒳", "\ud800"), fc.nat({ max: 6000 }))
    .map(([unit, times]) => unit.repeat(times)),
);

const { metadata } = fc.letrec<{ json: Json; metadata: Record<string, Json> }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("json"), { maxLength: 3 }),
    tie("metadata"),
  ),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z_]{1,20}$/), tie("json"), { maxKeys: 4, noNullPrototype: true }),
}));

export const grantRow: fc.Arbitrary<GrantRow> = fc.record(
  { resource: resourceRef, slug, principal: resourceRef, throughSlug: slug, metadata, immutable: fc.string() },
  { requiredKeys: ["resource", "slug", "principal"] },
);

export const definition: fc.Arbitrary<EntitlementDefinition> = fc.record(
  {
    slug,
    displayName: anyText,
    description: anyText,
    purpose: fc.constantFrom("assignment", "permission"),
    grantableTo: fc.uniqueArray(typeId, { maxLength: 8 }),
    exclusion: fc.record(
      { group: typeId, order: fc.nat(), isDefault: fc.boolean() },
      { requiredKeys: ["group", "order"] },
    ),
    immutable: fc.string(),
    contents: fc.array(
      fc.record(
        { resources: fc.array(resourceRef, { maxLength: 3 }), permissions: fc.array(slug, { maxLength: 5 }) },
        { requiredKeys: ["permissions"] },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ["slug", "displayName", "description", "purpose", "grantableTo"] },
);

const date = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T00:00:00Z"),
  noInvalidDate: true,
});
const status = fc.record(
  { value: fc.constantFrom("enabled", "disabled", "deleted", "unspecified"), details: anyText },
  { requiredKeys: ["value"] },
);
const profileValue = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined));
const user = fc.record(
  {
    login: anyText,
    emails: fc.array(fc.emailAddress(), { maxLength: 3 }),
    accountType: fc.constantFrom("human", "service", "system"),
    lastLogin: date,
  },
  { requiredKeys: ["emails", "accountType"] },
);

export const resource: fc.Arbitrary<Resource> = fc.record(
  {
    type: typeId,
    id: resourceId,
    displayName: anyText,
    description: anyText,
    parent: resourceRef,
    status,
    createdAt: date,
    profile: fc.dictionary(fc.stringMatching(/^[a-z_]{1,40}$/), profileValue, { maxKeys: 12 }),
    user,
    group: fc.record({ source: fc.constantFrom("azure-devops", "entra") }),
    nonHuman: fc.record({
      kind: fc.constantFrom("app-registration", "managed-identity", "unspecified"),
      detail: anyText,
    }),
    license: fc.record(
      { name: anyText, purchasedSeats: fc.nat(), consumedSeats: fc.nat(), seatSlug: slug },
      { requiredKeys: ["name", "seatSlug"] },
    ),
    secret: fc.record(
      {
        owner: resourceRef,
        kind: fc.constantFrom("static-secret", "asymmetric-key"),
        detail: typeId,
        expiresAt: date,
      },
      { requiredKeys: ["owner", "kind", "detail"] },
    ),
    aliases: fc.uniqueArray(resourceId, { maxLength: 3 }),
    withoutGrants: fc.boolean(),
  },
  { requiredKeys: ["type", "id", "displayName"] },
);
