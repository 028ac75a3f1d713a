import fc from "fast-check";
import type { Position, TokenScope } from "../../src/connector/page-token.ts";
import { resourceId, slug, typeId } from "./arbitraries.ts";

const waits = fc.nat();
const cursor = fc.string({ unit: "binary", maxLength: 2000 });
const none = fc.constant([]);
const id = resourceId.map((text) => [text]);
const slugKey = fc.tuple(resourceId, slug);
const grantKey = fc.tuple(resourceId, slug, typeId, resourceId);

/** Listings with positions that they hand out. */
export const placed: fc.Arbitrary<{ readonly of: TokenScope; readonly at: Position }> = fc
  .record({
    type: typeId,
    resource: fc.constant(""),
    parent: fc.oneof(fc.constant(""), resourceId),
    fingerprint: fc.string(),
    syncId: fc.string(),
  })
  .chain((of) => {
    const begin = fc.constant("");
    const key = fc.oneof(none, id, grantKey);
    const stage = fc.tuple(fc.nat({ max: 99 }), cursor).map((parts) => parts.join(":"));
    return fc.oneof(
      positionOf({ ...of, method: "resources" }, { cursor, after: fc.oneof(none, id), end: none }),
      positionOf({ ...of, method: "entitlements" }, { cursor: begin, after: fc.oneof(none, id, slugKey), end: key }),
      positionOf({ ...of, method: "grants" }, { cursor: begin, after: key, end: key }),
      positionOf({ ...of, method: "stream" }, { cursor: stage, after: fc.oneof(key, slugKey), end: none }),
    );
  });

interface PositionParts {
  readonly cursor: fc.Arbitrary<string>;
  readonly after: fc.Arbitrary<readonly string[]>;
  readonly end: fc.Arbitrary<readonly string[]>;
}

function positionOf(of: TokenScope, parts: PositionParts) {
  return fc.record({ of: fc.constant(of), at: fc.record({ ...parts, waits }) });
}
