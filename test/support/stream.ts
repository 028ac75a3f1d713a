import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import {
  StreamSyncRequestSchema,
  type StreamSyncResponse,
  StreamSyncResponseSchema,
  SyncService,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import type { Replica } from "./world.ts";

/** The batches of one StreamSync call, over a socket. */
export async function* streamBatches(
  { address }: Pick<Replica, "address">,
  request: MessageInitShape<typeof StreamSyncRequestSchema> = {},
  signal?: AbortSignal,
): AsyncGenerator<StreamSyncResponse> {
  const client = new Client(address, credentials.createInsecure());
  const stream = client.makeServerStreamRequest(
    `/${SyncService.typeName}/StreamSync`,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => fromBinary(StreamSyncResponseSchema, bytes),
    toBinary(StreamSyncRequestSchema, create(StreamSyncRequestSchema, request)),
  );
  signal?.addEventListener("abort", () => stream.cancel());
  try {
    yield* stream;
  } finally {
    stream.cancel();
    client.close();
  }
}

/** Everything that a sync told, as sorted ids. */
export function idsOf(batches: readonly StreamSyncResponse[]): string[] {
  const ids = batches.flatMap(({ resourceTypes, resources, entitlements, grants }) => [
    ...resourceTypes.map(({ id }) => `type ${id}`),
    ...resources.map(({ id }) => `resource ${id?.resourceType}:${id?.resource}`),
    ...entitlements.map(({ id }) => `entitlement ${id}`),
    ...grants.map(({ id }) => `grant ${id}`),
  ]);
  return ids.sort();
}

/** A whole sync; fails unless it says that it is complete. */
export async function wholeStream(
  replica: Replica,
  request: MessageInitShape<typeof StreamSyncRequestSchema> = {},
  signal?: AbortSignal,
): Promise<StreamSyncResponse[]> {
  const batches: StreamSyncResponse[] = [];
  for await (const batch of streamBatches(replica, request, signal)) batches.push(batch);
  if (batches.at(-1)?.complete !== true) throw new Error("the stream ended without saying that it is complete");
  return batches;
}
