import { type Call, mayWaitUntilMs, withinCall } from "../call.ts";
import { ConnectorError, heldTooLong, isConnectorError } from "../errors.ts";
import { type AdaptiveLimitOptions, createAdaptiveLimit } from "./concurrency.ts";
import { type CoolDownOptions, createCoolDown, defaultCoolDown } from "./cool-down.ts";
import { createPacing } from "./pacing.ts";
import type { RateLimitSign } from "./rate-limit.ts";

/**
 * The one budget of a credential and organization: every upstream request takes a permit from it. Azure DevOps limits
 * by identity, so all that share the identity share this. It holds requests while the service asks for a pause,
 * spaces them when units run out, and adapts how many are under way at once.
 */
export interface Budget {
  /** Waits for a permit; a call that may not wait so long fails with `rate-limited`, and one that can is told. */
  acquire(call: BudgetCall, route: string): Promise<Permit>;
  readonly state: BudgetState;
  /** Ends every wait: nobody will come for what is waited for. */
  close(): void;
}

type BudgetCall = Pick<Call, "signal" | "deadlineMs" | "lane" | "held">;

export interface Permit {
  readonly startedAtMs: number;
  /** Says how the request went; every permit is given back exactly once. */
  release(outcome: Outcome): void;
}

/**
 * How a request went: an answer; a sign of overload (5xx, a time-out, a cut connection), which is a refusal while the
 * units run out; or a refusal (429).
 */
export type Outcome =
  | { readonly kind: "answered" | "overloaded" | "refused"; readonly sign?: RateLimitSign }
  | { readonly kind: "unknown" };

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
  readonly coolDown?: CoolDownOptions;
  readonly now?: () => number;
}

interface Waiter {
  readonly route: string;
  readonly untilMs: number;
  readonly held: Call["held"];
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: ConnectorError) => void;
}

/** So many overloads without an answer between them are taken for a refusal, wherever they come from. */
const overloadsInRow = 3;
/** Without any sign that the units run out it may be a failure, after which changes should not have to wait for long. */
const longestGuessMs = 30_000;

/** Readings that callers come back for outlast their patience, but not every pause. */
const longestHoldMs = 15 * 60_000;

const lanes = ["write", "read"] as const;

