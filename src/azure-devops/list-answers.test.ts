import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization, token } from "../../test/support/organization.ts";
import type { Call } from "../call.ts";
import { allRows, type RowCollector } from "./list-answers.ts";
import { identityNamespaceId } from "./security.ts";
import type { AccessControlList } from "./security-schemas.ts";

const json = { "content-type": "application/json; charset=utf-8" };
const entry = (descriptor: string, allow: number) => ({ [descriptor]: { descriptor, allow } });
const acl = (at: number) => ({ token: `t${at}`, acesDictionary: entry("d", at + 1) });
const acls = (count: number) => ({ count, value: Array.from({ length: count }, (_, at) => acl(at)) });

/** Writes a body as it is, in pieces when it is given so. */
const body = (...pieces: readonly (string | Buffer)[]): Reply => ({
  write(response) {
    response.writeHead(200, json);
    for (const piece of pieces) response.write(piece);
    response.end();
  },
});

const broken = (text: string): Reply => ({
  write(response) {
    response.writeHead(200, json);
    response.write(text, () => response.destroy());
  },
});

/** Begins, and says no more. */
const stuck: Reply = {
  write(response) {
    response.writeHead(200, json);
    response.write(`{"value":[${JSON.stringify(acl(1))},`);
  },
};

type Read = (call?: Call) => Promise<readonly AccessControlList[]>;

/** Reads a namespace's lists of a server that gives `replies`, the last one from then on. */
async function reading(
  replies: readonly Reply[],
  use: (read: Read, requests: () => number) => Promise<void>,
  timeoutMs?: number,
) {
  let at = 0;
  await using organization = await startOrganization(
    () => {
      at += 1;
      return replies[Math.min(at, replies.length) - 1] ?? {};
    },
    () => ({}),
    timeoutMs,
  );
  const { security } = organization.client;
  const read: Read = (call = testCall()) =>
    security.readAccessControlLists(identityNamespaceId, {}, allRows<AccessControlList>, call);
  await use(read, () => at);
}

async function failureOf(reply: Reply) {
  let told: { kind: string; message: string; requests: number } | undefined;
  await reading([reply], async (read, requests) => {
    const { kind, message } = await failureFrom(read());
    told = { kind, message, requests: requests() };
  });
  return told;
}

describe("a list that is read while it arrives", () => {
  test("gives its rows, with what is left out upstream", async () => {
    const rows = [
      { token: "a", inheritPermissions: false, acesDictionary: {} },
      {
        token: "b",
        acesDictionary: { "x;1": { descriptor: "x;1", allow: -2147483648 }, y: { descriptor: "", deny: 3 } },
      },
      { token: "c", inheritPermissions: null, acesDictionary: { z: { descriptor: "Z", allow: 2 ** 40, deny: null } } },
    ];
    await reading([{ body: { count: 3, value: rows } }], async (read) => {
      expect(await read()).toEqual([
        { token: "a", inheritPermissions: false, entries: [] },
        {
          token: "b",
          inheritPermissions: true,
          entries: [
            { descriptor: "x;1", allow: 2147483648, deny: 0 },
            { descriptor: "y", allow: 0, deny: 3 },
          ],
        },
        { token: "c", inheritPermissions: true, entries: [{ descriptor: "Z", allow: 2 ** 40, deny: 0 }] },
      ]);
    });
  });

  test("may be bare, packed, marked, and cut into pieces within a character", async () => {
    const text = JSON.stringify([{ token: "grüße 𝒳", acesDictionary: {} }]);
    const bytes = Buffer.from(`\uFEFF${text}`);
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    const packed: Reply = {
      write(response: ServerResponse) {
        response.writeHead(200, { ...json, "content-encoding": "gzip" });
        response.end(gzipSync(bytes));
      },
    };
    for (const reply of [body(...pieces), packed, body(text)]) {
      await reading([reply], async (read) => {
        expect((await read()).map((row) => row.token)).toEqual(["grüße 𝒳"]);
      });
    }
  });

  test("begins anew after a cut, with a collector of its own", async () => {
    const half = JSON.stringify(acls(50)).slice(0, 1500);
    const made: number[] = [];
    await using organization = await startOrganization(() => (made.length < 1 ? broken(half) : { body: acls(3) }));
    const createCollector = (): RowCollector<AccessControlList, readonly string[]> => {
      const tokens: string[] = [];
      const at = made.push(0) - 1;
      return {
        add(row) {
          tokens.push(row.token);
          made[at] = tokens.length;
        },
        result: () => tokens,
      };
    };
    const read = organization.client.security.readAccessControlLists(
      identityNamespaceId,
      {},
      createCollector,
      testCall(),
    );
    expect(await read).toEqual(["t0", "t1", "t2"]);
    expect(made).toHaveLength(2);
    expect(made[0]).toBeGreaterThan(5);
  });
});

