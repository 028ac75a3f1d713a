import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulator, type FaultRule, faultKinds, startEmulator } from "../../src/emulator/index.ts";
import type { Sight } from "./raw.ts";
import { look } from "./raw.ts";

/** Every kind of fault, as a client without any knowledge of it meets it. */

const users = "_apis/graph/users?api-version=7.1-preview.1";
let emulator: Emulator;
let plain: Sight;

beforeAll(async () => {
  emulator = await startEmulator({ users: 30, groups: 6, projects: 2, pageSizes: { graph: 5 } });
  plain = await look(emulator, users, { host: "vssps" });
});
beforeEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

const text = ({ bytes }: Sight) => bytes.toString("utf8");
const body = (sight: Sight): Record<string, unknown> => JSON.parse(text(sight));
const rows = (sight: Sight) => JSON.parse(text(sight)).value;
const whole = (sight: Sight) => expect(text(sight)).toBe(text(plain));

function isHtml(sight: Sight): void {
  expect(sight.headers.get("content-type")).toContain("text/html");
  expect(text(sight)).toMatch(/<html>/);
}

interface Expected {
  readonly rule?: FaultRule;
  readonly status: number;
  readonly error?: string;
  readonly see: (sight: Sight) => void;
  readonly limitMs?: number;
}

const refusal = (status: number, typeKey: string, retryAfter: string | null = null): Expected => ({
  status,
  see: (sight) => {
    expect(body(sight)).toMatchObject({ typeKey, message: expect.stringMatching(/^TF\d+/) });
    expect(sight.headers.get("retry-after")).toBe(retryAfter);
  },
});
const page = (status: number): Expected => ({ status, see: isHtml });
const empty = (status: number): Expected => ({ status, see: (sight) => expect(sight.bytes).toHaveLength(0) });

