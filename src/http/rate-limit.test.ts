import { expect, test } from "vitest";
import { headerValue, readRateLimit } from "./rate-limit.ts";

const nowMs = 1_795_000_000_000;

test("an answer without the headers says nothing", () => {
  expect(readRateLimit({ "content-type": "application/json" }, nowMs)).toEqual({});
});

test("all headers are read, seconds as milliseconds", () => {
  const headers = {
    "retry-after": "12.5",
    "x-ratelimit-resource": "Core",
    "x-ratelimit-delay": "0.25",
    "x-ratelimit-limit": "200",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "1795000060",
  };
  expect(readRateLimit(headers, nowMs)).toEqual({
    retryAfterMs: 12_500,
    delayedMs: 250,
    limit: 200,
    remaining: 0,
    resetAtMs: 1_795_000_060_000,
    resource: "Core",
  });
});

test("nonsense is left out, and does not take the rest with it", () => {
  const headers = {
    "retry-after": "later",
    "x-ratelimit-delay": "-1",
    "x-ratelimit-limit": "",
    "x-ratelimit-remaining": "many",
    "x-ratelimit-reset": "Infinity",
    "x-ratelimit-resource": "r".repeat(10_000),
  };
  expect(readRateLimit(headers, nowMs)).toEqual({ resource: "r".repeat(200) });
});

test("a delay beyond all measure is one of a day, and no reset is later than the service's window", () => {
  const headers = { "x-ratelimit-reset": "1e308", "x-ratelimit-delay": "1e308", "x-ratelimit-remaining": "1" };
  expect(readRateLimit(headers, nowMs)).toEqual({
    delayedMs: 86_400_000,
    remaining: 1,
    resetAtMs: nowMs + 300_000,
  });
});

test("a reset is told by the service's clock, in whole milliseconds", () => {
  const at = (skewMs: number) => ({
    date: new Date(nowMs + skewMs).toUTCString(),
    "x-ratelimit-reset": String((Math.floor(nowMs / 1000) * 1000 + skewMs + 60_000.25) / 1000),
  });
  for (const skewMs of [0, 600_000, -600_000]) {
    const { resetAtMs = 0 } = readRateLimit(at(skewMs), nowMs);
    expect(Math.abs(resetAtMs - nowMs - 60_000)).toBeLessThanOrEqual(1_001);
    expect(Number.isInteger(resetAtMs)).toBe(true);
  }
});

test("a resource that repeats what was sent does not tell it", () => {
  const redact = (text: string) => text.replaceAll("s3cret", "[secret]");
  expect(readRateLimit({ "x-ratelimit-resource": "s3cret" }, nowMs, redact)).toEqual({ resource: "[secret]" });
});

test("of a repeated header the first value counts", () => {
  expect(headerValue({ "retry-after": ["3", "9"] }, "retry-after")).toBe("3");
  expect(readRateLimit({ "retry-after": ["3", "9"] }, nowMs)).toEqual({ retryAfterMs: 3000 });
});
