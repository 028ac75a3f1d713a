import type { ChangeResult, ChangeState } from "../connector/changes.ts";
import type { Json } from "../connector/model.ts";
import { isConnectorError } from "../errors.ts";

export interface PerformOptions {
  readonly dryRun: boolean;
  /** Fails where too much is being taken away. */
  readonly admit: (state: ChangeState) => void;
  /** Called before the first write; fails where it must not be sent. */
  readonly begin: (before: ChangeState, foretold: readonly string[] | undefined) => Promise<void>;
  /** How long the new state is waited for. */
  readonly readBackMs: number;
  /** How long one write and what follows it may take, whether or not the caller is still there. */
  readonly settleMs: number;
  /** Ends all of it: nobody waits any more. */
  readonly closing: AbortSignal;
}

/** What came of a change, for its record; `error` is what the caller is told. */
export interface Performed {
  readonly outcome: "performed" | "already" | "not_performed" | "refused" | "unclear";
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** Of what was refused: there was nothing of their own to take. */
  readonly lapsed?: boolean;
  /** Upstream made it, or may have, and does not show it yet; or it was put back, and that does not. */
  readonly shows?: "late" | "undone-late" | undefined;
  /** What it was expected to take along. */
  readonly foretold?: readonly string[];
  readonly result?: ChangeResult;
  readonly error?: unknown;
}

export function messageOf(error: unknown): string {
  return isConnectorError(error) ? error.message : "internal error";
}
