import { create, equals, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StreamSyncResponseSchema } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import { GrantsServiceListGrantsResponseSchema } from "../../gen/c1/connector/v2/grant_pb.js";
import { grantRow, resourceRef, slug } from "../../test/support/arbitraries.ts";
import type { GrantRow } from "./model.ts";
import { grantsBatch, grantsPage } from "./page-encoder.ts";

const schema = GrantsServiceListGrantsResponseSchema;

/** Rows as they come: many of one entitlement, and the same principals again and again. */
const neighbours = fc
  .tuple(fc.array(resourceRef, { minLength: 1, maxLength: 3 }), fc.array(resourceRef, { minLength: 1, maxLength: 4 }))
  .chain(([resources, principals]) =>
    fc.array(
      fc.record<GrantRow>({
        resource: fc.constantFrom(...resources),
        slug: fc.constantFrom("member", "admin"),
        principal: fc.constantFrom(...principals),
      }),
      { maxLength: 30 },
    ),
  );

const pages = fc.oneof(fc.array(grantRow, { maxLength: 12 }), neighbours);

describe("a page of grants", () => {
  test("decodes to the message that protobuf-es makes of the same rows", () => {
    fc.assert(
      fc.property(pages, fc.string({ unit: "grapheme" }), (rows, token) => {
        const page = grantsPage(rows, token);
        const decoded = fromBinary(schema, page.bytes());
        expect(equals(schema, decoded, page.message())).toBe(true);
        expect(decoded.list).toHaveLength(rows.length);
        expect(decoded.nextPageToken).toBe(token);
      }),
      { numRuns: 500 },
    );
  });

  test("takes exactly as many bytes as protobuf-es would: nothing is written twice or left out", () => {
    fc.assert(
      fc.property(pages, (rows) => {
        const page = grantsPage(rows, "t");
        expect(page.bytes()).toHaveLength(toBinary(schema, page.message()).length);
      }),
    );
  });

  test("without rows and token is empty", () => {
    expect(grantsPage([], "").bytes()).toHaveLength(0);
  });

  test("tells through which entitlement of the principal a grant reaches others", () => {
    fc.assert(
      fc.property(grantRow, slug, (row, throughSlug) => {
        const [grant] = fromBinary(schema, grantsPage([{ ...row, throughSlug }], "").bytes()).list;
        const [annotation] = grant?.annotations ?? [];
        const expandable = annotation && anyUnpack(annotation, GrantExpandableSchema);
        const { type, id } = row.principal;
        expect(expandable?.entitlementIds).toEqual([`${type}:${id}:${throughSlug}`]);
      }),
    );
  });

  test("keeps neighbours with the same texts in other places apart", () => {
    const rows: GrantRow[] = [
      { resource: { type: "a", id: "b" }, slug: "c", principal: { type: "d", id: "e" } },
      { resource: { type: "a", id: "b" }, slug: "d", principal: { type: "d", id: "e" } },
      { resource: { type: "a", id: "c" }, slug: "d", principal: { type: "e", id: "d" } },
      { resource: { type: "a", id: "b" }, slug: "c", principal: { type: "d", id: "e" } },
    ];
    const ids = fromBinary(schema, grantsPage(rows, "").bytes()).list.map(({ id }) => id);
    expect(ids).toEqual(["a:b:c:d:e", "a:b:d:d:e", "a:c:d:e:d", "a:b:c:d:e"]);
  });
});

test("a batch of a stream decodes to the message that it stands for", () => {
  const rest = create(StreamSyncResponseSchema, {
    resumeToken: "next",
    complete: true,
    counters: { grants: 2n, resources: 3n },
    upstreamBudget: { concurrencyLimit: 6, rateLimitRemaining: 1.5 },
  });
  const resource = { type: "group", id: "vssgp.a" };
  const batch = grantsBatch(rest, [
    { resource, slug: "member", principal: { type: "user", id: "aad.a" } },
    { resource, slug: "member", principal: { type: "group", id: "vssgp.b" }, throughSlug: "member" },
  ]);
  const decoded = fromBinary(StreamSyncResponseSchema, batch.bytes());
  expect(equals(StreamSyncResponseSchema, decoded, batch.message())).toBe(true);
  expect(batch.message().grants).toHaveLength(2);
});