const row = JSON.stringify(acl(1));
const signIn = { "content-type": "text/html" };

describe("is refused:", () => {
  test.each<[string, Reply, string, RegExp, number]>([
    ["a connection that breaks in the body", broken(`{"value":[${row},`), "unavailable", /closed the connection/, 2],
    ["a body that ends early", body(`{"value":[${row},{"tok`), "malformed-answer", /not valid JSON/, 2],
    ["a list that is never closed", body(`{"value":[${row}`), "malformed-answer", /not valid JSON/, 2],
    ["garbage behind the list", body(`{"value":[${row}]} x`), "malformed-answer", /not valid JSON/, 2],
    ["no list at all", body('{"count":0}'), "unexpected-answer", /field value is missing/, 2],
    ["an empty body", body(""), "malformed-answer", /not valid JSON/, 2],
    ["two lists", body('{"value":[],"value":[]}'), "unexpected-answer", /its list twice/, 2],
    ["a bad row", body(`{"value":[${row},{"token":"x"}]}`), "unexpected-answer", /value\.1\.acesDictionary/, 2],
    [
      "a bad entry",
      body('[{"token":"x","acesDictionary":{"d":{"allow":1}}}]'),
      "unexpected-answer",
      /value\.0\.aces/,
      2,
    ],
    ["entries in a list", body('[{"token":"x","acesDictionary":[]}]'), "unexpected-answer", /value\.0\.aces/, 2],
    [
      "bits that are no whole number",
      body('[{"token":"x","acesDictionary":{"d":{"descriptor":"d","allow":1.5}}}]'),
      "unexpected-answer",
      /value\.0/,
      2,
    ],
    ["depth", body(`[${"[".repeat(100)}`), "unexpected-answer", /nested more than 64/, 2],
    [
      "the credential in a row",
      body(`[{"token":"${token}","acesDictionary":{}}]`),
      "unexpected-answer",
      /repeats the credential/,
      2,
    ],
    ["a sign-in page", { status: 200, headers: signIn, body: "<html>" }, "unauthenticated", /sign-in page/, 1],
    ["203", { status: 203, body: acls(1) }, "unauthenticated", /sign-in page/, 1],
    ["a part", { status: 206, body: acls(1) }, "unexpected-answer", /no whole answer/, 2],
    [
      "no JSON",
      { status: 200, headers: { "content-type": "text/plain" }, body: acls(1) },
      "malformed-answer",
      /not JSON/,
      2,
    ],
    [
      "a redirect to the sign-in",
      { status: 302, headers: { location: "https://x/_signin" } },
      "unauthenticated",
      /sign-in page/,
      1,
    ],
    ["401", { status: 401 }, "unauthenticated", /Security \(Manage\)/, 1],
    ["403", { status: 403, body: { message: "VS1: no" } }, "forbidden", /VS1: no.*Security \(Manage\)/, 1],
    ["404", { status: 404, body: {} }, "wrong-route", /does not exist there/, 1],
    ["503 with a list", { status: 503, body: acls(1) }, "unavailable", /status 503/, 2],
  ])("%s", async (_, reply, kind, message, requests) => {
    expect(await failureOf(reply)).toMatchObject({ kind, message: expect.stringMatching(message), requests });
  });

  test("a row that never ends, which is left unread at the limit", async () => {
    let written = 0;
    const endless: Reply = {
      write(response) {
        response.writeHead(200, json);
        response.write('{"value":[{"token":"');
        const piece = Buffer.alloc(1 << 20, "x");
        const more = () => {
          while (!response.destroyed && response.write(piece)) written += 1;
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      },
    };
    expect(await failureOf(endless)).toMatchObject({
      kind: "unexpected-answer",
      message: expect.stringContaining("33554432"),
    });
    expect(written).toBeLessThan(400);
  });

  test("an answer that does not end in time", async () => {
    await reading(
      [stuck],
      async (read, requests) => {
        const failure = await failureFrom(read());
        expect(failure).toMatchObject({ kind: "timeout", message: expect.stringContaining("did not answer within") });
        expect(requests()).toBe(2);
      },
      200,
    );
  });

  test("an answer whose caller leaves, before it or within it", async () => {
    await reading([stuck], async (read, requests) => {
      const left = AbortSignal.abort();
      expect(await failureFrom(read(testCall({ signal: left })))).toMatchObject({ kind: "canceled" });
      expect(requests()).toBe(0);
      const controller = new AbortController();
      const waiting = failureFrom(read(testCall({ signal: controller.signal })));
      while (requests() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
      expect(await waiting).toMatchObject({ kind: "canceled" });
      expect(requests()).toBe(1);
    });
  });
});
