import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ValidationFindingsSchema } from "../../gen/azuredevops/connector/v1/validation_pb.js";
import {
  RateLimitDescription_Status,
  RateLimitDescriptionSchema,
} from "../../gen/c1/connector/v2/annotation_ratelimit_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import { cut } from "../connector/text.ts";
import { pack } from "../connector/to-proto.ts";
import { type ConnectorError, type ErrorKind, isConnectorError } from "../errors.ts";
import { ValidationFailure } from "./services/validation.ts";

/** gRPC status codes; Connect's codes have the same numbers. */
export const code = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * The one table from what went wrong to what the platform is told. It retries UNAVAILABLE and DEADLINE_EXCEEDED alone
 * and drops a listing that answers NOT_FOUND, so those three are given with care.
 */
const codes: Record<ErrorKind, number> = {
  "rate-limited": code.unavailable,
  unavailable: code.unavailable,
  timeout: code.deadlineExceeded,
  unauthenticated: code.unauthenticated,
  forbidden: code.permissionDenied,
  "not-found": code.notFound,
  "wrong-route": code.failedPrecondition,
  conflict: code.alreadyExists,
  contended: code.unavailable,
  refused: code.failedPrecondition,
  "invalid-request": code.invalidArgument,
  unsupported: code.unimplemented,
  // Trying again would not make the request smaller.
  "too-large": code.resourceExhausted,
  "malformed-answer": code.unavailable,
  "unexpected-answer": code.failedPrecondition,
  "read-only": code.failedPrecondition,
  canceled: code.cancelled,
  bug: code.internal,
};

/** What a failed call answers. */
export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Any[];
}

/** Turns any error into an answer; what is not a ConnectorError is a bug, of which only the request id is told. */
export function failureOf(error: unknown, requestId: string): Failure {
  if (!isConnectorError(error) || error.kind === "bug") {
    return { code: code.internal, message: `internal error (request id ${requestId})`, details: [] };
  }
  return { code: codes[error.kind], message: cut(error.message, maxMessageBytes), details: detailsOf(error) };
}

/**
 * A message travels in a header, twice and up to three times as long: gRPC clients take 8 KiB of headers. Half a
 * character in it ends the process (grpc-js' `encodeURI`).
 */
const maxMessageBytes = 1500;

function detailsOf(error: ConnectorError): Any[] {
  return [
    ...(error.kind === "rate-limited" ? [rateLimitOf(error)] : []),
    ...(error instanceof ValidationFailure ? [pack(ValidationFindingsSchema, error.findings)] : []),
  ];
}

function rateLimitOf({ retryAtMs = Date.now() + defaultWaitMs }: ConnectorError): Any {
  return pack(RateLimitDescriptionSchema, {
    status: RateLimitDescription_Status.OVERLIMIT,
    limit: 1n,
    remaining: 0n,
    resetAt: timestampFromMs(retryAtMs),
  });
}

/** Azure DevOps frees units within five minutes; a minute is what the platform waits at most. */
const defaultWaitMs = 60_000;

/** The bytes of the `grpc-status-details-bin` trailer. */
export function statusBytes({ code: status, message, details }: Failure): Uint8Array {
  return toBinary(StatusSchema, create(StatusSchema, { code: status, message, details: [...details] }));
}