/** What the listing of users looks like under each kind; kinds about later pages and other routes have their own tests. */
const expected: Readonly<Record<string, Expected>> = {
  latency: {
    rule: { kind: "latency", ms: 60, jitterMs: 10 },
    status: 200,
    see: (sight) => {
      whole(sight);
      expect(sight.elapsedMs).toBeGreaterThan(55);
    },
  },
  "clock-skew": {
    rule: { kind: "clock-skew", seconds: -3600 },
    status: 200,
    see: (sight) => {
      whole(sight);
      const behindMs = Date.now() - Date.parse(sight.headers.get("date") ?? "");
      expect(behindMs).toBeGreaterThanOrEqual(3_600_000);
      expect(behindMs).toBeLessThan(3_700_000);
    },
  },
  status: {
    ...refusal(418, "Teapot", "7"),
    rule: { kind: "status", status: 418, typeKey: "Teapot", message: "TF1: no", retryAfterSeconds: 7 },
  },
  "too-many-requests": {
    rule: { kind: "too-many-requests", retryAfterSeconds: 3 },
    ...refusal(429, "RequestBlockedException", "3"),
  },
  "server-error": refusal(500, "VssServiceException"),
  "bad-gateway": page(502),
  "unavailable-html": page(503),
  "unavailable-bom": {
    status: 503,
    see: (sight) => {
      expect([...sight.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
      expect(JSON.parse(text(sight).slice(1)).typeKey).toBe("VssServiceException");
    },
  },
  "gateway-timeout": page(504),
  "request-timeout": empty(408),
  "bad-request": refusal(400, "ArgumentException"),
  "not-found-html": page(404),
  unauthorized: empty(401),
  forbidden: refusal(403, "UnauthorizedRequestException"),
  "sign-in-203": page(203),
  "sign-in-302": {
    status: 302,
    see: (sight) => expect(sight.headers.get("location")).toMatch(/\/_signin\?/),
  },
  "sign-in-200": page(200),
  "token-expires": empty(401),
  "redirect-host": {
    rule: { kind: "redirect-host", status: 307 },
    status: 307,
    see: (sight) => expect(sight.headers.get("location")).toMatch(/^https:\/\/elsewhere\.invalid\/vssps\/fabrikam\//),
  },
  "retry-after": {
    status: 200,
    see: (sight) => {
      whole(sight);
      expect(sight.headers.get("retry-after")).toBe("1");
    },
  },
  "truncated-json": {
    status: 200,
    see: (sight) => {
      expect(text(plain).startsWith(text(sight))).toBe(true);
      expect(Number(sight.headers.get("content-length"))).toBe(sight.bytes.length);
      expect(() => body(sight)).toThrow(SyntaxError);
    },
  },
  "deep-json": {
    status: 200,
    see: (sight) => {
      expect(text(sight)).toContain("[".repeat(100_000));
      expect(sight.headers.get("content-type")).toContain("application/json");
    },
  },
  "not-json": { status: 200, see: (sight) => expect(sight.headers.get("content-type")).toContain("text/plain") },
  "wrong-shape": {
    rule: { kind: "wrong-shape", without: "rows" },
    status: 200,
    see: (sight) => expect(body(sight)).toEqual({ count: 5, value: [{}, {}, {}, {}, {}] }),
  },
  "short-page": {
    status: 200,
    see: (sight) => {
      expect(rows(sight)).toEqual(rows(plain).slice(0, 3));
      expect(sight.headers.get("x-ms-continuationtoken")).toBeTruthy();
    },
  },
  "empty-page": {
    status: 200,
    see: (sight) => {
      expect(body(sight)).toEqual({ count: 0, value: [] });
      expect(sight.headers.get("x-ms-continuationtoken")).toBeTruthy();
    },
  },
  "null-member": {
    status: 200,
    see: (sight) => {
      expect(rows(sight)).toHaveLength(6);
      expect(rows(sight).filter((row: unknown) => row !== null)).toEqual(rows(plain));
    },
  },
  "unknown-subject-kind": {
    status: 200,
    see: (sight) => {
      const [first, ...rest] = rows(sight);
      expect(first).toMatchObject({ subjectKind: "automaton", descriptor: expect.stringMatching(/^atm\./) });
      expect(rest).toEqual(rows(plain).slice(1));
    },
  },
  hang: { status: 0, error: "timeout", limitMs: 200, see: (sight) => expect(sight.bytes).toHaveLength(0) },
  "reset-before": { status: 0, error: "ECONNRESET", see: (sight) => expect(sight.bytes).toHaveLength(0) },
  "reset-headers": { status: 200, error: "ECONNRESET", see: (sight) => expect(sight.bytes).toHaveLength(0) },
  "reset-body": {
    status: 200,
    error: "ECONNRESET",
    see: (sight) => {
      expect(sight.bytes.length).toBe(plain.bytes.length >> 1);
      expect(Number(sight.headers.get("content-length"))).toBe(plain.bytes.length);
    },
  },
  "reset-after": { status: 200, see: whole },
  "dripped-body": {
    rule: { kind: "dripped-body", everyMs: 2 },
    status: 200,
    error: "timeout",
    limitMs: 400,
    see: (sight) => {
      expect(sight.bytes.length).toBeGreaterThan(1);
      expect(sight.bytes.length).toBeLessThan(plain.bytes.length);
      expect(text(plain).startsWith(text(sight))).toBe(true);
    },
  },
  "endless-body": { status: 200, see: (sight) => expect(sight.bytes.length).toBeGreaterThan(4_000_000) },
  "gzip-bomb": { status: 200, see: (sight) => expect(sight.bytes.length).toBeGreaterThan(4_000_000) },
};

/** Kinds that do nothing to the first page of users, and where they are tested. */
const elsewhere: Readonly<Record<string, string>> = {
  "repeated-page": "fault-pages.test.ts",
  "stuck-token": "fault-pages.test.ts",
  "null-identity": "fault-rows.test.ts",
  "vanished-group": "fault-rows.test.ts",
  "unresolvable-host": "fault-rows.test.ts",
  "tls-failure": "fault-rows.test.ts",
};

describe("a client meets", () => {
  test.each(Object.entries(expected).map(([kind, outcome]) => ({ kind, ...outcome })))(
    "$kind",
    async ({ error, kind, limitMs = 20_000, rule = { kind }, see, status }) => {
      emulator.faults.add(rule);
      const sight = await look(emulator, users, { host: "vssps", limitMs, limitBytes: 4_000_000 });
      expect([sight.status, sight.error]).toEqual([status, error]);
      see(sight);
      expect(emulator.faults.list()).toMatchObject([{ matched: 1, applied: 1 }]);
    },
  );

  test.each(Object.keys(elsewhere))("the proper first page of users under %s", async (kind) => {
    emulator.faults.add({ kind });
    whole(await look(emulator, users, { host: "vssps" }));
    expect(emulator.faults.list()).toMatchObject([{ matched: 1, applied: 0 }]);
  });

  test("every kind here or elsewhere", () => {
    const told = [...Object.keys(expected), ...Object.keys(elsewhere)];
    expect(told.sort()).toEqual(faultKinds.map(({ kind }) => kind).sort());
  });
});

test("the ready rules of every kind can be added, and describe their parameters", () => {
  for (const { kind, parameters, rules, summary } of faultKinds) {
    expect(summary, kind).toBeTruthy();
    expect(rules[0], kind).toEqual({ kind });
    for (const rule of rules) expect(emulator.faults.add({ ...rule, nth: 2 })).toBeGreaterThan(0);
    for (const { help, name } of parameters) expect(help, `${kind}: ${name}`).toBeTruthy();
  }
});

test("a request that is never answered is counted, with the status 0", async () => {
  emulator.requests.reset();
  emulator.faults.add({ kind: "hang", nth: 1 });
  emulator.faults.add({ kind: "latency", ms: 60_000, nth: 2 });
  for (let count = 0; count < 2; count++) await look(emulator, users, { host: "vssps", limitMs: 100 });
  await expect.poll(() => emulator.requests.recent.map(({ status }) => status)).toEqual([0, 0]);
  expect(emulator.requests.count("GET _apis/graph/users")).toBe(2);
});

test("an emulator closes at once while requests hang, wait and drip", async () => {
  const closing = await startEmulator({ users: 20, groups: 2, projects: 1 });
  const pending = ["hang", "endless-body", "dripped-body"].map((kind, at) => {
    closing.faults.add({ kind, nth: at + 1 });
    return look(closing, users, { host: "vssps" });
  });
  closing.faults.add({ kind: "latency", ms: 60_000, nth: 4 });
  pending.push(look(closing, users, { host: "vssps" }));
  await expect.poll(() => closing.faults.list().filter(({ applied }) => applied > 0).length).toBe(4);
  await closing.close();
  for (const sight of await Promise.all(pending)) expect(sight.error).toBeDefined();
});
