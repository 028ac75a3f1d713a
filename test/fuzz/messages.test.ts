import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import { statusBytes } from "../../src/server/error-codes.ts";
import { decodeRequest, encodeResult } from "../../src/server/grpc-mount.ts";
import { CallFailure, type Pipeline } from "../../src/server/pipeline.ts";
import { testCall } from "../support/calls.ts";
import { messagesOf, wordsOf } from "../support/messages.ts";
import { mutated, mutations } from "../support/mutations.ts";
import { codes, expectFine, tableCodes } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { createTally, fuzz } from "./fuzz.ts";

/** Requests as bytes into every method, below the socket: only codes of the table, answers that can be encoded. */

let world: World;
let replica: Replica;
let anyPipeline: fc.Arbitrary<Pipeline>;
let valid: fc.Arbitrary<{ readonly pipeline: Pipeline; readonly bytes: Uint8Array }>;

beforeAll(async () => {
  world = await startWorld({ users: 10, groups: 3, projects: 1, teamsPerProject: 1 });
  replica = await world.replica();
  const messages = messagesOf(await wordsOf(replica));
  const { pipelines } = replica.app;
  // Most of what there is to go wrong is in the services that read; a stream reads everything anew.
  const weightOf = ({ service }: Pipeline) =>
    /Ticket|Event|Action|Asset|Schema|Credential|Sync/.test(service.name) ? 1 : 6;
  const weighted = <T>(make: (pipeline: Pipeline) => fc.Arbitrary<T>) =>
    fc.oneof(...pipelines.map((pipeline) => ({ weight: weightOf(pipeline), arbitrary: make(pipeline) })));
  anyPipeline = weighted(fc.constant);
  valid = weighted((pipeline) => messages(pipeline.method.input).map((bytes) => ({ pipeline, bytes })));
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

const names = new Map(Object.entries(codes).map(([name, code]) => [code as number, name]));

/** Makes a call as the mount does; gives its code, and fails when that is not of the table. */
async function codeOf({ service, method, unary, stream }: Pipeline, bytes: Uint8Array): Promise<string> {
  const context = { call: testCall(), caller: "fuzz", requestId: "fuzz" };
  const decode = () => decodeRequest(method.input, bytes);
  try {
    if (method.methodKind === "unary") encodeResult(method.output, await unary(decode, context));
    else for await (const part of stream(decode, context)) encodeResult(method.output, part);
    return "ok";
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    const { failure } = error;
    const isTold = failure.message !== "" && encodeURI(failure.message).length <= 4500;
    const isCarried = fromBinary(StatusSchema, statusBytes(failure)).message === failure.message;
    if (!tableCodes.has(failure.code) || !isTold || !isCarried) {
      const what = `${service.typeName}/${method.name}: ${failure.code} ${failure.message}`;
      throw new Error(`a failure that must not be: ${what}`, { cause: error.cause });
    }
    return names.get(failure.code) ?? String(failure.code);
  }
}

describe("requests", () => {
  test("of arbitrary bytes", async () => {
    const tally = createTally();
    const property = fc.asyncProperty(anyPipeline, fc.uint8Array({ maxLength: 40 }), async (pipeline, bytes) =>
      tally.add(await codeOf(pipeline, bytes)),
    );
    await fuzz("requests, arbitrary bytes", 30_000, property, tally.told);
    expect(tally.count("invalidArgument")).toBeGreaterThan(10_000);
  });

  test("of the right type with random content", async () => {
    const tally = createTally();
    const property = fc.asyncProperty(valid, async ({ pipeline, bytes }) => tally.add(await codeOf(pipeline, bytes)));
    await fuzz("requests, random messages", 10_000, property, tally.told);
    for (const code of ["ok", "invalidArgument", "notFound", "failedPrecondition", "unimplemented"]) {
      expect(tally.count(code), code).toBeGreaterThan(50);
    }
  });

  test("of the right type, changed", async () => {
    const tally = createTally();
    const property = fc.asyncProperty(valid, mutations, async ({ pipeline, bytes }, changes) =>
      tally.add(await codeOf(pipeline, mutated(bytes, changes))),
    );
    await fuzz("requests, changed messages", 20_000, property, tally.told);
    expect(tally.count("invalidArgument")).toBeGreaterThan(1000);
  });
});
