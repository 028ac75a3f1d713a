import { ConnectorError } from "../errors.ts";

/** The signal of one call, which its deadline or its caller ends; `settle` takes the timer away when it is over. */
export interface CallSignal {
  readonly signal: AbortSignal;
  cancel(): void;
  settle(): void;
}

/** Longer than any timer can be set for: such deadlines never pass. */
const maxTimerMs = 2 ** 31 - 1;

export function createCallSignal(deadlineMs: number): CallSignal {
  const controller = new AbortController();
  const left = deadlineMs - Date.now();
  const passed = () => controller.abort(new DOMException("the call's deadline passed", "TimeoutError"));
  const timer = left < maxTimerMs ? setTimeout(passed, Math.max(left, 0)) : undefined;
  let settled = false;
  return {
    signal: controller.signal,
    cancel() {
      // grpc-js tells a cancellation after success too: then nothing may be aborted that goes on for others.
      if (!settled) controller.abort(new ConnectorError("canceled", "the caller canceled the call"));
    },
    settle() {
      settled = true;
      clearTimeout(timer);
    },
  };
}
