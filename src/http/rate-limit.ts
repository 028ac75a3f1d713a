import { maxDelayMs, parseRetryAfter } from "./retry-after.ts";

/** What one answer says of the caller's consumption (Azure DevOps: 200 units per identity in five sliding minutes). */
export interface RateLimitSign {
  /** Hold every request for this long; also comes with status 200, whose body is valid all the same. */
  readonly retryAfterMs?: number;
  /** How long the service held this request back. */
  readonly delayedMs?: number;
  readonly limit?: number;
  readonly remaining?: number;
  /** Epoch milliseconds at which consumption would be back at zero. */
  readonly resetAtMs?: number;
  readonly resource?: string;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads `Retry-After` and `X-RateLimit-*`; all of them are absent while consumption is low. */
export function readRateLimit(headers: Headers, nowMs: number, redact = (text: string) => text): RateLimitSign {
  const retryAfterMs = parseRetryAfter(headerValue(headers, "retry-after"), nowMs);
  const delay = headerNumber(headers, "x-ratelimit-delay");
  const limit = headerNumber(headers, "x-ratelimit-limit");
  const remaining = headerNumber(headers, "x-ratelimit-remaining");
  const reset = headerNumber(headers, "x-ratelimit-reset");
  const resource = headerValue(headers, "x-ratelimit-resource");
  return {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(delay === undefined ? {} : { delayedMs: Math.min(delay * 1000, maxDelayMs) }),
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(reset === undefined ? {} : { resetAtMs: nowMs + resetInMs(reset * 1000, headers, nowMs) }),
    ...(resource === undefined ? {} : { resource: redact(resource).slice(0, 200) }),
  };
}

/** The service's window (facts 10.1): nothing takes longer to come back to zero. */
const windowMs = 300_000;
/** `Date` has whole seconds and is as old as the answer. */
const sameClockMs = 2_000;

/** How long it is until the reset, which is told by the service's clock and not by this machine's. */
function resetInMs(resetAtMs: number, headers: Headers, nowMs: number): number {
  const dateMs = Date.parse(headerValue(headers, "date") ?? "");
  const offClock = Number.isFinite(dateMs) && Math.abs(dateMs - nowMs) > sameClockMs;
  return Math.min(Math.max(Math.ceil(resetAtMs - (offClock ? dateMs : nowMs)), 0), windowMs);
}

/** The first value of a header, whose name is given in lower case. */
export function headerValue(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function headerNumber(headers: Headers, name: string): number | undefined {
  const text = headerValue(headers, name);
  if (text === undefined || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
