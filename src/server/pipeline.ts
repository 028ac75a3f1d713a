import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { code, type Failure, failureOf } from "./error-codes.ts";
import type { RequestValidator } from "./request-validation.ts";
import type { AnyMethod, Context, MountedService } from "./service.ts";

/** A method with everything around it that both mounts need: validation, one log line a call, errors as answers. */
export interface Pipeline {
  readonly service: DescService;
  readonly method: DescMethod;
  /** Fails with a CallFailure only. */
  unary(decode: () => Message, context: Context): Promise<object>;
  stream(decode: () => Message, context: Context): AsyncGenerator<object>;
}

/** A failed call, ready to be answered in either protocol. */
export class CallFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

export interface PipelineOptions {
  readonly log: Log;
  readonly validator: RequestValidator;
  readonly onCall?: (call: { readonly method: string; readonly code: number; readonly durationMs: number }) => void;
}

export function createPipelines(services: readonly MountedService[], options: PipelineOptions): Pipeline[] {
  return services.flatMap(({ service, implementation }) =>
    service.methods.map((method) => createPipeline(service, method, implementation[method.localName], options)),
  );
}

/** A method of the contract that this connector does not have says so by its name. */
function unimplemented(name: string): AnyMethod {
  return () => {
    throw new ConnectorError(
      "unsupported",
      `${name} is not implemented by this connector; its capabilities (GetMetadata) tell what is`,
    );
  };
}

function createPipeline(
  service: DescService,
  method: DescMethod,
  implementation: AnyMethod | undefined,
  { log, validator, onCall }: PipelineOptions,
): Pipeline {
  const name = `${service.typeName}/${method.name}`;
  const run = implementation ?? unimplemented(name);

  function finish(context: Context, startedAt: number, error?: unknown): CallFailure | undefined {
    const failure = error === undefined ? undefined : failureOf(error, context.requestId);
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const status = failure?.code ?? code.ok;
    const { caller, requestId, call } = context;
    const fields = {
      method: name,
      code: status,
      durationMs,
      upstreamRequests: call.upstream.requests,
      caller,
      requestId,
    };
    if (status === code.internal) log.error({ ...fields, error }, "call failed");
    else if (failure) log.warn({ ...fields, message: failure.message, cause: causeOf(error) }, "call failed");
    else log.info(fields, "call");
    onCall?.({ method: name, code: status, durationMs });
    return failure && new CallFailure(failure, error);
  }

  return {
    service,
    method,
    async unary(decode, context) {
      const startedAt = performance.now();
      try {
        const message = decode();
        // What is not here says so, whatever the request is.
        const request = implementation ? await validator.validated(method.input, message) : message;
        // `decode` made it of the method's own input type, which the table of methods cannot tell.
        const result = await run(request as never, context);
        finish(context, startedAt);
        return result;
      } catch (error) {
        throw finish(context, startedAt, error);
      }
    },
    async *stream(decode, context) {
      const startedAt = performance.now();
      try {
        const message = decode();
        const request = implementation ? await validator.validated(method.input, message) : message;
        const results = run(request as never, context);
        if (!(Symbol.asyncIterator in results)) throw new ConnectorError("bug", `${name} does not stream`);
        yield* results;
        finish(context, startedAt);
      } catch (error) {
        throw finish(context, startedAt, error);
      }
    },
  };
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
}
