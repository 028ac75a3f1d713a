import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import { defaultRetryPolicy, type RetryQuestion, retryDelay } from "./retry.ts";

/** Every kind, and after how many tries it is given up; the compiler asks for a new one. */
const triesOf: Readonly<Record<ErrorKind, number>> = {
  "rate-limited": 4,
  unavailable: 4,
  timeout: 4,
  "malformed-answer": 4,
  "unexpected-answer": 2,
  unauthenticated: 1,
  forbidden: 1,
  "not-found": 1,
  "wrong-route": 1,
  conflict: 1,
  contended: 1,
  refused: 1,
  "invalid-request": 1,
  unsupported: 1,
  "too-large": 1,
  "read-only": 1,
  canceled: 1,
  bug: 1,
};

const kinds = Object.keys(triesOf).filter((name): name is ErrorKind => name in triesOf);

function question(kind: ErrorKind, rest: Partial<RetryQuestion> = {}): RetryQuestion {
  return {
    error: new ConnectorError(kind, kind),
    tries: 1,
    idempotent: true,
    retryAfterMs: undefined,
    nowMs: 1000,
    deadlineMs: Number.POSITIVE_INFINITY,
    ...rest,
  };
}

const half = () => 0.5;

describe("the retry decision", () => {
  test.each(kinds)("%s is tried as often as the table says", (kind) => {
    let tries = 1;
    while (tries < 10 && retryDelay(question(kind, { tries })) !== undefined) tries += 1;
    expect(tries).toBe(triesOf[kind]);
  });

  test.each(kinds)("%s of a request that is not idempotent is never tried again", (kind) => {
    expect(retryDelay(question(kind, { idempotent: false, retryAfterMs: 1 }))).toBeUndefined();
  });

  test("own delays double, with full jitter, up to their maximum", () => {
    const policy = { maxTries: 20, baseMs: 100, maxMs: 1000 };
    const delays = [1, 2, 3, 4, 5, 19].map((tries) => retryDelay(question("unavailable", { tries }), policy, half));
    expect(delays).toEqual([50, 100, 200, 400, 500, 500]);
    expect(retryDelay(question("unavailable"), policy, () => 0)).toBe(0);
  });

  test("a delay that the service chose is taken as it is, without jitter and above the own maximum", () => {
    expect(retryDelay(question("rate-limited", { retryAfterMs: 30_000 }), defaultRetryPolicy, half)).toBe(30_000);
  });

  test("nothing is waited for that ends at or after the deadline", () => {
    const waits = (deadlineMs: number) => retryDelay(question("rate-limited", { retryAfterMs: 500, deadlineMs }));
    expect(waits(1501)).toBe(500);
    expect(waits(1500)).toBeUndefined();
    expect(waits(900)).toBeUndefined();
  });

  test("a delay always ends before the deadline", () => {
    const options = fc.record({ tries: fc.integer({ min: 1, max: 6 }), deadlineMs: fc.nat({ max: 20_000 }) });
    fc.assert(
      fc.property(options, fc.double({ min: 0, max: 1, noNaN: true }), (rest, random) => {
        const delay = retryDelay(question("timeout", rest), defaultRetryPolicy, () => random);
        expect(delay === undefined || 1000 + delay < rest.deadlineMs).toBe(true);
      }),
    );
  });
});
