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

/** The context of a call that came in, by whichever protocol; its caller's own request id where it is harmless. */
export function startCall(sentRequestId: unknown, deadlineMs: number, log: Log): StartedCall {
  const harmless = typeof sentRequestId === "string" && /^[\w.-]{1,64}$/.test(sentRequestId);
  const requestId = harmless ? sentRequestId : randomUUID();
  const signal = createCallSignal(deadlineMs);
  const call = {
    signal: signal.signal,
    deadlineMs,
    lane: "read",
    log: log.child({ requestId }),
    upstream: { requests: 0 },
  } as const;
  return { context: { call, caller: "local", requestId }, signal };
}

/** What to answer for an error of a pipeline or of the mount around it. */
export function failureFrom(error: unknown, { requestId }: Context): Failure {
  return error instanceof CallFailure ? error.failure : failureOf(error, requestId);
}
