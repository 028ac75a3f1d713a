import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { type Failure, statusBytes } from "./error-codes.ts";

/** A failure as grpc-js sends it, with its details. */
export function statusOf(failure: Failure): StatusObject {
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(statusBytes(failure)));
  return { code: failure.code, details: failure.message, metadata };
}
