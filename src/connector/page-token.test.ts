import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourceId, typeId } from "../../test/support/arbitraries.ts";
import { thrownBy } from "../../test/support/calls.ts";
import { isConnectorError } from "../errors.ts";
import { decodePageToken, encodePageToken, type Position, startPosition, type TokenScope } from "./page-token.ts";

const scope: TokenScope = {
  method: "grants",
  type: "group",
  resource: "",
  parent: "",
  fingerprint: "f",
  syncId: "sync-1",
};

const key = fc.array(resourceId, { maxLength: 4 });
const position: fc.Arbitrary<Position> = fc.record({
  cursor: fc.string({ unit: "binary", maxLength: 2000 }),
  after: key,
  end: key,
  waits: fc.nat(),
});
const anyScope: fc.Arbitrary<TokenScope> = fc.record({
  method: fc.constantFrom("resources", "entitlements", "grants", "stream"),
  type: typeId,
  resource: fc.oneof(fc.constant(""), resourceId),
  parent: fc.oneof(fc.constant(""), resourceId),
  fingerprint: fc.string(),
  syncId: fc.string(),
});

const token = encodePageToken(scope, { cursor: "c", after: ["vssgp.x", "member"], end: [], waits: 2 });

const refusalOf = (text: string, of: TokenScope = scope) => thrownBy(() => decodePageToken(text, of));

/** Whether a text is refused in the one way that it may be. */
function isRefused(text: string): boolean {
  try {
    decodePageToken(text, scope);
    return false;
  } catch (error) {
    if (isConnectorError(error, "invalid-request")) return true;
    throw error;
  }
}

describe("a page token", () => {
  test("leads back to its position, for every position and scope", () => {
    fc.assert(
      fc.property(anyScope, position, (of, at) => {
        const text = encodePageToken(of, at);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodePageToken(text, of)).toEqual(at);
      }),
      { numRuns: 500 },
    );
  });

  test("that is empty is the start", () => {
    expect(decodePageToken("", scope)).toEqual(startPosition);
  });

  test.each<[string, Partial<TokenScope>]>([
    ["method", { method: "entitlements" }],
    ["type", { type: "team" }],
    ["resource", { resource: "vssgp.x" }],
    ["parent", { parent: "project:x" }],
    ["organization or options", { fingerprint: "g" }],
    ["sync", { syncId: "sync-2" }],
    ["call without a sync", { syncId: "" }],
  ])("of another %s is refused", (_what, other) => {
    expect(refusalOf(token, { ...scope, ...other })).toMatchObject({
      kind: "invalid-request",
      message: expect.stringMatching(/belongs to .*; start the listing again$/),
    });
  });

  test("does not move text from one part of its scope to the next", () => {
    const joined = encodePageToken({ ...scope, type: "a", resource: "bc" }, startPosition);
    expect(refusalOf(joined, { ...scope, type: "ab", resource: "c" }).kind).toBe("invalid-request");
  });

  test("differs with each wait, so that a caller does not see a listing that stands still", () => {
    const at = (waits: number) => encodePageToken(scope, { ...startPosition, waits });
    expect(new Set([0, 1, 2, 3].map(at)).size).toBe(4);
  });
});

describe("a page token that was changed", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  test("in any one character is refused", () => {
    const tokens = [0, 1, 2].map((pad) => encodePageToken(scope, { ...startPosition, cursor: "c".repeat(pad) }));
    for (const text of tokens) {
      for (let at = 0; at < text.length; at += 1) {
        for (const character of `${alphabet}+/=. \n\0é`) {
          if (character === text[at]) continue;
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          expect([at, character, isRefused(changed)]).toEqual([at, character, true]);
        }
      }
    }
  });

  test("by cutting, or by adding a character, is refused", () => {
    for (let length = 1; length < token.length; length += 1) {
      expect([length, isRefused(token.slice(0, length)), isRefused(token.slice(-length))]).toEqual([
        length,
        true,
        true,
      ]);
    }
    for (const character of `${alphabet}= `) {
      expect([character, isRefused(token + character), isRefused(character + token)]).toEqual([character, true, true]);
    }
  });

  test("in any bit of its bytes is refused", () => {
    const bytes = Buffer.from(token, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect([bit, isRefused(changed.toString("base64url"))]).toEqual([bit, true]);
    }
  });
});

describe("garbage", () => {
  test("of 100,000 kinds is refused, with nothing but invalid-request", () => {
    const texts = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ unit: "binary", minLength: 1 }),
      fc.base64String({ minLength: 1, maxLength: 60 }),
      fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    );
    let refused = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (isRefused(text)) refused += 1;
      }),
      { numRuns: 100_000 },
    );
    expect(refused).toBe(100_000);
  });

  test("of two megabytes is refused at once, in a message of a line", () => {
    for (const text of ["A".repeat(2 * 1024 * 1024), token.repeat(Math.ceil((2 * 1024 * 1024) / token.length))]) {
      const began = performance.now();
      const { kind, message } = refusalOf(text);
      expect(performance.now() - began).toBeLessThan(50);
      expect(kind).toBe("invalid-request");
      expect(message.length).toBeLessThan(200);
    }
  });
});

describe("a forged token with a good checksum", () => {
  const fields = { v: 1, m: "grants", c: "", a: [], e: [], w: 0 };

  /** What a token is made of, with other content. */
  function forge(content: object): string {
    const head = Buffer.from(token, "base64url").subarray(4).toString("utf8");
    const { s }: { s: string } = JSON.parse(head);
    const json = JSON.stringify({ ...fields, s, ...content });
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(json));
    return Buffer.concat([bytes, Buffer.from(json)]).toString("base64url");
  }

  test("is taken when its content is right: a token gives no right", () => {
    expect(decodePageToken(forge({ w: 7 }), scope).waits).toBe(7);
  });

  test.each([
    { v: 2 },
    { m: "other" },
    { c: 1 },
    { a: "x" },
    { a: ["1", "2", "3", "4", "5"] },
    { a: [7] },
    { e: ["x".repeat(1025)] },
    { w: -1 },
    { w: 1.5 },
    { w: "1" },
    { extra: true },
  ])("is refused with %j", (content) => {
    expect(refusalOf(forge(content)).kind).toBe("invalid-request");
  });
});
