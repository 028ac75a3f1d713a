import { type Call, sleep } from "../call.ts";
import { isConnectorError } from "../errors.ts";

/** Tries again what can get better by itself: a platform does not try a failed validation again. */
export type Patience = <T>(run: () => Promise<T>) => Promise<T>;

const firstWaitMs = 1_000;
const longestWaitMs = 8_000;

/** Gives up after `patienceMs`, and a little before the call's deadline, so that the failure can still be told. */
export function createPatience(patienceMs: number, call: Call): Patience {
  const now = Date.now();
  const marginMs = Math.min(1_000, Math.max(call.deadlineMs - now, 0) / 4);
  const giveUpAtMs = Math.min(now + patienceMs, call.deadlineMs - marginMs);
  return async (run) => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        return await run();
      } catch (error) {
        if (!isConnectorError(error, "unavailable", "timeout", "rate-limited", "malformed-answer")) throw error;
        const againAtMs = error.retryAtMs ?? Date.now() + waitMs;
        if (againAtMs > giveUpAtMs) throw error;
        call.log.debug({ kind: error.kind, message: error.message, againAtMs }, "a check is tried again");
        await sleep(Math.max(againAtMs - Date.now(), 0), call.signal);
      }
    }
  };
}
