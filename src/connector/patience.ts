import type { Call } from "../call.ts";

/** Told instead of a value that was not there in time; whoever loads it goes on meanwhile. */
export const notYet = Symbol("not yet");

/** How long a listing call waits for rows before it answers an empty page, so that no caller's deadline passes. */
export const patienceMs = 10_000;

/**
 * Waits for `promise` at most `ms`, and always ends a little before the call's own deadline: an empty page lets the
 * caller come back, a passed deadline would make it start again.
 */
export async function waitAtMost<T>(promise: Promise<T>, ms: number, call: Call): Promise<T | typeof notYet> {
  const left = call.deadlineMs - Date.now();
  const margin = Math.min(500, left / 4);
  const waitMs = Math.max(Math.min(ms, left - margin), 0);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof notYet>((resolve) => {
    timer = setTimeout(() => resolve(notYet), waitMs);
  });
  promise.catch(() => undefined); // Told to whoever asks next, when nobody waits for it any more.
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
