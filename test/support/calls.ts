import type { Call } from "../../src/call.ts";
import { ConnectorError } from "../../src/errors.ts";
import { silentLog } from "../../src/telemetry/log.ts";

/** A call without deadline that nobody cancels, but for what is given. */
export function testCall(options: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    lane: "read",
    log: silentLog,
    upstream: { requests: 0 },
    ...options,
  };
}

/** The ConnectorError with which a promise is rejected; fails for any other outcome. */
export async function failureFrom(promise: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await promise.then(
    (value) => new Error(`expected a failure, got ${String(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw outcome;
}

/** The ConnectorError that `run` throws; fails for any other outcome. */
export function thrownBy(run: () => unknown): ConnectorError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error("expected a failure, got none");
}
