/**
 * Reads a `Retry-After` header: seconds (decimals are seen upstream) or an HTTP date.
 * Returns the delay in milliseconds from `nowMs`, or undefined when the header is absent or makes no sense.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.min(Math.ceil(seconds * 1000), maxDelayMs) : undefined;
  // `Date.parse` reads a date in almost any text that holds a digit; every form of an HTTP date has a time of day.
  const at = /\d\d:\d\d:\d\d/.test(header) ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(at - nowMs, 0), maxDelayMs);
}

/** A day: beyond it a header is taken for nonsense rather than obeyed to the letter. */
export const maxDelayMs = 86_400_000;
