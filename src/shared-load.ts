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

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Single flight with reference counting. A failure is not kept: the next caller loads again. The load runs under a
 * signal of its own, so that one caller's cancellation does not take the answer from the others.
 */
export function createShared<T>(load: (call: Call) => Promise<T>): Shared<T> {
  let done: { readonly value: T } | undefined;
  let running: Running<T> | undefined;

  function start(call: Call): Running<T> {
    const controller = new AbortController();
    const own: Call = { ...call, signal: controller.signal, deadlineMs: Number.POSITIVE_INFINITY };
    const current: Running<T> = { promise: load(own), controller, waiters: 0 };
    running = current;
    current.promise.then(
      (value) => {
        done = { value };
        if (running === current) running = undefined;
      },
      () => {
        if (running === current) running = undefined;
      },
    );
    return current;
  }

  function leave(current: Running<T>): void {
    current.waiters -= 1;
    if (current.waiters > 0 || running !== current) return;
    running = undefined;
    current.controller.abort(new ConnectorError("canceled", "nobody waits for this reading any more"));
  }

  return {
    async get(call) {
      if (done) return done.value;
      const current = running ?? start(call);
      current.waiters += 1;
      try {
        return await withinCall(current.promise, call);
      } finally {
        leave(current);
      }
    },
    prefetch(call) {
      if (done || running) return;
      start(call).waiters += 1;
    },
    get started() {
      return done !== undefined || running !== undefined;
    },
    get value() {
      return done?.value;
    },
  };
}
