import fc from "fast-check";
import { expect, test } from "vitest";
import { createAdaptiveLimit } from "./concurrency.ts";

test("the limit grows by one after each full round of prompt answers, up to its maximum", () => {
  const adaptive = createAdaptiveLimit({ initial: 2, min: 1, max: 4 });
  const limits: number[] = [];
  for (let answer = 0; answer < 12; answer += 1) {
    adaptive.prompt();
    limits.push(adaptive.limit);
  }
  expect(limits).toEqual([2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]);
});

test("a sign of throttling halves the limit, down to its minimum", () => {
  const adaptive = createAdaptiveLimit({ initial: 12, min: 2, max: 16 });
  const limits = [10, 20, 30, 40].map((atMs) => {
    adaptive.throttled(atMs, atMs);
    return adaptive.limit;
  });
  expect(limits).toEqual([6, 3, 2, 2]);
});

test("a burst of refusals to requests sent before the first of them cuts once", () => {
  const adaptive = createAdaptiveLimit({ initial: 16, min: 1, max: 16 });
  for (let sentAtMs = 0; sentAtMs < 16; sentAtMs += 1) adaptive.throttled(sentAtMs, 100 + sentAtMs);
  expect(adaptive.limit).toBe(8);
  adaptive.throttled(101, 200);
  expect(adaptive.limit).toBe(4);
});

test("a cut starts the count of prompt answers again", () => {
  const adaptive = createAdaptiveLimit({ initial: 4, min: 1, max: 8 });
  for (let answer = 0; answer < 3; answer += 1) adaptive.prompt();
  adaptive.throttled(0, 1);
  adaptive.prompt();
  expect(adaptive.limit).toBe(2);
});

test("whatever happens, the limit stays a whole number within its bounds", () => {
  const options = fc.record({
    initial: fc.integer({ min: 1, max: 40 }),
    min: fc.constant(1),
    max: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(options, fc.array(fc.boolean(), { maxLength: 200 }), (bounds, prompts) => {
      const adaptive = createAdaptiveLimit(bounds);
      prompts.forEach((prompt, atMs) => {
        if (prompt) adaptive.prompt();
        else adaptive.throttled(atMs, atMs);
        expect(Number.isInteger(adaptive.limit)).toBe(true);
        expect(adaptive.limit).toBeGreaterThanOrEqual(bounds.min);
        expect(adaptive.limit).toBeLessThanOrEqual(bounds.max);
      });
    }),
  );
});
