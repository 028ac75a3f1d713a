import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import {
  RateLimitDescription_Status,
  RateLimitDescriptionSchema,
} from "../../gen/c1/connector/v2/annotation_ratelimit_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import { type Failure, failureOf, statusBytes } from "./error-codes.ts";

/** The design's table, by gRPC's own numbers; the compiler asks for a kind that is new. */
const expected: Readonly<Record<ErrorKind, number>> = {
  canceled: 1,
  "invalid-request": 3,
  timeout: 4,
  "not-found": 5,
  conflict: 6,
  contended: 14,
  forbidden: 7,
  refused: 9,
  "wrong-route": 9,
  "unexpected-answer": 9,
  "read-only": 9,
  unsupported: 12,
  "too-large": 8,
  bug: 13,
  "rate-limited": 14,
  unavailable: 14,
  "malformed-answer": 14,
  unauthenticated: 16,
};

const kinds = Object.keys(expected).filter((name): name is ErrorKind => name in expected);
const requestId = "req-42";

function rateLimitOf({ details }: Failure) {
  const [detail] = details;
  return detail && anyUnpack(detail, RateLimitDescriptionSchema);
}

describe("a failure of the kind", () => {
  test.each(kinds)("%s has its code, and its message unless it is a bug", (kind) => {
    const failure = failureOf(new ConnectorError(kind, "the person's words"), requestId);
    expect(failure.code).toBe(expected[kind]);
    expect(failure.message).toBe(kind === "bug" ? `internal error (request id ${requestId})` : "the person's words");
  });

  test.each(kinds)("%s describes a rate limit only if that is what it is", (kind) => {
    const failure = failureOf(new ConnectorError(kind, "x", { retryAtMs: 1_795_000_000_123 }), requestId);
    expect(failure.details).toHaveLength(kind === "rate-limited" ? 1 : 0);
  });
});

describe("a rate limit", () => {
  test("says that nothing remains, and when to come back", () => {
    const failure = failureOf(new ConnectorError("rate-limited", "x", { retryAtMs: 1_795_000_000_123 }), requestId);
    const limit = rateLimitOf(failure);
    expect(limit).toMatchObject({ status: RateLimitDescription_Status.OVERLIMIT, remaining: 0n });
    expect(limit?.resetAt && timestampMs(limit.resetAt)).toBe(1_795_000_000_123);
    expect(failure.details[0]?.typeUrl).toBe("type.googleapis.com/c1.connector.v2.RateLimitDescription");
  });

  test("without a known end is one of at most a minute, which is what the platform waits", () => {
    const beforeMs = Date.now();
    const limit = rateLimitOf(failureOf(new ConnectorError("rate-limited", "x"), requestId));
    const waitMs = (limit?.resetAt ? timestampMs(limit.resetAt) : 0) - beforeMs;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(61_000);
  });
});

describe("anything else that is thrown", () => {
  const secret = "s3cret-detail";
  class Impostor extends Error {
    readonly kind = "not-found";
    override readonly name = "ConnectorError";
  }
  test.each([
    new Error(secret),
    new TypeError(secret, { cause: new ConnectorError("not-found", secret) }),
    new ConnectorError("bug", secret),
    new Impostor(secret),
    new DOMException(secret, "AbortError"),
    secret,
    { kind: "not-found", message: secret },
    undefined,
    null,
  ])("(%s) is an internal error with the request id, and nothing of what it says", (error) => {
    const failure = failureOf(error, requestId);
    expect(failure).toEqual({ code: 13, message: `internal error (request id ${requestId})`, details: [] });
    expect(Buffer.from(statusBytes(failure)).includes(secret)).toBe(false);
  });
});

test("the trailer's bytes are a status with code, message and details", () => {
  const failure = failureOf(new ConnectorError("rate-limited", "grüße", { retryAtMs: 5000 }), requestId);
  const status = fromBinary(StatusSchema, statusBytes(failure));
  expect([status.code, status.message, status.details]).toEqual([14, "grüße", failure.details]);
});

test("a message fits into a header, whole characters only", () => {
  const { message } = failureOf(new ConnectorError("not-found", "€".repeat(100_000)), requestId);
  expect([message.length, Buffer.byteLength(message)]).toEqual([500, 1500]);
  expect(failureOf(new ConnectorError("not-found", "a\ud800b"), requestId).message).toBe("a\uFFFDb");
});

test("the cause of a failure is not told", () => {
  const cause = new Error("s3cret-detail");
  const failure = failureOf(new ConnectorError("unavailable", "could not be reached", { cause }), requestId);
  expect(Buffer.from(statusBytes(failure)).includes("s3cret-detail")).toBe(false);
});

test.each([1_800_000_000_000.4321, Number.POSITIVE_INFINITY, Number.NaN])("a moment of %d can be told", (retryAtMs) => {
  const failure = failureOf(new ConnectorError("rate-limited", "later", { retryAtMs }), "id");
  const [detail] = fromBinary(StatusSchema, statusBytes(failure)).details;
  const resetAt = detail && anyUnpack(detail, RateLimitDescriptionSchema)?.resetAt;
  expect(resetAt && timestampMs(resetAt)).toBeGreaterThan(1_700_000_000_000);
});
