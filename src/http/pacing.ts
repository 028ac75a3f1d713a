import type { RateLimitSign } from "./rate-limit.ts";

/**
 * How long to wait before the next request so that the units which are left last until the reset.
 * Nothing is held back while more than a fifth of the limit remains; the service itself starts to tell at about that
 * point. The cost of a request is learnt from how `remaining` falls between answers.
 */
export interface Pacing {
  observe(sign: RateLimitSign, nowMs: number): void;
  /** Milliseconds to wait before a request that starts at `nowMs`; 0 when it may go. */
  gap(nowMs: number, inFlight: number): number;
  readonly remaining: number | undefined;
  readonly resetAtMs: number | undefined;
  readonly resource: string | undefined;
}

const freeShare = 0.2;
/** Past the limit the service delays before it refuses (at twice the limit), so a trickle may go on at zero. */
const overdraftShare = 0.1;

export function createPacing(): Pacing {
  let last: (RateLimitSign & { atMs: number }) | undefined;
  let unitsPerRequest = 1;
  let answersSince = 0;
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
      if (sign.remaining === undefined) return;
      if (last?.remaining !== undefined && sign.remaining < last.remaining) {
        const cost = (last.remaining - sign.remaining) / answersSince;
        unitsPerRequest = 0.7 * unitsPerRequest + 0.3 * cost;
      }
      answersSince = 0;
      last = { ...sign, atMs: nowMs };
    },
    gap(nowMs, inFlight) {
      const { remaining, limit, resetAtMs } = last ?? {};
      if (remaining === undefined || resetAtMs === undefined || resetAtMs <= nowMs) return 0;
      if (limit !== undefined && remaining > limit * freeShare) return 0;
      const units = remaining + (limit ?? 0) * overdraftShare;
      const requestsLeft = units / Math.max(unitsPerRequest, 0.01) - inFlight;
      return (resetAtMs - nowMs) / Math.max(requestsLeft, 1);
    },
  };
}
