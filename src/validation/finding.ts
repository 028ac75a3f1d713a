import { type ConnectorError, isConnectorError } from "../errors.ts";

/** How a check ended. A warning leaves syncs working; after a failure none can. */
export type Outcome = "ok" | "warning" | "failed" | "skipped";

/** What one check found, for the person who sets the connector up. */
export interface Finding {
  /** Stable name, e.g. `dns` or `scope:vso.graph`. */
  readonly check: string;
  readonly outcome: Outcome;
  readonly detail: string;
  /** What does not work because of it. */
  readonly disables?: string;
  readonly remedy?: string;
  /** Why it failed, with the kind that decides the gRPC code. */
  readonly error?: ConnectorError;
}

export const ok = (check: string, detail: string): Finding => ({ check, outcome: "ok", detail });
export const skipped = (check: string, detail: string): Finding => ({ check, outcome: "skipped", detail });

export function warning(check: string, detail: string, more: { remedy: string; disables?: string }): Finding {
  return { check, outcome: "warning", detail, ...more };
}

/** A failed check; the error's message names its own cause and remedy. */
export function failed(check: string, error: ConnectorError, remedy?: string): Finding {
  return {
    check,
    outcome: "failed",
    detail: error.message,
    disables: "every sync",
    ...(remedy ? { remedy } : {}),
    error,
  };
}

/** The finding that a failure is; what is not a ConnectorError is a bug and goes on. */
export function failedBy(check: string, error: unknown): Finding {
  if (isConnectorError(error) && error.kind !== "bug" && error.kind !== "canceled") return failed(check, error);
  throw error;
}
