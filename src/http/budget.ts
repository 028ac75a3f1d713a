import { type Call, withinCall } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import { type AdaptiveLimitOptions, createAdaptiveLimit } from "./concurrency.ts";
import { createPacing } from "./pacing.ts";
import type { RateLimitSign } from "./rate-limit.ts";

/**
 * The one budget of a credential and organization: every upstream request takes a permit from it. Azure DevOps limits
 * by identity, so all that share the identity share this. It holds requests while the service asks for a pause,
 * spaces them when units run out, and adapts how many are under way at once.
 */
export interface Budget {
  /** Waits for a permit; fails with `rate-limited` when the pause outlasts the call's deadline. */
  acquire(call: Pick<Call, "signal" | "deadlineMs" | "lane">): Promise<Permit>;
  readonly state: BudgetState;
}

export interface Permit {
  readonly startedAtMs: number;
  /** Says how the request went; every permit is given back exactly once. */
  release(outcome: Outcome): void;
}

export interface Outcome {
  readonly sign?: RateLimitSign;
  /** 429, 503, a time-out or a closed connection: upstream may do any of these when it throttles. */
  readonly throttled: boolean;
}

export interface BudgetState {
  readonly concurrencyLimit: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly pausedUntilMs: number | undefined;
  readonly rateLimitRemaining: number | undefined;
  readonly rateLimitResetAtMs: number | undefined;
  readonly rateLimitResource: string | undefined;
}

export interface BudgetOptions extends Partial<AdaptiveLimitOptions> {
  readonly now?: () => number;
}

/** Longer pauses are told to the platform, which waits as long by itself and knows why. */
const maxWaitMs = 60_000;

interface Waiter {
  readonly deadlineMs: number;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: ConnectorError) => void;
}

export function createBudget({ initial = 6, min = 1, max = 16, now = Date.now }: BudgetOptions = {}): Budget {
  const adaptive = createAdaptiveLimit({ initial, min, max });
  const pacing = createPacing();
  const waiting: Record<Call["lane"], Waiter[]> = { write: [], read: [] };
  let inFlight = 0;
  let pausedUntilMs = 0;
  let lastStartMs = 0;
  let timer: NodeJS.Timeout | undefined;

  /** The earliest moment at which the head of a lane may start, as far as time is concerned. */
  function notBefore(lane: Call["lane"]): number {
    const paced = lane === "write" ? 0 : lastStartMs + pacing.gap(now(), inFlight);
    return Math.max(pausedUntilMs, paced);
  }

  /** One permit above the limit is kept for writes, so that a Grant never waits for a sync's requests to end. */
  const hasRoom = (lane: Call["lane"]) => inFlight < adaptive.limit + (lane === "write" ? 1 : 0);

  function pump(): void {
    clearTimeout(timer);
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const lane of ["write", "read"] as const) {
      while (waiting[lane].length > 0 && hasRoom(lane)) {
        const at = notBefore(lane);
        if (at > now()) {
          wakeAtMs = Math.min(wakeAtMs, at);
          break;
        }
        waiting[lane].shift()?.grant(startRequest());
      }
    }
    if (wakeAtMs < Number.POSITIVE_INFINITY) timer = setTimeout(pump, Math.min(wakeAtMs - now(), 60_000));
  }

  /** Holds everything; who cannot wait so long is told at once when to come back. */
  function pause(untilMs: number): void {
    pausedUntilMs = Math.max(pausedUntilMs, untilMs);
    for (const lane of ["write", "read"] as const) {
      const [late, patient] = partition(waiting[lane], ({ deadlineMs }) => deadlineMs < pausedUntilMs);
      waiting[lane] = patient;
      for (const { refuse } of late) refuse(rateLimited(pausedUntilMs));
    }
  }

  function startRequest(): Permit {
    inFlight += 1;
    const startedAtMs = now();
    lastStartMs = startedAtMs;
    let released = false;
    return {
      startedAtMs,
      release({ sign, throttled }) {
        if (released) return;
        released = true;
        inFlight -= 1;
        const nowMs = now();
        if (sign?.retryAfterMs !== undefined) pause(nowMs + sign.retryAfterMs);
        if (sign) pacing.observe(sign, nowMs);
        const slowedDown = throttled || sign?.retryAfterMs !== undefined || (sign?.delayedMs ?? 0) > 0;
        if (slowedDown) adaptive.throttled(startedAtMs, nowMs);
        else adaptive.prompt();
        pump();
      },
    };
  }

  return {
    async acquire(call) {
      const at = notBefore(call.lane);
      const deadlineMs = Math.min(call.deadlineMs, now() + maxWaitMs);
      if (at > deadlineMs) throw rateLimited(at);
      let waiter: Waiter | undefined;
      let granted = false;
      const permit = new Promise<Permit>((resolve, refuse) => {
        const grant = (given: Permit) => {
          granted = true;
          resolve(given);
        };
        waiter = { deadlineMs, grant, refuse };
        waiting[call.lane].push(waiter);
      });
      pump();
      try {
        return await withinCall(permit, call);
      } catch (error) {
        const queue = waiting[call.lane];
        const index = waiter ? queue.indexOf(waiter) : -1;
        if (index >= 0) {
          queue.splice(index, 1);
          pump(); // Nobody is left to be woken, perhaps.
        } else if (granted) permit.then((given) => given.release({ throttled: false }));
        if (isConnectorError(error, "timeout") && pausedUntilMs > now()) throw rateLimited(pausedUntilMs);
        throw error;
      }
    },
    get state() {
      return {
        concurrencyLimit: adaptive.limit,
        inFlight,
        waiting: waiting.read.length + waiting.write.length,
        pausedUntilMs: pausedUntilMs > now() ? pausedUntilMs : undefined,
        rateLimitRemaining: pacing.remaining,
        rateLimitResetAtMs: pacing.resetAtMs,
        rateLimitResource: pacing.resource,
      };
    },
  };
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function rateLimited(atMs: number): ConnectorError {
  const when = new Date(atMs).toISOString();
  return new ConnectorError(
    "rate-limited",
    `Azure DevOps asked for a pause until ${when}, which is later than this call may take; try again then`,
    { retryAtMs: atMs },
  );
}
