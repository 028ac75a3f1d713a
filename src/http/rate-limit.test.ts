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

test("a reset or delay beyond all measure is one of a day: no date could tell it", () => {
  const headers = { "x-ratelimit-reset": "1e308", "x-ratelimit-delay": "1e308", "x-ratelimit-remaining": "1" };
  expect(readRateLimit(headers, nowMs)).toEqual({
    delayedMs: 86_400_000,
    remaining: 1,
    resetAtMs: nowMs + 86_400_000,
  });
});

test("a resource that repeats what was sent does not tell it", () => {
  const redact = (text: string) => text.replaceAll("s3cret", "[secret]");
  expect(readRateLimit({ "x-ratelimit-resource": "s3cret" }, nowMs, redact)).toEqual({ resource: "[secret]" });
});

test("of a repeated header the first value counts", () => {
  expect(headerValue({ "retry-after": ["3", "9"] }, "retry-after")).toBe("3");
  expect(readRateLimit({ "retry-after": ["3", "9"] }, nowMs)).toEqual({ retryAfterMs: 3000 });
});
