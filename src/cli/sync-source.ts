import { randomUUID } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { status as grpcStatus } from "@grpc/grpc-js";
import {
  type StreamSyncRequest,
  StreamSyncRequestSchema,
  type StreamSyncResponse,
  StreamSyncResponseSchema,
  SyncService,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import type { App } from "../app.ts";
import { EncodedPage } from "../connector/page-encoder.ts";
import { ConnectorError } from "../errors.ts";
import { type Address, formatAddress } from "../server/address.ts";
import { CallFailure } from "../server/pipeline.ts";
import type { Log } from "../telemetry/log.ts";
import type { ServerClient } from "./server-client.ts";

/** The batches of one sync, wherever they come from. */
export type SyncSource = AsyncIterable<StreamSyncResponse>;

/** A sync through a running connector's gRPC port. */
export async function* syncThroughServer(server: ServerClient, signal: AbortSignal): SyncSource {
  const { client, metadata, address } = server;
  const { typeName, method } = SyncService;
  const stream = client.makeServerStreamRequest(
    `/${typeName}/${method.streamSync.name}`,
    (request: StreamSyncRequest) => Buffer.from(toBinary(StreamSyncRequestSchema, request)),
    (bytes: Buffer) => fromBinary(StreamSyncResponseSchema, bytes),
    create(StreamSyncRequestSchema),
    metadata,
  );
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel);
  try {
    yield* stream;
  } catch (error) {
    throw serverError(error, address, signal);
  } finally {
    signal.removeEventListener("abort", cancel);
    client.close();
  }
}

/** The same sync without a server, by the same method. */
export async function* syncInProcess(
  { pipelines }: App,
  {
    log,
    signal,
    onHeld,
  }: { readonly log: Log; readonly signal: AbortSignal; readonly onHeld: (untilMs: number) => void },
): SyncSource {
  const pipeline = pipelines.find(({ method }) => method === SyncService.method.streamSync);
  if (!pipeline) throw new ConnectorError("bug", "the connector has no SyncService");
  const request = create(StreamSyncRequestSchema);
  const call = {
    signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    lane: "read",
    log,
    upstream: { requests: 0 },
    // Nobody else would start it again: however long a pause is, this waits for its end.
    held: onHeld,
  } as const;
  const batches = pipeline.stream(() => request, { call, caller: "command line", requestId: randomUUID() });
  try {
    for await (const batch of batches) {
      // What this method yields.
      yield batch instanceof EncodedPage ? batch.message() : (batch as StreamSyncResponse);
    }
  } catch (error) {
    // Here is no wire to answer on: the person gets the error itself.
    throw error instanceof CallFailure ? error.cause : error;
  }
}

/** The error of a call to a running connector, for people. */
export function serverError(error: unknown, address: Address, signal: AbortSignal): unknown {
  if (signal.aborted) return new ConnectorError("canceled", "interrupted", { cause: error });
  if (!(error instanceof Error) || !("code" in error) || !("details" in error)) return error;
  const unreachable = error.code === grpcStatus.UNAVAILABLE && /connect/i.test(String(error.details));
  const where = formatAddress(address);
  const details = String(error.details).replace(/\s*Resolution note:\s*$/, "");
  const remedy = unreachable ? `is a connector serving on ${where}?` : `answered by the connector on ${where}`;
  return new ConnectorError("unavailable", `${details} (${remedy})`, { cause: error });
}
