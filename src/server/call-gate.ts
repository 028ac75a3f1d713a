import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Context } from "./service.ts";

/** Lets calls in, as many of each caller as may run at once, and none any more once the server stops. */
export interface CallGate {
  /** Counts a call in; fails when it may not run. The signal ends it when the server cannot wait any longer. */
  enter(caller: string): { readonly ended: AbortSignal; leave(): void };
  /** From now on no call is let in. */
  stop(): void;
  readonly stopped: boolean;
  /** True as soon as no call runs; false when some still do after `timeoutMs`. */
  idle(timeoutMs: number): Promise<boolean>;
  /** Ends the calls that run, with UNAVAILABLE. */
  end(): void;
}

/** A caller above its limit is asked to wait so long; the platform does. */
const retryAfterMs = 1_000;

export function createCallGate({ maxCallsPerCaller }: { readonly maxCallsPerCaller: number }): CallGate {
  const counts = new Map<string, number>();
  const running = new Set<AbortController>();
  let whenIdle: (() => void) | undefined;
  let stopped = false;

  return {
    enter(caller) {
      if (stopped) throw new ConnectorError("unavailable", "the server is stopping: try again, another one takes over");
      const count = counts.get(caller) ?? 0;
      if (count >= maxCallsPerCaller) throw tooMany(caller, maxCallsPerCaller);
      counts.set(caller, count + 1);
      const controller = new AbortController();
      running.add(controller);
      return {
        ended: controller.signal,
        leave() {
          if (!running.delete(controller)) return;
          const left = (counts.get(caller) ?? 1) - 1;
          if (left > 0) counts.set(caller, left);
          else counts.delete(caller);
          if (running.size === 0) whenIdle?.();
        },
      };
    },
    stop() {
      stopped = true;
    },
    get stopped() {
      return stopped;
    },
    idle(timeoutMs) {
      if (running.size === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(running.size === 0), timeoutMs);
        whenIdle = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
    end() {
      const reason = new ConnectorError("unavailable", "the server stopped before the call could end: try again");
      for (const controller of running) controller.abort(reason);
    },
  };
}

/** UNAVAILABLE with the time to wait: a platform gives up for good on RESOURCE_EXHAUSTED. */
function tooMany(caller: string, limit: number): ConnectorError {
  return new ConnectorError(
    "rate-limited",
    `caller ${caller} has ${limit} calls running: wait for one to end, or raise --max-calls-per-caller`,
    { retryAtMs: Date.now() + retryAfterMs },
  );
}

/** The same methods behind the gate. */
export function gatedPipelines(pipelines: readonly Pipeline[], gate: CallGate, log: Log): Pipeline[] {
  function enter(pipeline: Pipeline, { caller, requestId }: Context) {
    try {
      return gate.enter(caller);
    } catch (error) {
      const method = `${pipeline.service.typeName}/${pipeline.method.name}`;
      const message = error instanceof Error ? error.message : String(error);
      log.warn({ method, caller, requestId, message }, "call not let in");
      throw error;
    }
  }
  const endedBy = (context: Context, ended: AbortSignal): Context => {
    return { ...context, call: { ...context.call, signal: AbortSignal.any([context.call.signal, ended]) } };
  };
  return pipelines.map((pipeline) => ({
    service: pipeline.service,
    method: pipeline.method,
    async unary(decode, context) {
      const { ended, leave } = enter(pipeline, context);
      try {
        return await pipeline.unary(decode, endedBy(context, ended));
      } finally {
        leave();
      }
    },
    async *stream(decode, context) {
      const { ended, leave } = enter(pipeline, context);
      try {
        yield* pipeline.stream(decode, endedBy(context, ended));
      } finally {
        leave();
      }
    },
  }));
}
