import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Budget, createBudget, type Permit } from "./budget.ts";

const prompt = { kind: "answered" } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks for a permit and notes it when it comes. */
function ask(budget: Budget, options: Parameters<typeof testCall>[0] = {}) {
  const asked: { permit?: Permit; promise: Promise<Permit> } = {
    promise: budget.acquire(testCall(options), "GET things"),
  };
  asked.promise.then(
    (permit) => {
      asked.permit = permit;
    },
    () => undefined,
  );
  return asked;
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function pause(budget: Budget, retryAfterMs: number): Promise<void> {
  const permit = await budget.acquire(testCall(), "GET things");
  permit.release({ sign: { retryAfterMs }, kind: "answered" });
}

describe("concurrency", () => {
  test("requests above the limit wait for one to end", async () => {
    const budget = createBudget({ initial: 2 });
    const asked = [ask(budget), ask(budget), ask(budget)];
    await settle();
    expect(asked.map(({ permit }) => permit !== undefined)).toEqual([true, true, false]);
    expect(budget.state).toMatchObject({ inFlight: 2, waiting: 1 });
    asked[0]?.permit?.release(prompt);
    await settle();
    expect(asked[2]?.permit).toBeDefined();
    expect(budget.state).toMatchObject({ inFlight: 2, waiting: 0 });
  });

  test("a permit that is given back twice counts once", async () => {
    const budget = createBudget({ initial: 1 });
    const first = await budget.acquire(testCall(), "GET things");
    first.release(prompt);
    first.release({ kind: "refused" });
    expect(budget.state).toMatchObject({ inFlight: 0, concurrencyLimit: 2 });
  });

  test("prompt answers raise the limit, signs of throttling cut it", async () => {
    const budget = createBudget({ initial: 4, max: 8 });
    for (let answer = 0; answer < 4; answer += 1) (await budget.acquire(testCall(), "GET things")).release(prompt);
    expect(budget.state.concurrencyLimit).toBe(5);
    const outcomes = [
      { kind: "overloaded" },
      { kind: "answered", sign: { delayedMs: 200 } },
      { kind: "answered", sign: { retryAfterMs: 1 } },
    ] as const;
    const limits: number[] = [];
    for (const outcome of outcomes) {
      await vi.advanceTimersByTimeAsync(10);
      (await budget.acquire(testCall(), "GET things")).release(outcome);
      limits.push(budget.state.concurrencyLimit);
    }
    expect(limits).toEqual([2, 1, 1]);
  });
});

describe("lanes", () => {
  test("a write never waits behind reads, neither for a place nor in the queue", async () => {
    const budget = createBudget({ initial: 1 });
    const reads = [ask(budget), ask(budget), ask(budget)];
    const write = ask(budget, { lane: "write" });
    await settle();
    expect(write.permit).toBeDefined();
    const secondWrite = ask(budget, { lane: "write" });
    reads[0]?.permit?.release(prompt);
    await settle();
    expect(secondWrite.permit).toBeDefined();
    expect(reads[1]?.permit).toBeUndefined();
  });

  test("units that run out space the reads and not the writes", async () => {
    const budget = createBudget({ initial: 4 });
    const first = await budget.acquire(testCall(), "GET things");
    const resetAtMs = Date.now() + 60_000;
    first.release({ sign: { limit: 200, remaining: 40, resetAtMs, resource: "Core" }, kind: "answered" });
    const reads = [ask(budget), ask(budget)];
    const write = ask(budget, { lane: "write" });
    await settle();
    expect(write.permit).toBeDefined();
    expect(reads.map(({ permit }) => permit !== undefined)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(reads.map(({ permit }) => permit !== undefined)).toEqual([true, false]);
    expect(budget.state).toMatchObject({
      rateLimitRemaining: 40,
      rateLimitResetAtMs: resetAtMs,
      rateLimitResource: "Core",
    });
  });
});

describe("a pause that the service asked for", () => {
  test("with a good answer holds the reads and no write", async () => {
    const budget = createBudget();
    await pause(budget, 5000);
    const [read, write] = [ask(budget), ask(budget, { lane: "write" })];
    await vi.advanceTimersByTimeAsync(4999);
    expect([read.permit !== undefined, write.permit !== undefined]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1);
    expect(read.permit).toBeDefined();
  });

  test.each(["refused", "overloaded"] as const)("with a request that was %s holds both lanes", async (kind) => {
    const budget = createBudget();
    (await budget.acquire(testCall(), "GET things")).release({ kind, sign: { retryAfterMs: 5000 } });
    const asked = [ask(budget), ask(budget, { lane: "write" })];
    expect(budget.state.pausedUntilMs).toBe(Date.now() + 5000);
    await vi.advanceTimersByTimeAsync(4999);
    expect(asked.map(({ permit }) => permit !== undefined)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map(({ permit }) => permit !== undefined)).toEqual([true, true]);
    expect(budget.state.pausedUntilMs).toBeUndefined();
  });

  test("is not shortened by a later, shorter one", async () => {
    const budget = createBudget();
    const permits = [await budget.acquire(testCall(), "GET things"), await budget.acquire(testCall(), "GET things")];
    permits[0]?.release({ sign: { retryAfterMs: 5000 }, kind: "refused" });
    permits[1]?.release({ sign: { retryAfterMs: 10 }, kind: "refused" });
    expect(budget.state.pausedUntilMs).toBe(Date.now() + 5000);
  });

  test("of a minute is kept to the end", async () => {
    const budget = createBudget();
    await pause(budget, 60_000);
    const asked = ask(budget);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(asked.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.permit).toBeDefined();
  });

  test("of more than a minute is told at once, to callers without a deadline too", async () => {
    const budget = createBudget();
    await pause(budget, 150_000);
    const retryAtMs = Date.now() + 150_000;
    expect(await failureFrom(budget.acquire(testCall(), "GET things"))).toMatchObject({
      kind: "rate-limited",
      retryAtMs,
    });
    expect(budget.state).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test("past a call's deadline fails the call at once, with the moment to come back", async () => {
    const budget = createBudget();
    await pause(budget, 5000);
    const retryAtMs = Date.now() + 5000;
    const failure = await failureFrom(budget.acquire(testCall({ deadlineMs: retryAtMs - 1 }), "GET things"));
    expect(failure).toMatchObject({ kind: "rate-limited", retryAtMs });
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test("is what a call is told of whose deadline passes while it waits", async () => {
    const budget = createBudget({ initial: 1 });
    const holder = await budget.acquire(testCall(), "GET things");
    const controller = new AbortController();
    const waiting = failureFrom(
      budget.acquire(testCall({ signal: controller.signal, deadlineMs: Date.now() + 1000 }), "GET things"),
    );
    await settle();
    holder.release({ sign: { retryAfterMs: 5000 }, kind: "refused" });
    const retryAtMs = Date.now() + 5000;
    await vi.advanceTimersByTimeAsync(1000);
    controller.abort(new DOMException("deadline", "TimeoutError"));
    expect(await waiting).toMatchObject({ kind: "rate-limited", retryAtMs });
  });

  test("that begins while a call waits, and outlasts its deadline, fails the call at once", async () => {
    const budget = createBudget({ initial: 1 });
    const holder = await budget.acquire(testCall(), "GET things");
    let failure: unknown;
    budget.acquire(testCall({ deadlineMs: Date.now() + 1000 }), "GET things").catch((error: unknown) => {
      failure = error;
    });
    await settle();
    holder.release({ sign: { retryAfterMs: 5000 }, kind: "refused" });
    await settle();
    expect(failure).toMatchObject({ kind: "rate-limited", retryAtMs: Date.now() + 5000 });
  });

  test("is told to a call that others wait for, which is held for longer than a minute", async () => {
    const budget = createBudget();
    await pause(budget, 150_000);
    const untilMs = Date.now() + 150_000;
    const told: number[] = [];
    const asked = ask(budget, { held: (at) => told.push(at) });
    await vi.advanceTimersByTimeAsync(149_999);
    expect([asked.permit, told]).toEqual([undefined, [untilMs]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.permit).toBeDefined();
  });

  test("that begins while such a call waits is told to it", async () => {
    const budget = createBudget({ initial: 1 });
    const holder = await budget.acquire(testCall(), "GET things");
    const told: number[] = [];
    const asked = ask(budget, { held: (at) => told.push(at) });
    holder.release({ sign: { retryAfterMs: 90_000 }, kind: "refused" });
    expect(told).toEqual([Date.now() + 90_000]);
    budget.close();
    expect((await failureFrom(asked.promise)).kind).toBe("canceled");
    expect(vi.getTimerCount()).toBe(0);
  });
});
