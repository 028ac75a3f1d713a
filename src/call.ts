import { abortError, ConnectorError } from "./errors.ts";
import type { Log } from "./telemetry/log.ts";

/** What every operation below the server gets to know of the call that it serves. */
export interface Call {
  readonly signal: AbortSignal;
  /** Epoch milliseconds by which the answer is wanted; Infinity when the caller set no deadline. */
  readonly deadlineMs: number;
  readonly lane: Lane;
  readonly log: Log;
  /** Counted up by the HTTP layer with each upstream request that this call caused. */
  readonly upstream: { requests: number };
  /**
   * Told when the upstream budget holds the request `route` of this call until about `untilMs`. Who takes it decides what that
   * means for those it works for; without it, the request itself fails when that is later than it may wait.
   */
  readonly held?: (untilMs: number, route: string) => void;
}

/** Longer waits are told to the platform, which waits as long by itself and knows why. */
const maxWaitMs = 60_000;

/** Until when this call may be held by the upstream budget, in epoch milliseconds. */
export function mayWaitUntilMs({ deadlineMs }: Pick<Call, "deadlineMs">, nowMs = Date.now()): number {
  return Math.min(deadlineMs, nowMs + maxWaitMs);
}

/** A Grant must not queue behind a sync: the two have a lane each. */
export type Lane = "read" | "write";

/** Settles as `promise` does, or fails when the call is canceled or its deadline passes, whichever is first. */
export function withinCall<T>(promise: Promise<T>, call: Pick<Call, "signal">): Promise<T> {
  const { signal } = call;
  if (signal.aborted) {
    promise.catch(() => undefined); // Nobody waits for it any more.
    return Promise.reject(abortError(signal));
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Waits `ms`, or fails when the signal aborts; leaves no listener and no timer behind. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** A failure to be told as a bug, with what was expected. */
export function bug(message: string, cause?: unknown): ConnectorError {
  return new ConnectorError("bug", message, { cause });
}
