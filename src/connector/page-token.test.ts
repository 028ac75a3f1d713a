import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { placed } from "../../test/support/positions.ts";
import { isConnectorError } from "../errors.ts";
import { decodePageToken, encodePageToken, startPosition, type TokenScope } from "./page-token.ts";

const scope: TokenScope = {
  method: "grants",
  type: "group",
  resource: "",
  parent: "",
  fingerprint: "f",
  syncId: "sync-1",
};

const token = encodePageToken(scope, { ...startPosition, after: ["vssgp.x", "member", "user", "aad.y"], waits: 2 });

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
      fc.property(placed, ({ of, at }) => {
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
    const tokens = [1, 2, 3].map((pad) => encodePageToken(scope, { ...startPosition, after: ["i".repeat(pad)] }));
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
    return sealed(Buffer.from(JSON.stringify({ ...fields, s, ...content })));
  }

  function sealed(json: Buffer): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(json));
    return Buffer.concat([bytes, json]).toString("base64url");
  }

  test("is taken when its content is right: a token gives no right", () => {
    expect(decodePageToken(forge({ w: 7 }), scope).waits).toBe(7);
  });

  test.each([
    { c: "cursor" },
    { a: ["no id"] },
    { a: ["id", "No Slug"] },
    { a: ["id", "member", "user"] },
    { a: ["id", "member", "user", "no id"] },
    { e: ["no id"] },
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

  test.each<[string, Partial<TokenScope>, object]>([
    ["one resource that goes on in another", { resource: "vssgp.x" }, { a: ["vssgp.y", "member", "user", "aad.y"] }],
    ["entitlements that goes on at a grant", { method: "entitlements" }, { a: ["x", "member", "user", "aad.y"] }],
    ["resources that goes on at a grant", { method: "resources" }, { a: ["x", "member"] }],
    ["resources that ends early", { method: "resources" }, { e: ["x"] }],
    ["a stream without a stage", { method: "stream" }, { c: "cursor" }],
  ])("is refused for a listing of %s", (_what, other, content) => {
    const of = { ...scope, ...other };
    const position = { ...startPosition, cursor: of.method === "stream" ? "1:" : "" };
    const json = Buffer.from(encodePageToken(of, position), "base64url").subarray(4).toString("utf8");
    const forged = sealed(Buffer.from(JSON.stringify({ ...JSON.parse(json), ...content })));
    expect(refusalOf(forged, of)).toMatchObject({ message: expect.stringContaining("names no place of this listing") });
  });

  test("has one spelling: bytes that are no UTF-8 are refused", () => {
    const of: TokenScope = { ...scope, method: "resources" };
    const spelled = (bytes: Buffer) => {
      const json = Buffer.from(encodePageToken(of, { ...startPosition, cursor: "?" }), "base64url").subarray(4);
      const at = json.indexOf("?");
      return sealed(Buffer.concat([json.subarray(0, at), bytes, json.subarray(at + 1)]));
    };
    expect(decodePageToken(spelled(Buffer.from("\uFFFD")), of).cursor).toBe("\uFFFD");
    expect(refusalOf(spelled(Buffer.from([0xff])), of).kind).toBe("invalid-request");
  });
});
