import { type Call, mayWaitUntilMs, withinCall } from "./call.ts";
import { ConnectorError, heldTooLong } from "./errors.ts";

/** A value that is loaded when first asked for and then kept. */
export interface Shared<T> {
  /** The value; all callers of one time share one load, which is given up when the last of them has gone. */
  get(call: Call): Promise<T>;
  /** Starts the load for somebody who will come later; its failure is told to whoever asks next by a load of its own. */
  prefetch(call: Call): void;
  readonly started: boolean;
  /** The value, once it is there. */
  readonly value: T | undefined;
}

export interface SharedOptions {
  /** How long the value is good for, from its completion; without it, as long as it is held. */
  readonly ttlMs?: number;
}

interface Waiter {
  readonly held: (untilMs: number, route: string) => void;
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly waiters: Set<Waiter>;
  /** Until when the upstream budget holds it, as far as it has told. */
  readonly held: { untilMs: number; route: string };
}

/**
 * Single flight with reference counting. A failure is not kept: the next caller loads again. The load runs under a
 * signal of its own, so that one caller's cancellation does not take the answer from the others; for the same reason
 * it waits as long as the upstream budget asks, and only those callers fail who may not wait so long.
 */
export function createShared<T>(load: (call: Call) => Promise<T>, { ttlMs }: SharedOptions = {}): Shared<T> {
  let done: { readonly value: T; readonly untilMs: number } | undefined;
  let running: Running<T> | undefined;

  function start(call: Call): Running<T> {
    const controller = new AbortController();
    const waiters = new Set<Waiter>();
    const held = { untilMs: 0, route: "" };
    const own: Call = {
      ...call,
      signal: controller.signal,
      deadlineMs: Number.POSITIVE_INFINITY,
      held(untilMs, route) {
        Object.assign(held, { untilMs, route });
        for (const waiter of waiters) waiter.held(untilMs, route);
      },
    };
    const begun: Running<T> = { promise: load(own), controller, waiters, held };
    running = begun;
    begun.promise.then(
      (value) => {
        done = { value, untilMs: Date.now() + (ttlMs ?? Number.POSITIVE_INFINITY) };
        if (running === begun) running = undefined;
      },
      () => {
        if (running === begun) running = undefined;
      },
    );
    return begun;
  }

  function leave(left: Running<T>, waiter: Waiter): void {
    left.waiters.delete(waiter);
    if (left.waiters.size > 0 || running !== left) return;
    running = undefined;
    left.controller.abort(new ConnectorError("canceled", "nobody waits for this reading any more"));
  }

  /** Waits with the others; who may not wait as long as the load is held goes, and the load goes on for its return. */
  async function join(joined: Running<T>, call: Call): Promise<T> {
    const gone = Promise.withResolvers<never>();
    const untilMs = mayWaitUntilMs(call);
    const waiter: Waiter = {
      held(heldUntilMs, route) {
        if (call.held) return call.held(heldUntilMs, route);
        if (heldUntilMs <= untilMs) return;
        joined.waiters.add(absent);
        gone.reject(heldTooLong(heldUntilMs, route));
      },
    };
    joined.waiters.add(waiter);
    const { held } = joined;
    if (held.untilMs > Date.now()) waiter.held(held.untilMs, held.route);
    try {
      return await Promise.race([gone.promise, withinCall(joined.promise, call)]);
    } finally {
      leave(joined, waiter);
    }
  }

  function current(): { readonly value: T } | undefined {
    if (done && done.untilMs <= Date.now()) done = undefined;
    return done;
  }

  return {
    async get(call) {
      const kept = current();
      return kept ? kept.value : join(running ?? start(call), call);
    },
    prefetch(call) {
      if (current() || running || call.signal.aborted) return;
      const begun = start(call);
      const waiter: Waiter = { held: () => undefined };
      begun.waiters.add(waiter);
      // Who went away does not come for it either; others who wait by then keep it going.
      const onAbort = () => leave(begun, waiter);
      call.signal.addEventListener("abort", onAbort, { once: true });
      const forget = () => call.signal.removeEventListener("abort", onAbort);
      begun.promise.then(forget, forget);
    },
    get started() {
      return current() !== undefined || running !== undefined;
    },
    get value() {
      return current()?.value;
    },
  };
}

/** Stands for callers who were told to come back: what they need is not given up meanwhile. */
const absent: Waiter = { held: () => undefined };
