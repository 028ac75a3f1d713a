import { type Call, withinCall } from "./call.ts";
import { ConnectorError } from "./errors.ts";

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

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Single flight with reference counting. A failure is not kept: the next caller loads again. The load runs under a
 * signal of its own, so that one caller's cancellation does not take the answer from the others.
 */
export function createShared<T>(load: (call: Call) => Promise<T>, { ttlMs }: SharedOptions = {}): Shared<T> {
  let done: { readonly value: T; readonly untilMs: number } | undefined;
  let running: Running<T> | undefined;

  function start(call: Call): Running<T> {
    const controller = new AbortController();
    const own: Call = { ...call, signal: controller.signal, deadlineMs: Number.POSITIVE_INFINITY };
    const begun: Running<T> = { promise: load(own), controller, waiters: 0 };
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

  function leave(left: Running<T>): void {
    left.waiters -= 1;
    if (left.waiters > 0 || running !== left) return;
    running = undefined;
    left.controller.abort(new ConnectorError("canceled", "nobody waits for this reading any more"));
  }

  function current(): { readonly value: T } | undefined {
    if (done && done.untilMs <= Date.now()) done = undefined;
    return done;
  }

  return {
    async get(call) {
      const kept = current();
      if (kept) return kept.value;
      const load = running ?? start(call);
      load.waiters += 1;
      try {
        return await withinCall(load.promise, call);
      } finally {
        leave(load);
      }
    },
    prefetch(call) {
      if (current() || running || call.signal.aborted) return;
      const load = start(call);
      load.waiters += 1;
      // Who went away does not come for it either; others who wait by then keep it going.
      const onAbort = () => leave(load);
      call.signal.addEventListener("abort", onAbort, { once: true });
      const forget = () => call.signal.removeEventListener("abort", onAbort);
      load.promise.then(forget, forget);
    },
    get started() {
      return current() !== undefined || running !== undefined;
    },
    get value() {
      return current()?.value;
    },
  };
}
