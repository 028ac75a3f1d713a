import { connect, type IncomingHttpHeaders } from "node:http2";
import { Client, credentials } from "@grpc/grpc-js";
import { expect } from "vitest";
import { ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { until } from "../server/harness.ts";
import type { Replica } from "./world.ts";

/** gRPC's own numbers, written down once more: a test must not take them from what it tests. */
export const codes = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  resourceExhausted: 8,
  failedPrecondition: 9,
  permissionDenied: 7,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Every code that the design's table gives, INTERNAL apart: that one is a bug. */
export const tableCodes: ReadonlySet<number> = new Set([0, 1, 3, 4, 5, 6, 7, 8, 9, 12, 14, 16]);

export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** What a call came to; code 0 when it succeeded. */
export async function outcomeOf(call: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error === undefined) return { code: codes.ok, message: "" };
  if (error instanceof Error && "code" in error && "details" in error) {
    return { code: Number(error.code), message: String(error.details) };
  }
  throw error;
}

/** Fails unless the call is refused with this code and a message like this. */
export async function expectRefused(call: Promise<unknown>, code: number, says: RegExp): Promise<void> {
  const outcome = await outcomeOf(call);
  expect(outcome).toEqual({ code, message: expect.stringMatching(says) });
  // One line or two, never what was sent in full.
  expect(outcome.message.length).toBeLessThan(1501);
}

/** After a bad call a good one works, nothing runs on upstream, and no more syncs are held than may be. */
export async function expectFine(replica: Replica): Promise<void> {
  const request = { resourceTypeId: "project", pageSize: 1, activeSyncId: "fine" };
  const { list } = await replica.call(ResourcesService.method.listResources, request);
  expect(list).toHaveLength(1);
  const { client, scope } = replica.app;
  const idle = () => client.connection.budget.state.inFlight + client.connection.budget.state.waiting === 0;
  await until(idle, "upstream requests to end");
  expect(scope.sessions.size).toBeLessThanOrEqual(4);
}

/** A client that sends bytes where a message should be, and gives the bytes of each answer. */
export interface RawClient extends Disposable {
  call(path: string, bytes: Uint8Array): Promise<readonly Buffer[]>;
}

export function openRawClient(address: string): RawClient {
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  return {
    async call(path, bytes) {
      // A method with one answer looks the same on the wire.
      const answers: Buffer[] = [];
      for await (const answer of client.makeServerStreamRequest(path, same, same, Buffer.from(bytes))) {
        answers.push(answer);
      }
      return answers;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

export interface FrameOptions {
  /** 1 says that the message is compressed. */
  readonly flag?: number;
  /** What the frame says of its length. */
  readonly length?: number;
}

/** A gRPC frame, right or wrong. */
export function frame(message: Uint8Array, { flag = 0, length = message.length }: FrameOptions = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

export interface HttpOutcome extends Refusal {
  readonly status: number;
}

/** A request of HTTP/2 as no gRPC library would send it; without gRPC's status the code is -1. */
export async function rawRequest(
  address: string,
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpOutcome> {
  const session = connect(`http://${address}`);
  const { promise, resolve, reject } = Promise.withResolvers<HttpOutcome>();
  session.on("error", reject);
  const all = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers", ...headers };
  const stream = session.request(all, { endStream: false });
  const seen: IncomingHttpHeaders = {};
  stream.on("response", (received) => Object.assign(seen, received));
  stream.on("trailers", (received) => Object.assign(seen, received));
  stream.on("data", () => undefined);
  stream.on("error", reject);
  stream.on("close", () => {
    const message = String(seen["grpc-message"] ?? "").replaceAll("%20", " ");
    resolve({ status: Number(seen[":status"]), code: Number(seen["grpc-status"] ?? -1), message });
  });
  stream.end(body);
  try {
    return await promise;
  } finally {
    session.destroy();
  }
}
