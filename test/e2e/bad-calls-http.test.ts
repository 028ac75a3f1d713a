import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/limits.ts";
import { formatAddress } from "../../src/server/address.ts";
import { type RunningServer, startServer } from "../../src/server/start.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { expectFine } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** The same over HTTP and JSON, where it is read by other code: what is no request, and what is no good one. */

let world: World;
let replica: Replica;
let server: RunningServer;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
  const { pipelines, metrics } = replica.app;
  const anywhere = { host: "127.0.0.1", port: 0 };
  server = await startServer({
    ...{ pipelines, metrics, log: silentLog, limits: defaultLimits, reloadIntervalMs: 60_000 },
    ...{ listen: anywhere, operationsListen: anywhere, connectListen: anywhere },
  });
});
afterEach(() => expectFine(replica));
afterAll(async () => {
  await server.close(0);
  await world.close();
});

interface Answer {
  readonly status: number;
  /** Connect's name of the code; empty when the call succeeded or the answer is not Connect's. */
  readonly code: string;
  readonly message: string;
  readonly body: string;
}

async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  const at = server.connect && formatAddress(server.connect);
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: Buffer.from(body) };
  const answer = await fetch(`http://${at}/${path}`, init);
  const text = await answer.text();
  const isJson = answer.headers.get("content-type") === "application/json";
  const { code = "", message = "" }: { code?: string; message?: string } = isJson ? JSON.parse(text) : {};
  return { status: answer.status, code, message, body: text };
}

const types = "c1.connector.v2.ResourceTypesService/ListResourceTypes";
const resources = "c1.connector.v2.ResourcesService/ListResources";
const grants = "c1.connector.v2.GrantsService/ListGrants";
const getter = "c1.connector.v2.ResourceGetterService/GetResource";

