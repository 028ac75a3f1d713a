import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/limits.ts";
import { formatAddress } from "../../src/server/address.ts";
import type { Pipeline } from "../../src/server/pipeline.ts";
import { type RunningServer, startServer } from "../../src/server/start.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { messagesOf, wordsOf } from "../support/messages.ts";
import { mutated, mutations } from "../support/mutations.ts";
import {
  expectFine,
  frame,
  openRawClient,
  outcomeOf,
  type RawClient,
  rawRequest,
  tableCodes,
} from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { createTally, fuzz } from "./fuzz.ts";

/** The same through real sockets, where gRPC, HTTP/2 and JSON are read by others before us. */

let world: World;
let replica: Replica;
let server: RunningServer;
let client: RawClient;
let valid: fc.Arbitrary<{ readonly pipeline: Pipeline; readonly bytes: Uint8Array }>;

beforeAll(async () => {
  world = await startWorld({ users: 10, groups: 3, projects: 1, teamsPerProject: 1 });
  replica = await world.replica();
  client = openRawClient(replica.address);
  const { pipelines, metrics } = replica.app;
  const anywhere = { host: "127.0.0.1", port: 0 };
  server = await startServer({
    ...{ pipelines, metrics, log: silentLog, limits: defaultLimits, reloadIntervalMs: 60_000 },
    ...{ listen: anywhere, operationsListen: anywhere, connectListen: anywhere },
  });
  const messages = messagesOf(await wordsOf(replica));
  valid = fc.oneof(
    ...pipelines.map((pipeline) => ({
      weight: /Sync/.test(pipeline.service.name) ? 1 : 6,
      arbitrary: messages(pipeline.method.input).map((bytes) => ({ pipeline, bytes })),
    })),
  );
});
afterEach(() => expectFine(replica));
afterAll(async () => {
  client[Symbol.dispose]();
  await server.close(0);
  await world.close();
});

const pathOf = ({ service, method }: Pipeline) => `/${service.typeName}/${method.name}`;

describe("over a socket", () => {
  test("changed messages come to codes of the table", async () => {
    const tally = createTally();
    const property = fc.asyncProperty(valid, mutations, async ({ pipeline, bytes }, changes) => {
      const { code, message } = await outcomeOf(client.call(pathOf(pipeline), mutated(bytes, changes)));
      expect(tableCodes, `${pathOf(pipeline)}: ${code} ${message}`).toContain(code);
      tally.add(`code ${code}`);
    });
    await fuzz("sockets, gRPC messages", 3_000, property, tally.told);
  });

  test("changed frames come to an answer, on a connection that goes on or ends", async () => {
    const tally = createTally();
    const property = fc.asyncProperty(valid, mutations, async ({ pipeline, bytes }, changes) => {
      const { status, code } = await rawRequest(replica.address, pathOf(pipeline), mutated(frame(bytes), changes));
      // Without a message there is nothing of ours to answer: gRPC's own rule is UNIMPLEMENTED.
      expect(status === 200 && tableCodes.has(code), `${pathOf(pipeline)}: HTTP ${status}, code ${code}`).toBe(true);
      tally.add(`code ${code}`);
    });
    await fuzz("sockets, gRPC frames", 1_000, property, tally.told);
  });

  test("changed JSON comes to an answer with a cause", async () => {
    const tally = createTally();
    const body = fc.oneof(
      { weight: 1, arbitrary: valid.map(({ pipeline }) => ({ pipeline, json: "{}" })) },
      { weight: 4, arbitrary: valid.map(({ pipeline, bytes }) => ({ pipeline, json: jsonOf(pipeline, bytes) })) },
      {
        weight: 2,
        arbitrary: fc.tuple(valid, fc.json()).map(([{ pipeline }, json]) => ({ pipeline, json })),
      },
    );
    const changes = fc.oneof(fc.constant([]), mutations);
    const property = fc.asyncProperty(body, changes, async ({ pipeline, json }, changed) => {
      const at = server.connect && formatAddress(server.connect);
      const answer = await fetch(`http://${at}${pathOf(pipeline)}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: mutated(Buffer.from(json), changed),
      });
      const text = await answer.text();
      // Methods that stream have another content type.
      const expected = pipeline.method.methodKind === "unary" ? [200, 400, 404, 501] : [415];
      expect(expected, `${pathOf(pipeline)} ${json}: ${answer.status} ${text}`).toContain(answer.status);
      tally.add(`HTTP ${answer.status}`);
    });
    await fuzz("sockets, JSON", 3_000, property, tally.told);
    expect(tally.count("HTTP 200")).toBeGreaterThan(50);
  });
});

function jsonOf({ method }: Pipeline, bytes: Uint8Array): string {
  try {
    return toJsonString(method.input, fromBinary(method.input, bytes));
  } catch {
    return "{}"; // What an `Any` holds has no form in JSON unless its type is known.
  }
}
