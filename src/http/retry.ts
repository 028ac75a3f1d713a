import type { ConnectorError } from "../errors.ts";

/** What the retry decision looks at. */
export interface RetryQuestion {
  readonly error: ConnectorError;
  /** 1 after the first try. */
  readonly tries: number;
  readonly idempotent: boolean;
  /** What the service itself asked for, if it did. */
  readonly retryAfterMs: number | undefined;
  readonly nowMs: number;
  readonly deadlineMs: number;
}

export interface RetryPolicy {
  readonly maxTries: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxTries: 4, baseMs: 250, maxMs: 8_000 };

/**
 * How long to wait before the next try, or undefined to give up. Only idempotent requests are tried again; a delay that
 * the service chose is taken as it is, our own has full jitter; nothing is waited for that ends after the deadline.
 */
export function retryDelay(
  question: RetryQuestion,
  policy: RetryPolicy = defaultRetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  const { error, tries, idempotent, retryAfterMs, nowMs, deadlineMs } = question;
  if (!idempotent || tries >= maxTries(error, policy) || !isTransient(error)) return undefined;
  const ceiling = Math.min(policy.baseMs * 2 ** (tries - 1), policy.maxMs);
  const delay = retryAfterMs ?? random() * ceiling;
  return nowMs + delay < deadlineMs ? delay : undefined;
}

/** An answer that is JSON but not the expected JSON is asked for once more, since a proxy may have made it. */
function maxTries(error: ConnectorError, policy: RetryPolicy): number {
  return error.kind === "unexpected-answer" ? Math.min(2, policy.maxTries) : policy.maxTries;
}

function isTransient(error: ConnectorError): boolean {
  return ["rate-limited", "unavailable", "timeout", "malformed-answer", "unexpected-answer"].includes(error.kind);
}
