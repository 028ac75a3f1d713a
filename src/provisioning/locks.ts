import { type Call, withinCall } from "../call.ts";

/** Lets one work at a time run for each key. */
export interface Locks {
  /** Waits for its turn at all of the keys within the call; the work itself is not ended with the call. */
  run<T>(keys: readonly string[], call: Call, work: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(keys, call, work) {
      // It queues up at all keys at one moment, so that no two works wait for each other.
      const before = Promise.all(keys.map((key) => tails.get(key)));
      const { promise: turn, resolve: pass } = Promise.withResolvers<void>();
      // Whoever comes next waits for this one and for all before it, even when this one gives up waiting.
      const tail = Promise.all([before, turn]);
      for (const key of keys) tails.set(key, tail);
      try {
        await withinCall(before, call);
        return await work();
      } finally {
        pass();
        tail.then(() => {
          for (const key of keys) if (tails.get(key) === tail) tails.delete(key);
        });
      }
    },
  };
}
