import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0);

describe("Retry-After", () => {
  test.each([
    ["0", 0],
    ["30", 30_000],
    [" 30 ", 30_000],
    ["0.5", 500],
    ["23.456", 23_456],
    ["Sun, 22 Nov 2026 12:00:42 GMT", 42_000],
    ["Sun, 22 Nov 2026 11:59:00 GMT", 0],
  ])("%j is a delay of %d ms", (header, delayMs) => {
    expect(parseRetryAfter(header, nowMs)).toBe(delayMs);
  });

  test.each([undefined, "", "   ", "-1", "soon", "NaN", "Infinity", "-Infinity", "30s"])(
    "%j says nothing",
    (header) => {
      expect(parseRetryAfter(header, nowMs)).toBeUndefined();
    },
  );

  test.each(["soon 5", "in 7 minutes", "try 12"])("%j is no date, whatever a lenient parser reads in it", (header) => {
    expect(parseRetryAfter(header, nowMs)).toBeUndefined();
  });

  test("is never longer than a day", () => {
    expect(parseRetryAfter("1e300", nowMs)).toBe(86_400_000);
    expect(parseRetryAfter("Sun, 22 Nov 2099 12:00:42 GMT", nowMs)).toBe(86_400_000);
  });

  test("of any text is absent or a delay within a day", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)), (header) => {
        const delay = parseRetryAfter(header, nowMs);
        expect(delay === undefined || (delay >= 0 && delay <= 86_400_000)).toBe(true);
      }),
    );
  });
});
