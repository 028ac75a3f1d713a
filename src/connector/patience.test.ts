import { expect, test, vi } from "vitest";
import { testCall } from "../../test/support/calls.ts";
import { notYet, waitAtMost } from "./patience.ts";

const never = new Promise<never>(() => undefined);

async function timed<T>(waiting: Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now();
  const value = await waiting;
  return { value, ms: performance.now() - began };
}

test("what is there in time is the answer, and no timer is left", async () => {
  const cleared = vi.spyOn(globalThis, "clearTimeout");
  expect(await waitAtMost(Promise.resolve("rows"), 10_000, testCall())).toBe("rows");
  expect(cleared).toHaveBeenCalledTimes(1);
  cleared.mockRestore();
});

test("what is not there in time is not waited for", async () => {
  const { value, ms } = await timed(waitAtMost(never, 20, testCall()));
  expect(value).toBe(notYet);
  expect(ms).toBeGreaterThan(15);
});

test("a failure in time is told", async () => {
  await expect(waitAtMost(Promise.reject(new Error("no")), 1000, testCall())).rejects.toThrow("no");
});

test("the wait ends before the call's own deadline, and at once when that has passed", async () => {
  const soon = await timed(waitAtMost(never, 10_000, testCall({ deadlineMs: Date.now() + 80 })));
  expect(soon.value).toBe(notYet);
  expect(soon.ms).toBeLessThan(79);
  expect(soon.ms).toBeGreaterThan(40);
  const late = await timed(waitAtMost(never, 10_000, testCall({ deadlineMs: Date.now() - 5 })));
  expect(late.value).toBe(notYet);
  expect(late.ms).toBeLessThan(40);
});

test("a failure after the wait is nobody's unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  const { promise, reject } = Promise.withResolvers<never>();
  expect(await waitAtMost(promise, 1, testCall())).toBe(notYet);
  reject(new Error("late"));
  await new Promise(setImmediate);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