export function createBudget(options: BudgetOptions = {}): Budget {
  const { initial = 6, min = 1, max = 16, coolDown: coolDownOptions = defaultCoolDown, now = Date.now } = options;
  const adaptive = createAdaptiveLimit({ initial, min, max });
  const pacing = createPacing();
  const coolDown = createCoolDown(coolDownOptions);
  const waiting: Record<Call["lane"], Waiter[]> = { write: [], read: [] };
  /** A delay that came with a good answer holds the reads; after a refusal nothing goes. */
  const pausedUntil: Record<Call["lane"], number> = { write: 0, read: 0 };
  let inFlight = 0;
  let overloads = 0;
  let lastStartMs = 0;
  let timer: NodeJS.Timeout | undefined;

  /** The earliest moment at which the head of a lane may start, as far as time is concerned. */
  function notBefore(lane: Call["lane"]): number {
    const paced = lane === "write" ? 0 : lastStartMs + pacing.gap(now(), inFlight);
    return Math.max(pausedUntil[lane], paced);
  }

  /** When a request that is asked for now would start, with those that wait before it. */
  function expectedStart(lane: Call["lane"]): number {
    const gap = lane === "write" ? 0 : pacing.gap(now(), inFlight);
    return notBefore(lane) + gap * waiting[lane].length;
  }

  /** One permit above the limit is kept for writes, so that a Grant never waits for a sync's requests to end. */
  const hasRoom = (lane: Call["lane"]) => inFlight < adaptive.limit + (lane === "write" ? 1 : 0);

  function pump(): void {
    clearTimeout(timer);
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
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

  /** Holds a lane; who cannot wait so long is told at once when to come back. */
  function pause(lane: Call["lane"], untilMs: number): void {
    if (untilMs <= pausedUntil[lane]) return;
    pausedUntil[lane] = untilMs;
    const [late, patient] = partition(waiting[lane], (waiter) => waiter.untilMs < untilMs);
    waiting[lane] = patient;
    for (const { refuse, route } of late) refuse(heldTooLong(untilMs, route));
    for (const { held, route } of patient) held?.(untilMs, route);
  }

  function settle(outcome: Outcome, startedAtMs: number): void {
    const nowMs = now();
    if (outcome.kind === "unknown") return;
    const { sign, kind } = outcome;
    overloads = kind === "overloaded" ? overloads + 1 : 0;
    const isSlowed = kind !== "answered" || sign?.retryAfterMs !== undefined || (sign?.delayedMs ?? 0) > 0;
    if (sign) pacing.observe(sign, nowMs);
    if (isSlowed) adaptive.throttled(startedAtMs, nowMs);
    else adaptive.prompt();
    if (kind === "answered") coolDown.answered(startedAtMs);
    // A refusal that says "at once" would be asked for again at once.
    const told = sign?.retryAfterMs;
    const coolDownMs = told === undefined || kind === "refused" ? coolDownAfter(kind, startedAtMs) : undefined;
    const delayMs = told === undefined ? coolDownMs : Math.max(told, coolDownMs ?? 0);
    if (delayMs === undefined) return;
    pause("read", nowMs + delayMs);
    if (kind !== "answered") pause("write", nowMs + delayMs);
  }

  /** What is held after a failure that names no delay itself, if anything. */
  function coolDownAfter(kind: "answered" | "overloaded" | "refused", startedAtMs: number): number | undefined {
    if (kind === "refused") return coolDown.refused(startedAtMs, now());
    if (kind === "answered") return undefined;
    if (pacing.isPressed(now())) return coolDown.refused(startedAtMs, now());
    if (overloads < overloadsInRow) return undefined;
    const delayMs = coolDown.refused(startedAtMs, now());
    return delayMs && Math.min(delayMs, longestGuessMs);
  }

  function startRequest(): Permit {
    inFlight += 1;
    const startedAtMs = now();
    lastStartMs = startedAtMs;
    let released = false;
    return {
      startedAtMs,
      release(outcome) {
        if (released) return;
        released = true;
        inFlight -= 1;
        settle(outcome, startedAtMs);
        pump();
      },
    };
  }

  return {
    async acquire(call, route) {
      const { lane, held } = call;
      const untilMs = held ? now() + longestHoldMs : mayWaitUntilMs(call, now());
      const at = expectedStart(lane);
      // A deadline that has passed is no matter of the budget, unless that holds requests.
      if (at > now() && at > untilMs) throw heldTooLong(at, route);
      const { promise: permit, resolve: grant, reject: refuse } = Promise.withResolvers<Permit>();
      const waiter: Waiter = { route, untilMs, held, grant, refuse };
      waiting[lane].push(waiter);
      pump();
      if (at > now()) held?.(at, route);
      try {
        return await withinCall(permit, call);
      } catch (error) {
        const index = waiting[lane].indexOf(waiter);
        if (index >= 0) {
          waiting[lane].splice(index, 1);
          pump(); // Nobody is left to be woken, perhaps.
        } else permit.then((given) => given.release({ kind: "unknown" })).catch(() => undefined);
        if (isConnectorError(error, "timeout") && notBefore(lane) > now()) throw heldTooLong(notBefore(lane), route);
        throw error;
      }
    },
    get state() {
      const pausedUntilMs = Math.max(pausedUntil.read, pausedUntil.write);
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
    close() {
      clearTimeout(timer);
      for (const lane of lanes) {
        for (const { refuse } of waiting[lane].splice(0)) refuse(new ConnectorError("canceled", "the connector stops"));
      }
    },
  };
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
