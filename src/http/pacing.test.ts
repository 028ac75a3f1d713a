import fc from "fast-check";
import { expect, test } from "vitest";
import { createPacing } from "./pacing.ts";

const nowMs = 1_000_000;
const resetAtMs = nowMs + 60_000;

test("nothing is held back while nothing was told, or more than a fifth remains", () => {
  const pacing = createPacing();
  expect(pacing.gap(nowMs, 3)).toBe(0);
  pacing.observe({ limit: 200, remaining: 41, resetAtMs }, nowMs);
  expect(pacing.gap(nowMs, 3)).toBe(0);
});

test("what remains is spread over the time until the reset", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 34, resetAtMs }, nowMs);
  // 34 units but for the reserve of 4, at one unit a request.
  expect(pacing.gap(nowMs, 0)).toBe(2000);
  expect(pacing.gap(nowMs + 30_000, 0)).toBe(1000);
});

test("requests under way count as spent", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 40, resetAtMs }, nowMs);
  expect(pacing.gap(nowMs, 30)).toBe(10_000);
});

test("without units left a tenth of the time to the reset passes between two requests", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 0, resetAtMs }, nowMs);
  expect([pacing.gap(nowMs, 0), pacing.gap(nowMs + 5000, 9)]).toEqual([6000, 6000]);
  expect(pacing.gap(resetAtMs - 10, 0)).toBe(10);
});

test("units that run out and delays are pressure, until the reset and for five minutes", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 100, resetAtMs }, nowMs);
  expect(pacing.isPressed(nowMs)).toBe(false);
  pacing.observe({ limit: 200, remaining: 20, resetAtMs }, nowMs);
  expect([pacing.isPressed(nowMs), pacing.isPressed(resetAtMs)]).toEqual([true, false]);
  pacing.observe({ limit: 200, remaining: 100, resetAtMs, delayedMs: 10 }, nowMs);
  expect([pacing.isPressed(nowMs + 299_999), pacing.isPressed(nowMs + 300_000)]).toEqual([true, false]);
});

test("after the reset nothing is held back", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 0, resetAtMs }, nowMs);
  expect(pacing.gap(nowMs, 0)).toBeGreaterThan(0);
  expect(pacing.gap(resetAtMs, 0)).toBe(0);
});

test("requests that cost more are spaced wider", () => {
  const gapAfter = (cost: number) => {
    const pacing = createPacing();
    for (let answer = 0; answer < 10; answer += 1) {
      pacing.observe({ limit: 2000, remaining: 300 - answer * cost, resetAtMs }, nowMs);
    }
    return pacing.gap(nowMs, 0) * (300 - 9 * cost - 40);
  };
  expect(gapAfter(20)).toBeGreaterThan(5 * gapAfter(1));
});

test("the state is what the last answer with the headers said", () => {
  const pacing = createPacing();
  pacing.observe({ limit: 200, remaining: 7, resetAtMs, resource: "Core" }, nowMs);
  pacing.observe({}, nowMs);
  expect(pacing).toMatchObject({ remaining: 7, resetAtMs, resource: "Core" });
});

test("a gap is never negative and never longer than the time until the reset", () => {
  const count = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ limit: count, remaining: count })),
      fc.nat({ max: 120_000 }),
      count,
      (signs, at, n) => {
        const pacing = createPacing();
        for (const sign of signs) pacing.observe({ ...sign, resetAtMs }, nowMs);
        const gap = pacing.gap(nowMs + at, n);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThanOrEqual(Math.max(60_000 - at, 0));
      },
    ),
  );
});
