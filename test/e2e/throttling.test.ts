import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack, timestampMs } from "@bufbuild/protobuf/wkt";
import { afterEach, describe, expect, test } from "vitest";
import { RateLimitDescriptionSchema } from "../../gen/c1/connector/v2/annotation_ratelimit_pb.js";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import type { EmulatorOptions, ThrottleOptions } from "../../src/emulator/index.ts";
import { testCall } from "../support/calls.ts";
import { idsOf, wholeStream } from "../support/stream.ts";
import { difference, none } from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

let world: World;
afterEach(() => world.close());

const start = async (options: EmulatorOptions) => {
  world = await startWorld(options);
};

/** Azure DevOps' own window is a hundred times as long. */
const tight: ThrottleOptions = { limitUnits: 120, windowMs: 3000 };

function usage() {
  const [found] = world.emulator.throttle.usage();
  if (!found) throw new Error("nothing was counted");
  return found;
}

/** Asks for a permit in the writers' lane now and then, and tells how many requests came before each of them. */
function writeNowAndThen(replica: Replica, seen: readonly string[]) {
  const { client } = replica.app;
  const overtaken: { before: number; underWay: number }[] = [];
  const running: Promise<unknown>[] = [];
  const timer = setInterval(() => {
    const { inFlight } = client.connection.budget.state;
    const from = seen.length;
    const call = testCall({ lane: "write" });
    const asked = client.core.getConnectionData(call).then(() => {
      const at = seen.indexOf("_apis/connectionData", from);
      overtaken.push({ before: at - from, underWay: inFlight });
    });
    running.push(asked);
  }, 250);
  return {
    overtaken,
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
    },
  };
}

test("a medium sync at a tight budget is complete, is never refused, and lets writes pass", async () => {
  const seen: string[] = [];
  await start({ preset: "medium", onRequest: ({ route }) => void seen.push(route) });
  const undisturbed = idsOf(await wholeStream(await world.replica()));
  world.emulator.throttle.set(tight);
  const replica = await world.replica();
  const writes = writeNowAndThen(replica, seen);
  const startedAt = Date.now();
  const throttled = idsOf(await wholeStream(replica));
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  await writes.stop();
  const { requests, delayed, refused, foretold, limitUnits } = usage();
  process.stdout.write(
    `throttled sync: ${requests} requests at ${limitUnits} units in 3 s took ${seconds} s, ` +
      `${delayed} delayed, ${refused} refused, ${foretold} of these foretold; ${writes.overtaken.length} writes meanwhile\n`,
  );
  expect(difference(throttled, undisturbed)).toEqual(none);
  expect(requests).toBeGreaterThan(limitUnits);
  expect({ refused, foretold }).toEqual({ refused: 0, foretold: 0 });
  expect(writes.overtaken.length).toBeGreaterThan(3);
  expect(writes.overtaken.filter(({ before, underWay }) => before > underWay)).toEqual([]);
});

/** As the connector is by default, in a window that is shorter. */
const patient = { upstreamTimeoutMs: 500, maxTries: 8, coolDown: { firstMs: 100, maxMs: 2000 } };

test.each(["429", "close", "timeout"] as const)(
  "units that somebody else spends, with refusals by %s, make a sync slow and not shorter",
  async (refuseBy) => {
    await start({});
    const undisturbed = idsOf(await wholeStream(await world.replica()));
    world.emulator.throttle.set({ limitUnits: 30, windowMs: 2000, refuseBy });
    const authorization = `Basic ${Buffer.from(`:${world.emulator.token}`).toString("base64")}`;
    const spend = () => fetch(`${world.emulator.url}/_apis/projects?api-version=7.1`, { headers: { authorization } });
    await Promise.all(Array.from({ length: 60 }, spend));
    expect(usage().units).toBe(60);
    const throttled = idsOf(await wholeStream(await world.replica(patient)));
    expect(difference(throttled, undisturbed)).toEqual(none);
    expect(usage().refused).toBeGreaterThan(0);
  },
);

describe("a pause that ends after the caller's deadline", () => {
  /** What the platform is told, by whatever call. */
  async function toldOf(promise: Promise<unknown>) {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error) || !("code" in error) || !("metadata" in error)) throw error;
    const { metadata } = error as { metadata: { get(name: string): (string | Buffer)[] } };
    const [bytes] = metadata.get("grpc-status-details-bin");
    const details = Buffer.isBuffer(bytes) ? fromBinary(StatusSchema, bytes).details : [];
    const limits = details.map((detail) => anyUnpack(detail, RateLimitDescriptionSchema));
    const resetAtMs = limits[0]?.resetAt && timestampMs(limits[0].resetAt);
    return { code: error.code, message: error.message, remaining: limits[0]?.remaining, resetAtMs };
  }

  test.each([
    { what: "429", rule: { kind: "too-many-requests", retryAfterSeconds: 30 } },
    { what: "a good answer", rule: { kind: "retry-after", retryAfterSeconds: 30 } },
  ])("after $what is UNAVAILABLE at once, with the moment to come back", async ({ rule }) => {
    await start({ faults: [{ ...rule, nth: 2 }] });
    const replica = await world.replica();
    const untilMs = Date.now() + 30_000;
    const calls = [
      replica.call(ConnectorService.method.validate, {}, { deadlineMs: Date.now() + 10_000 }),
      ...["user", "group", "project"].map((resourceTypeId) => {
        const request = { resourceTypeId, activeSyncId: "one" };
        return replica.call(ResourcesService.method.listResources, request, { deadlineMs: Date.now() + 10_000 });
      }),
    ];
    for (const told of await Promise.all(calls.map(toldOf))) {
      expect(told).toMatchObject({ code: 14, remaining: 0n, message: expect.stringMatching(/(GET|POST) .*try again/) });
      expect(told.resetAtMs).toBeGreaterThan(untilMs - 5000);
    }
    expect(replica.app.client.connection.budget.state.inFlight).toBe(0);
  });

  test("does not stop what needs no request", async () => {
    await start({});
    const replica = await world.replica();
    const request = { resourceTypeId: "user", activeSyncId: "one" };
    const { list } = await replica.call(ResourcesService.method.listResources, request);
    world.emulator.faults.add({ kind: "retry-after", retryAfterSeconds: 30, nth: 1 });
    await replica.app.client.core.getConnectionData(testCall());
    expect(replica.app.client.connection.budget.state.pausedUntilMs).toBeDefined();
    const again = await replica.call(ResourcesService.method.listResources, request, { deadlineMs: Date.now() + 5000 });
    expect(again.list).toHaveLength(list.length);
  });
});
