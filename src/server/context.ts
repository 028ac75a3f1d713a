import { randomUUID } from "node:crypto";
import type { Log } from "../telemetry/log.ts";
import { type CallSignal, createCallSignal } from "./call-signal.ts";
import { type Failure, failureOf } from "./error-codes.ts";
import { CallFailure } from "./pipeline.ts";
import type { Context } from "./service.ts";

export interface StartedCall {
  readonly context: Context;
  readonly signal: CallSignal;
}

export interface IncomingCall {
  /** Who was let in through the door. */
  readonly caller: string;
  readonly sentRequestId: unknown;
  readonly deadlineMs: number;
}

/** The context of a call that came in, by whichever protocol; its caller's own request id where it is harmless. */
export function startCall({ caller, sentRequestId, deadlineMs }: IncomingCall, log: Log): StartedCall {
  const harmless = typeof sentRequestId === "string" && /^[\w.-]{1,64}$/.test(sentRequestId);
  const requestId = harmless ? sentRequestId : randomUUID();
  const signal = createCallSignal(deadlineMs);
  const call = {
    signal: signal.signal,
    deadlineMs,
    lane: "read",
    log: log.child({ requestId, caller }),
    upstream: { requests: 0 },
  } as const;
  return { context: { call, caller, requestId }, signal };
}

/** What to answer for an error of a pipeline or of the mount around it. */
export function failureFrom(error: unknown, { requestId }: Context): Failure {
  return error instanceof CallFailure ? error.failure : failureOf(error, requestId);
}
