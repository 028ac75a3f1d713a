import type { RateLimitSign } from "./rate-limit.ts";

/**
 * How long to wait before the next request so that the units which are left last until the reset.
 * Nothing is held back while more than a fifth of the limit remains; the service itself starts to tell at about that
 * point. The cost of a request is learnt from how `remaining` falls between answers.
 */
export interface Pacing {
  observe(sign: RateLimitSign, nowMs: number): void;
  /** Milliseconds to wait between the last start and a request that starts at `nowMs`; 0 when it may go. */
  gap(nowMs: number, inFlight: number): number;
  /** True while units run out or the service delays: a connection that it closes then is a refusal. */
  isPressed(nowMs: number): boolean;
  readonly remaining: number | undefined;
  readonly resetAtMs: number | undefined;
  readonly resource: string | undefined;
}

const freeShare = 0.2;
/** Left alone by what is paced, so that a change can still be made without being delayed. */
const reservedShare = 0.02;
/** Without units left, so many requests a window find out whether there are some again. */
const probesPerWindow = 10;
/** A delay says as much as the headers for so long. */
const delayMemoryMs = 300_000;

export function createPacing(): Pacing {
  let last: (RateLimitSign & { readonly atMs: number }) | undefined;
  let unitsPerRequest = 1;
  let answersSince = 0;
  let delayedAtMs = Number.NEGATIVE_INFINITY;

  function isLow(nowMs: number): boolean {
    const { remaining, limit, resetAtMs } = last ?? {};
    if (remaining === undefined || resetAtMs === undefined || resetAtMs <= nowMs) return false;
    return limit === undefined || remaining <= limit * freeShare;
  }

  return {
    get remaining() {
      return last?.remaining;
    },
    get resetAtMs() {
      return last?.resetAtMs;
    },
    get resource() {
      return last?.resource;
    },
    observe(sign, nowMs) {
      answersSince += 1;
      if (sign.delayedMs || sign.retryAfterMs) delayedAtMs = nowMs;
      if (sign.remaining === undefined) return;
      if (last?.remaining !== undefined && sign.remaining < last.remaining) {
        const cost = (last.remaining - sign.remaining) / answersSince;
        unitsPerRequest = 0.7 * unitsPerRequest + 0.3 * cost;
      }
      answersSince = 0;
      last = { ...sign, atMs: nowMs };
    },
    gap(nowMs, inFlight) {
      if (!isLow(nowMs)) return 0;
      const { remaining = 0, limit = 0, resetAtMs = nowMs, atMs = nowMs } = last ?? {};
      const cost = Math.max(unitsPerRequest, 0.01);
      const requestsLeft = (remaining - limit * reservedShare) / cost - inFlight;
      if (requestsLeft >= 1) return (resetAtMs - nowMs) / requestsLeft;
      return Math.min((resetAtMs - atMs) / probesPerWindow, resetAtMs - nowMs);
    },
    isPressed: (nowMs) => isLow(nowMs) || nowMs - delayedAtMs < delayMemoryMs,
  };
}
