import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testCall } from "../../test/support/calls.ts";
import { type Budget, createBudget } from "./budget.ts";

const prompt = { kind: "answered" } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a refusal that names no delay", () => {
  const refuse = async (budget: Budget, kind: "refused" | "overloaded" = "refused") =>
    (await budget.acquire(testCall({ held: () => undefined }), "GET things")).release({ kind });
  const pauseOf = (budget: Budget) => (budget.state.pausedUntilMs ?? Date.now()) - Date.now();

  test("holds everything, twice as long each time in a row", async () => {
    const budget = createBudget();
    await refuse(budget);
    const first = pauseOf(budget);
    await vi.advanceTimersByTimeAsync(first);
    await refuse(budget);
    expect([first, pauseOf(budget)]).toEqual([1000, 2000]);
    await vi.advanceTimersByTimeAsync(2000);
    (await budget.acquire(testCall(), "GET things")).release(prompt);
    await refuse(budget);
    expect(pauseOf(budget)).toBe(1000);
  });

  test("or asks for less holds no shorter: at once would be refused again", async () => {
    const budget = createBudget();
    const permit = await budget.acquire(testCall(), "GET things");
    permit.release({ kind: "refused", sign: { retryAfterMs: 0 } });
    expect(pauseOf(budget)).toBe(1000);
  });

  test("counts once for requests that were under way together", async () => {
    const budget = createBudget({ initial: 3 });
    const permits = [await budget.acquire(testCall(), "GET things"), await budget.acquire(testCall(), "GET things")];
    await vi.advanceTimersByTimeAsync(1);
    for (const permit of permits) permit.release({ kind: "refused" });
    expect(pauseOf(budget)).toBe(1000);
  });

  test("is what a cut connection or a time-out is when it is the third in a row", async () => {
    const budget = createBudget();
    for (const kind of ["overloaded", "overloaded"] as const) await refuse(budget, kind);
    expect(pauseOf(budget)).toBe(0);
    (await budget.acquire(testCall(), "GET things")).release(prompt);
    for (const kind of ["overloaded", "overloaded"] as const) await refuse(budget, kind);
    expect(pauseOf(budget)).toBe(0);
    await refuse(budget, "overloaded");
    expect(pauseOf(budget)).toBe(1000);
    for (let overload = 0; overload < 9; overload += 1) {
      const longestMs = 30_000;
      await Promise.all([refuse(budget, "overloaded"), vi.advanceTimersByTimeAsync(pauseOf(budget))]);
      expect(pauseOf(budget)).toBe(Math.min(1000 * 2 ** (overload + 1), longestMs));
    }
  });

  test("is what a cut connection or a time-out is while units run out", async () => {
    const budget = createBudget();
    await refuse(budget, "overloaded");
    expect(budget.state).toMatchObject({ pausedUntilMs: undefined, concurrencyLimit: 3 });
    const sign = { limit: 200, remaining: 30, resetAtMs: Date.now() + 1000 };
    (await budget.acquire(testCall(), "GET things")).release({ kind: "answered", sign });
    await Promise.all([refuse(budget, "overloaded"), vi.advanceTimersByTimeAsync(500)]);
    expect(pauseOf(budget)).toBeGreaterThan(500);
  });
});
