/**
 * What went wrong, in the connector's own words. The gRPC code of each kind is decided at the edge, in one table
 * (`server/error-codes.ts`), so that nothing inside has to know about gRPC.
 */
export type ErrorKind =
  | "rate-limited"
  | "unavailable"
  | "timeout"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "wrong-route"
  | "conflict"
  /** Somebody else changes the same at this moment: nothing was done, and trying again can succeed. */
  | "contended"
  | "refused"
  | "invalid-request"
  | "unsupported"
  | "too-large"
  | "malformed-answer"
  | "unexpected-answer"
  | "read-only"
  | "canceled"
  | "bug";

export interface ConnectorErrorOptions {
  readonly cause?: unknown;
  /** When trying again can succeed, in epoch milliseconds. */
  readonly retryAtMs?: number;
  /** True where a write was refused since what it is for is so already. */
  readonly isSoAlready?: boolean;
}

/** The one error class. `message` is written for the person who has to act: it names the cause and the remedy. */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly kind: ErrorKind;
  readonly retryAtMs: number | undefined;
  readonly isSoAlready: boolean;

  constructor(kind: ErrorKind, message: string, options: ConnectorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.isSoAlready = options.isSoAlready ?? false;
    // Whole milliseconds, rounded up: who comes back then is not too early.
    this.retryAtMs = Number.isFinite(options.retryAtMs) ? Math.ceil(options.retryAtMs ?? 0) : undefined;
  }
}

/** True for a ConnectorError of one of `kinds` (of any kind when none is given). */
export function isConnectorError(error: unknown, ...kinds: ErrorKind[]): error is ConnectorError {
  return error instanceof ConnectorError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** The error that ends a call whose caller went away or whose deadline passed, from its signal's reason. */
export function abortError(signal: AbortSignal): ConnectorError {
  const reason: unknown = signal.reason;
  if (reason instanceof ConnectorError) return reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return new ConnectorError("timeout", "the call's deadline passed", { cause: reason });
  }
  return new ConnectorError("canceled", "the caller canceled the call", { cause: reason });
}

/** The upstream budget would hold a call for longer than it may take. */
export function heldTooLong(untilMs: number, route: string): ConnectorError {
  const when = new Date(untilMs).toISOString();
  return new ConnectorError(
    "rate-limited",
    `${route}: Azure DevOps limits this identity until about ${when}, which is later than this call may wait; try again then`,
    { retryAtMs: untilMs },
  );
}
