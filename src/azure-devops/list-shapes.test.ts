import { once } from "node:events";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureFrom, testCall, thrownBy } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";
import { createRedactor } from "../redaction.ts";
import { allRows, openList } from "./list-answers.ts";
import { listOf } from "./schemas.ts";
import { identityNamespaceId } from "./security.ts";
import { type AccessControlList, accessControlList as row } from "./security-schemas.ts";

const json = { "content-type": "application/json; charset=utf-8" };

const acl = (at: number) => ({ token: `t${at}`, acesDictionary: { d: { descriptor: "d", allow: at } } });

const packed = (bytes: Buffer): Reply => ({
  write(response) {
    response.writeHead(200, { ...json, "content-encoding": "gzip" });
    response.end(bytes);
  },
});

describe("a packed list", () => {
  const operation = {
    area: "security",
    method: "GET",
    path: "x",
    template: "x",
    version: "1",
    scope: "x",
    row,
  } as const;
  const text = JSON.stringify({ value: Array.from({ length: 2000 }, (_, at) => acl(at)) });

  test("is read up to so many bytes after unpacking, and no further", async () => {
    await using organization = await startOrganization(() => packed(gzipSync(text)));
    const read = (maxBytes: number) =>
      organization.client.connection.stream({ ...operation, maxBytes }, allRows<AccessControlList>, testCall());
    expect((await read(text.length)).value).toHaveLength(2000);
    const failure = await failureFrom(read(text.length - 1));
    expect(failure).toMatchObject({ kind: "refused", message: expect.stringContaining(`${text.length - 1} bytes`) });
  });

  test("that is cut is damaged, and not short", async () => {
    const bytes = gzipSync(text);
    await using organization = await startOrganization(() => packed(bytes.subarray(0, bytes.length - 20)));
    const read = organization.client.connection.stream(operation, allRows<AccessControlList>, testCall());
    expect((await failureFrom(read)).kind).toBe("malformed-answer");
  });
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "7", '"', "\\", "{", "]"),
);
const bits = fc.oneof(fc.integer(), fc.constantFrom(null, undefined, -2147483648, 2 ** 40, 2 ** 60, 1.5, "1"));
const entries = fc.dictionary(text, fc.record({ descriptor: text, allow: bits, deny: bits }), { maxKeys: 4 });
const anyList = fc.record(
  {
    token: text,
    acesDictionary: entries,
    inheritPermissions: fc.constantFrom(true, false, null),
    extra: fc.jsonValue(),
  },
  { requiredKeys: ["token", "acesDictionary"] },
);

test("lists of any shape are read as they are from one text, or refused as they are", () => {
  const context = {
    route: "x",
    scope: "any",
    namesObject: false,
    credentialWorked: true,
    redactor: createRedactor([]),
  };
  const head = { status: 200, headers: json };
  let refused = 0;
  const property = fc.property(fc.array(anyList, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (lists, size) => {
    const bytes = Buffer.from(JSON.stringify({ value: lists }));
    const wanted = listOf(row).safeParse(JSON.parse(bytes.toString("utf8")));
    const reader = openList(head, row, allRows<AccessControlList>, context);
    const read = () => {
      for (let at = 0; at < bytes.length; at += size) reader?.push(bytes.subarray(at, at + size));
      return reader?.end();
    };
    if (wanted.success) expect(read()).toEqual(wanted.data.value);
    else {
      expect(thrownBy(read).kind).toBe("unexpected-answer");
      refused += 1;
    }
  });
  fc.assert(property, { numRuns: 2000 });
  expect(refused).toBeGreaterThan(100);
  expect(refused).toBeLessThan(1900);
});

test("500,000 entries in one answer are read", { timeout: 180_000 }, async () => {
  const entries = Array.from({ length: 100 }, (_, n) => {
    const descriptor = `Microsoft.IdentityModel.Claims.ClaimsIdentity;t\\${n}`;
    return [descriptor, { descriptor, allow: n }] as const;
  });
  const text = JSON.stringify({ token: "repoV2/ß", acesDictionary: Object.fromEntries(entries) });
  const piece = Buffer.from(`${text},`.repeat(49) + text);
  const many: Reply = {
    async write(response) {
      response.writeHead(200, json);
      for (let at = 0; at < 100; at += 1) {
        response.write(at === 0 ? '{"value":[' : ",");
        if (!response.write(piece)) await once(response, "drain");
      }
      response.end("]}");
    },
  };
  await using organization = await startOrganization(
    () => many,
    () => ({}),
    120_000,
  );
  const createCollector = () => {
    let count = 0;
    return {
      add: (list: AccessControlList) => {
        count += list.entries.length;
      },
      result: () => count,
    };
  };
  const { security } = organization.client;
  expect(await security.readAccessControlLists(identityNamespaceId, {}, createCollector, testCall())).toBe(500_000);
});
