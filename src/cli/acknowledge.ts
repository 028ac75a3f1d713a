import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type AcknowledgeRequest,
  AcknowledgeRequestSchema,
  type AcknowledgeResponse,
  AcknowledgeResponseSchema,
  ProvisioningService,
} from "../../gen/azuredevops/connector/v1/changes_pb.js";
import { parseAddress } from "../server/address.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { createServerClient, type ServerClient } from "./server-client.ts";
import { serverError } from "./sync-source.ts";

/** Tells a running connector that what it refused to take more of was meant. */
export async function run({ flags }: Invocation): Promise<number> {
  const server = createServerClient(parseAddress(String(flags.server)), flags);
  try {
    const { recordHash } = await acknowledge(server);
    await print(`revokes are made again; the record of this has the hash ${recordHash}\n`);
    return 0;
  } catch (error) {
    throw serverError(error, server.address, new AbortController().signal);
  } finally {
    server.client.close();
  }
}

function acknowledge({ client, metadata }: ServerClient): Promise<AcknowledgeResponse> {
  const { typeName, method } = ProvisioningService;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${typeName}/${method.acknowledge.name}`,
      (request: AcknowledgeRequest) => Buffer.from(toBinary(AcknowledgeRequestSchema, request)),
      (bytes: Buffer) => fromBinary(AcknowledgeResponseSchema, bytes),
      create(AcknowledgeRequestSchema),
      metadata,
      (error, answer) => (error ? reject(error) : resolve(answer ?? create(AcknowledgeResponseSchema))),
    );
  });
}
