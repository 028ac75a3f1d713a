import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePageToken, encodePageToken, type Position, type TokenScope } from "../../src/connector/page-token.ts";
import { isConnectorError } from "../../src/errors.ts";
import { mutated, mutations } from "../support/mutations.ts";
import { placed } from "../support/positions.ts";
import { createTally, fuzz } from "./fuzz.ts";

/** A position, or undefined when the token is refused in the one way that it may be. */
function decoded(text: string, scope: TokenScope): Position | undefined {
  try {
    return decodePageToken(text, scope);
  } catch (error) {
    if (isConnectorError(error, "invalid-request") && /start the listing again$/.test(error.message)) return undefined;
    throw error;
  }
}

const scope: TokenScope = { method: "grants", type: "group", resource: "", parent: "", fingerprint: "f", syncId: "s" };

/** A token of this content, whose checksum is right. */
function sealed(content: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([checksum, content]).toString("base64url");
}

const contentOf = (token: string) => Buffer.from(token, "base64url").subarray(4);

describe("page tokens", () => {
  test("of arbitrary text are refused", async () => {
    const text = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
      fc.base64String({ minLength: 1, maxLength: 200 }),
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.json().map((json) => sealed(Buffer.from(json))),
      fc.uint8Array({ maxLength: 100 }).map(sealed),
    );
    await fuzz(
      "page tokens, arbitrary text",
      80_000,
      fc.property(text, (token) => decoded(token, scope) === undefined),
    );
  });

  test("that were changed in any way are refused", async () => {
    const tally = createTally();
    const property = fc.property(
      placed,
      placed,
      mutations,
      fc.constantFrom("text", "bytes", "joined"),
      (one, two, changes, how) => {
        const token = encodePageToken(one.of, one.at);
        const other = encodePageToken(two.of, two.at);
        const bytes = how === "bytes" ? Buffer.from(token, "base64url") : Buffer.from(token);
        const changed = mutated(how === "joined" ? Buffer.concat([bytes, Buffer.from(other)]) : bytes, changes);
        const text = how === "bytes" ? changed.toString("base64url") : changed.toString("latin1");
        const same = text === token || text === "";
        tally.add(same ? "unchanged" : "refused");
        return same || decoded(text, one.of) === undefined;
      },
    );
    await fuzz("page tokens, changed", 50_000, property, tally.told);
    expect(tally.count("refused")).toBeGreaterThan(30_000);
  });

  test("with another content and a right checksum are refused, or say exactly what they hold", async () => {
    const tally = createTally();
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom(0, 1, -1, 1.5, "", [], ["x"], ["x", "member"], "1:"));
    const name = fc.constantFrom("v", "m", "s", "c", "a", "e", "w");
    const change = fc.oneof(
      fc.record({ kind: fc.constant("swap"), one: name, two: name }),
      fc.record({ kind: fc.constant("set"), one: name, value: part }),
      fc.record({ kind: fc.constant("add"), one: fc.string(), value: part }),
      fc.record({ kind: fc.constant("leave out"), one: name }),
    );
    const property = fc.property(placed, fc.array(change, { minLength: 1, maxLength: 3 }), (from, changes) => {
      const content: Record<string, unknown> = JSON.parse(
        contentOf(encodePageToken(from.of, from.at)).toString("utf8"),
      );
      for (const each of changes) {
        if ("two" in each) [content[each.one], content[each.two]] = [content[each.two], content[each.one]];
        else if ("value" in each) content[each.one] = each.value;
        else delete content[each.one];
      }
      return saysWhatItHolds(sealed(Buffer.from(JSON.stringify(content))), from.of, content, tally);
    });
    await fuzz("page tokens, forged content", 40_000, property, tally.told);
    expect(Math.min(tally.count("refused"), tally.count("taken as it says"))).toBeGreaterThan(400);
  });

  test("with changed bytes and a right checksum are refused, or say exactly what they hold", async () => {
    const tally = createTally();
    const property = fc.property(placed, mutations, (from, changes) => {
      const bytes = mutated(contentOf(encodePageToken(from.of, from.at)), changes);
      return saysWhatItHolds(sealed(bytes), from.of, jsonOf(bytes), tally);
    });
    await fuzz("page tokens, forged bytes", 40_000, property, tally.told);
  });

  test("of another listing are refused", async () => {
    const tally = createTally();
    const change = fc.record(
      {
        method: fc.constantFrom("resources", "entitlements", "grants", "stream"),
        type: fc.constantFrom("user", "group", ""),
        resource: fc.constantFrom("", "x", "vssgp.x"),
        parent: fc.constantFrom("", "project:x"),
        fingerprint: fc.string({ maxLength: 3 }),
        syncId: fc.string({ maxLength: 3 }),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(placed, change, ({ of, at }, other) => {
      const scoped = { ...of, ...other };
      const same = JSON.stringify(scoped) === JSON.stringify(of);
      tally.add(same ? "the same listing" : "refused");
      return (decoded(encodePageToken(of, at), scoped) === undefined) !== same;
    });
    await fuzz("page tokens, another listing", 30_000, property, tally.told);
    expect(tally.count("refused")).toBeGreaterThan(20_000);
  });
});

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Taken for its own listing only, for the place that it names, and handed out again for the same. */
function saysWhatItHolds(
  token: string,
  of: TokenScope,
  content: unknown,
  tally: ReturnType<typeof createTally>,
): boolean {
  const position = decoded(token, of);
  tally.add(position ? "taken as it says" : "refused");
  if (!position) return true;
  const { cursor: c, after: a, end: e, waits: w } = position;
  const again = jsonOf(contentOf(encodePageToken(of, position)));
  expect(again).toEqual({ ...(content as object), c, a, e, w });
  expect(content).toMatchObject({ c, a, e, w, m: of.method });
  return true;
}