const accounts = "c1.connector.v2.AccountManagerService/CreateAccount";

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("JSON", () => {
  test.each([
    ["that is cut", types, '{"page_size":'],
    ["that is text", types, "hello"],
    ["that is an array", types, "[]"],
    ["that is null", types, "null"],
    ["that is a number", types, "7"],
    ["with a field twice, by both of its names", types, '{"page_size":1,"pageSize":2}'],
    ["with text for a number", types, '{"page_size":"many"}'],
    ["with a fraction for a number", types, '{"page_size":1.5}'],
    ["with a number below zero", types, '{"page_size":-1}'],
    ["with a number beyond its type", types, '{"page_size":4294967296}'],
    ["with an object for text", types, '{"page_token":{}}'],
    ["with an annotation of an unknown type", types, '{"annotations":[{"@type":"type.googleapis.com/no.Such"}]}'],
    ["with an annotation without a type", types, '{"annotations":[{"value":"x"}]}'],
    [
      "with an annotation of a wrong form",
      types,
      '{"annotations":[{"@type":"type.googleapis.com/c1.connector.v2.UserTrait","status":7}]}',
    ],
    ["with a value nested a hundred thousand deep", accounts, `{"account_info":{"profile":${nested(100_000)}}}`],
    [
      "with an array nested a hundred thousand deep",
      types,
      `{"annotations":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    ],
    ["with a byte that is no UTF-8", types, Buffer.from([0x7b, 0xff, 0x7d])],
    ["with the start of another encoding", types, Buffer.from("\uFEFF{}", "utf16le")],
  ])("%s is invalid_argument", async (_what, path, body) => {
    const { status, code, message } = await post(path, body);
    expect({ status, code }).toEqual({ status: 400, code: "invalid_argument" });
    expect(message).not.toBe("");
  });

  test.each([
    ["", '{"nothing":1}'],
    [" named __proto__", '{"__proto__":{"page_size":1}}'],
    [" nested a hundred thousand deep", nested(100_000)],
  ])("with an unknown field%s is taken without it: the contract grows", async (_what, body) => {
    expect((await post(types, body)).body).toBe((await post(types, "{}")).body);
  });

  test("of nothing at all is an empty request", async () => {
    expect(await post(types, "{}")).toMatchObject({ status: 200, code: "" });
  });
});

describe("half a character, which JSON can write and gRPC cannot send,", () => {
  const half = "\\ud800";
  test.each([
    ["a type", resources, `{"resource_type_id":"${half}"}`],
    ["a sync id", resources, `{"resource_type_id":"project","active_sync_id":"a${half}b"}`],
    ["an id", getter, `{"resource_id":{"resource_type":"user","resource":"${half}"}}`],
    ["a page token", grants, `{"resource":{"id":{"resource_type":"team","resource":"team"}},"page_token":"${half}"}`],
  ])("is refused in %s", async (_what, path, body) => {
    const says = expect.stringMatching(/^cannot decode field .*: expected string: invalid UTF8$/);
    expect(await post(path, body)).toMatchObject({ status: 400, code: "invalid_argument", message: says });
  });
});

describe("the same refusals as over gRPC:", () => {
  test.each([
    [
      "an unknown type",
      resources,
      { resource_type_id: "nothing" },
      404,
      "not_found",
      /^unknown resource type nothing; served/,
    ],
    ["an unknown method", "c1.connector.v2.ResourcesService/Nothing", {}, 404, "", /^$/],
    [
      "a page size",
      resources,
      { resource_type_id: "user", page_size: 251 },
      400,
      "invalid_argument",
      /page_size: must be less/,
    ],
    [
      "a page token",
      resources,
      { resource_type_id: "user", page_token: "x" },
      400,
      "invalid_argument",
      /start the listing again$/,
    ],
    [
      "a resource that is gone",
      getter,
      { resource_id: { resource_type: "user", resource: "aad.bm8" } },
      404,
      "not_found",
      /list its type again$/,
    ],
    [
      "a change",
      "c1.connector.v2.ResourceDeleterService/DeleteResourceV2",
      { resource_id: { resource_type: "team", resource: "x" } },
      400,
      "failed_precondition",
      /--provisioning standard/,
    ],
    [
      "what is not there",
      "c1.connector.v2.TicketsService/ListTicketSchemas",
      {},
      501,
      "unimplemented",
      /is not implemented/,
    ],
  ])("%s", async (_what, path, request, status, code, says) => {
    const answer = await post(path, JSON.stringify(request));
    expect(answer).toMatchObject({ status, code, message: expect.stringMatching(says) });
  });

  test("an oversized message is resource_exhausted", async () => {
    const body = JSON.stringify({ page_token: "x".repeat(4 * 1024 * 1024) });
    expect(await post(types, body)).toMatchObject({ status: 429, code: "resource_exhausted" });
  });

  test("a deadline that has passed is deadline_exceeded", async () => {
    const body = JSON.stringify({ resource_id: { resource_type: "user", resource: "aad.bm8" } });
    const answer = await post(getter, body, { "connect-timeout-ms": "0" });
    expect(answer).toMatchObject({ status: 504, code: "deadline_exceeded" });
  });
});

describe("what is no call", () => {
  test.each([
    ["an unknown path", "nothing/at/all", {}, 404],
    ["another content", types, { "content-type": "text/html" }, 415],
    ["an unknown compression", types, { "content-encoding": "zstd" }, 501],
    ["gzip that is none", types, { "content-encoding": "gzip" }, 400],
    ["a deadline that is no time", types, { "connect-timeout-ms": "soon" }, 400],
  ])("%s is refused", async (_what, path, headers, status) => {
    expect((await post(path, "{}", headers as Record<string, string>)).status).toBe(status);
  });

  test("protobuf that is none is refused by connect-es, which calls it internal", async () => {
    const answer = await post(types, "{}", { "content-type": "application/proto" });
    expect(answer).toMatchObject({ status: 500, code: "internal", message: "parse binary: premature EOF" });
  });
});
