import { toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.js";
import { definition, grantRow, resource, resourceRef } from "../../test/support/arbitraries.ts";
import type { GrantRow } from "./model.ts";
import { grantsPage } from "./page-encoder.ts";
import { entitlementMessage } from "./rights-to-proto.ts";
import { entitlementBytes, grantBytes, resourceBytes } from "./sizes.ts";
import { resourceMessage } from "./to-proto.ts";

const mebibyte = 1024 * 1024;

/** How much more than estimated rows may take, so that pages of 2 MiB by estimate stay below 4 MiB. */
const tolerance = 1.9;
/** Tag and length of a row in its list. */
const framing = 5;

/** Rows repeated up to the bound, as a page without a size is filled. */
function filled(rows: readonly GrantRow[]): GrantRow[] {
  const page: GrantRow[] = [];
  let bytes = 0;
  for (let i = 0; bytes < 2 * mebibyte; i += 1) {
    const row = rows[i % rows.length];
    if (!row) break;
    page.push(row);
    bytes += grantBytes(row);
  }
  return page;
}

describe("estimates", () => {
  test("keep a page of grants, filled to 2 MiB by estimate, under 4 MiB and over 1", () => {
    fc.assert(
      fc.property(fc.array(grantRow, { minLength: 1, maxLength: 5 }), (rows) => {
        const { length } = grantsPage(filled(rows), "x".repeat(1000)).bytes();
        expect(length).toBeLessThan(4 * mebibyte);
        expect(length).toBeGreaterThan(mebibyte);
      }),
      { numRuns: 30 },
    );
  });

  test("of a grant are never below what it takes", () => {
    fc.assert(
      fc.property(grantRow, (row) => {
        expect(grantsPage([row], "").bytes().length).toBeLessThanOrEqual(grantBytes(row));
      }),
      { numRuns: 1000 },
    );
  });

  test("of an entitlement are near what it takes", () => {
    fc.assert(
      fc.property(resourceRef, definition, (of, entitlement) => {
        const row = { resource: of, definition: entitlement };
        const { length } = toBinary(EntitlementSchema, entitlementMessage(row));
        expect(length + framing).toBeLessThanOrEqual(tolerance * entitlementBytes(row));
      }),
      { numRuns: 1000 },
    );
  });

  test("of a resource are near what it takes", () => {
    fc.assert(
      fc.property(resource, (row) => {
        const { length } = toBinary(ResourceSchema, resourceMessage(row));
        expect(length + framing).toBeLessThanOrEqual(tolerance * resourceBytes(row));
      }),
      { numRuns: 1000 },
    );
  });
});
