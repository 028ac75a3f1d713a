import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import { createPatience } from "./patience.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Fails as often as there are kinds, then gives how often it was tried. */
function failing(kinds: readonly ErrorKind[], retryAtMs?: number) {
  let tries = 0;
  return async () => {
    const kind = kinds[tries];
    tries += 1;
    if (kind) throw new ConnectorError(kind, "no", retryAtMs === undefined ? {} : { retryAtMs });
    return tries;
  };
}

async function outcome<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(120_000);
  return promise;
}

test("what can get better by itself is tried again", async () => {
  const patience = createPatience(45_000, testCall());
  expect(await outcome(patience(failing(["unavailable", "timeout", "malformed-answer"])))).toBe(4);
});

test.each(["unauthenticated", "forbidden", "wrong-route", "unexpected-answer", "bug"] as const)(
  "%s is told at once",
  async (kind) => {
    const patience = createPatience(45_000, testCall());
    expect((await failureFrom(patience(failing([kind])))).kind).toBe(kind);
  },
);

test("patience ends with its time, with a pause that outlasts it, and before the deadline", async () => {
  const always = Array.from({ length: 99 }, () => "unavailable" as const);
  const startedAt = Date.now();
  expect((await failureFrom(outcome(createPatience(10_000, testCall())(failing(always))))).kind).toBe("unavailable");
  const pause = createPatience(10_000, testCall())(failing(["rate-limited"], Date.now() + 10_001));
  expect((await failureFrom(pause)).kind).toBe("rate-limited");
  const call = testCall({ deadlineMs: Date.now() + 2000 });
  expect((await failureFrom(createPatience(45_000, call)(failing(["unavailable"], Date.now() + 1600)))).kind).toBe(
    "unavailable",
  );
  expect(Date.now() - startedAt).toBe(120_000);
});

test("a pause that ends in time is kept", async () => {
  const untilMs = Date.now() + 9_000;
  const patience = createPatience(10_000, testCall());
  const waiting = patience(failing(["rate-limited"], untilMs)).then(() => Date.now());
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await waiting).toBe(untilMs);
});
