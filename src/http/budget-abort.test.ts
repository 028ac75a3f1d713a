import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { createBudget, type Permit } from "./budget.ts";

const prompt = { kind: "answered" } as const;

afterEach(() => {
  vi.useRealTimers();
});

describe("a call that is canceled", () => {
  test("before it asks is refused and leaves nothing behind", async () => {
    const budget = createBudget();
    const failure = await failureFrom(budget.acquire(testCall({ signal: AbortSignal.abort() }), "GET things"));
    await Promise.resolve();
    expect(failure.kind).toBe("canceled");
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test("by a deadline that has passed is not told that a rate limit holds it", async () => {
    const budget = createBudget();
    (await budget.acquire(testCall(), "GET things")).release(prompt);
    const deadlineMs = Date.now() - 1000;
    const passed = AbortSignal.abort(new DOMException("the call's deadline passed", "TimeoutError"));
    const failure = await failureFrom(budget.acquire(testCall({ deadlineMs, signal: passed }), "GET things"));
    expect(failure.kind).toBe("timeout");
    // Its timer comes a little later than the deadline: until then nothing holds it.
    (await budget.acquire(testCall({ deadlineMs }), "GET things")).release(prompt);
  });

  test("while it waits leaves the queue, and those behind it move up", async () => {
    const budget = createBudget({ initial: 1 });
    const holder = await budget.acquire(testCall(), "GET things");
    const controller = new AbortController();
    const canceled = failureFrom(budget.acquire(testCall({ signal: controller.signal }), "GET things"));
    const behind = budget.acquire(testCall(), "GET things");
    expect(budget.state).toMatchObject({ inFlight: 1, waiting: 2 });
    controller.abort();
    expect((await canceled).kind).toBe("canceled");
    expect(budget.state).toMatchObject({ inFlight: 1, waiting: 1 });
    holder.release(prompt);
    (await behind).release(prompt);
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test("in the moment in which its permit is given gives it back", async () => {
    const budget = createBudget({ initial: 1 });
    const holder = await budget.acquire(testCall(), "GET things");
    const controller = new AbortController();
    const canceled = failureFrom(budget.acquire(testCall({ signal: controller.signal }), "GET things"));
    controller.abort();
    holder.release(prompt);
    await canceled;
    await Promise.resolve();
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
    (await budget.acquire(testCall(), "GET things")).release(prompt);
  });

  test("during a pause leaves no timer behind, which would keep the process alive", async () => {
    vi.useFakeTimers();
    const budget = createBudget();
    (await budget.acquire(testCall(), "GET things")).release({ sign: { retryAfterMs: 50_000 }, kind: "refused" });
    const controller = new AbortController();
    const { signal } = controller;
    const canceled = [
      failureFrom(budget.acquire(testCall({ signal }), "GET things")),
      failureFrom(budget.acquire(testCall({ signal, lane: "write" }), "GET things")),
    ];
    controller.abort();
    await Promise.all(canceled);
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

type Step = { readonly do: "read" | "write" | "cancel" | "prompt" | "throttled"; readonly at: number };

test("whatever happens in whatever order, the limit holds and every permit comes back", async () => {
  const steps = fc.array(
    fc.record<Step>({ do: fc.constantFrom("read", "read", "write", "cancel", "prompt", "throttled"), at: fc.nat(99) }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (sequence, initial) => {
      const budget = createBudget({ initial, max: 6 });
      const permits: Permit[] = [];
      const controllers: AbortController[] = [];
      const ends: Promise<unknown>[] = [];
      const tick = () => new Promise(setImmediate);
      const start = (lane: "read" | "write") => {
        const controller = new AbortController();
        controllers.push(controller);
        const asked = budget.acquire(testCall({ lane, signal: controller.signal }), "GET things");
        ends.push(asked.then((permit) => permits.push(permit)).catch(() => undefined));
      };
      for (const step of sequence) {
        const before = budget.state;
        if (step.do === "read" || step.do === "write") start(step.do);
        else if (step.do === "cancel") controllers[step.at % Math.max(controllers.length, 1)]?.abort();
        else
          permits
            .splice(step.at % Math.max(permits.length, 1), 1)[0]
            ?.release({ kind: step.do === "throttled" ? "overloaded" : "answered" });
        await tick();
        const { inFlight, concurrencyLimit } = budget.state;
        expect(inFlight <= concurrencyLimit + 1 || inFlight <= before.inFlight).toBe(true);
        expect(permits).toHaveLength(inFlight);
      }
      for (const controller of controllers) controller.abort();
      await Promise.all(ends);
      for (const permit of permits) permit.release(prompt);
      expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
    }),
    { numRuns: 60 },
  );
});
