import { type Call, withinCall } from "../call.ts";

/** Lets one work at a time run for each key. */
export interface Locks {
  /** Waits for its turn within the call; the work itself is not ended with the call. */
  run<T>(key: string, call: Call, work: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(key, call, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const { promise: turn, resolve: pass } = Promise.withResolvers<void>();
      // Whoever comes next waits for this one and for all before it, even when this one gives up waiting.
      const tail = Promise.all([before, turn]);
      tails.set(key, tail);
      try {
        await withinCall(before, call);
        return await work();
      } finally {
        pass();
        tail.then(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      }
    },
  };
}
