import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "../../gen/grpc/health/v1/health_pb.js";
import { type Address, formatAddress } from "../../src/server/address.ts";
import type { Pair } from "../support/certificates.ts";

export interface StandardOptions {
  readonly ca?: string;
  readonly pair?: Pair;
  readonly headers?: Readonly<Record<string, string>>;
}

function connect(address: Address, { ca }: StandardOptions): Client {
  const channel = ca ? credentials.createSsl(Buffer.from(ca)) : credentials.createInsecure();
  return new Client(formatAddress(address), channel);
}

const asBytes = (bytes: Uint8Array) => Buffer.from(bytes);

/** What standard health says of the whole server. */
export async function healthOf(address: Address, options: StandardOptions = {}): Promise<string> {
  const client = connect(address, options);
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        "/grpc.health.v1.Health/Check",
        asBytes,
        (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
        toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema)),
        (error, value) => (value ? resolve(HealthCheckResponse_ServingStatus[value.status] ?? "") : reject(error)),
      );
    });
  } finally {
    client.close();
  }
}

/** What follows the first states that `Watch` tells, until the stream ends. */
export async function* watchHealth(address: Address, options: StandardOptions = {}): AsyncGenerator<string> {
  const client = connect(address, options);
  const stream = client.makeServerStreamRequest(
    "/grpc.health.v1.Health/Watch",
    asBytes,
    (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
    toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema)),
  );
  try {
    for await (const { status } of stream) yield HealthCheckResponse_ServingStatus[status] ?? "";
  } finally {
    client.close();
  }
}

/** The names that reflection lists, as text, or the code with which it refuses. */
export async function reflectedServices(address: Address, options: StandardOptions = {}): Promise<string | number> {
  const client = connect(address, options);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(options.headers ?? {})) metadata.set(name, value);
  // ServerReflectionRequest{list_services: "*"}: field 7, one byte long.
  const request = Buffer.from([0x3a, 1, 0x2a]);
  const stream = client.makeBidiStreamRequest(
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    asBytes,
    (bytes: Buffer) => bytes.toString("latin1"),
    metadata,
  );
  try {
    return await new Promise((resolve) => {
      stream.on("data", (text: string) => resolve(text));
      stream.on("error", (error: ServiceError) => resolve(error.code));
      stream.end(request);
    });
  } finally {
    client.close();
  }
}
