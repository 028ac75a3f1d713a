import type { RequestSeen } from "../requests.ts";

/** How a request beyond twice the limit is refused; the service may close or go silent instead (facts 10.3). */
export const throttleRefusals = ["429", "close", "timeout"] as const;

/** Limits of each credential, as upstream has them when nothing is given (facts 10.1). */
export interface ThrottleOptions {
  /** Units of the window before requests are delayed; 200. */
  readonly limitUnits?: number;
  /** Length of the sliding window; 300,000. Retry-After and Reset stay whole seconds, rounded up, however short it is. */
  readonly windowMs?: number;
  /** What a request costs; 1. */
  readonly unitsPerRequest?: number | ((request: RequestSeen) => number);
  /** Longest delay, just below twice the limit; 30 s of a window of 300 s, and in proportion. */
  readonly maxDelayMs?: number;
  readonly refuseBy?: (typeof throttleRefusals)[number];
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
}

/** The limits with every default. */
export interface Limits {
  readonly limitUnits: number;
  readonly windowMs: number;
  readonly unitsOf: (request: RequestSeen) => number;
  readonly maxDelayMs: number;
  readonly refuseBy: (typeof throttleRefusals)[number];
  readonly now: () => number;
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`throttle: ${name} must be a number above 0, not ${value}`);
}

/** Fills every default, or tells by a RangeError what cannot be. */
export function resolveLimits(options: ThrottleOptions): Limits {
  const windowMs = positive("windowMs", options.windowMs ?? 300_000);
  const units = options.unitsPerRequest ?? 1;
  const refuseBy = throttleRefusals.find((each) => each === (options.refuseBy ?? "429"));
  if (!refuseBy) {
    throw new RangeError(`throttle: refuseBy must be one of ${throttleRefusals.join(", ")}, not ${options.refuseBy}`);
  }
  return {
    limitUnits: positive("limitUnits", options.limitUnits ?? 200),
    windowMs,
    unitsOf: typeof units === "number" ? () => units : units,
    maxDelayMs: positive("maxDelayMs", options.maxDelayMs ?? windowMs / 10),
    refuseBy,
    now: options.now ?? Date.now,
  };
}
