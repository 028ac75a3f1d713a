import {
  createRegistry,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type Message,
} from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { EncodedPage } from "../connector/page-encoder.ts";
import type { Log } from "../telemetry/log.ts";
import { failureFrom, type StartedCall, startCall } from "./context.ts";
import type { Door } from "./door.ts";
import { failureOf } from "./error-codes.ts";
import { answer, type HttpHandler, type HttpRequest } from "./http.ts";
import { refuse, visitorOf } from "./http-door.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Context } from "./service.ts";

export interface ConnectMountOptions {
  /** What JSON of an `Any` can hold. */
  readonly files: Parameters<typeof createRegistry>;
  readonly door: Door;
  readonly maxMessageBytes: number;
  readonly log: Log;
}

/** The caller that the door has let in; nobody has this name. */
const callerKey = createContextKey("");

/** The same methods over HTTP with JSON, so that curl is enough to use them. */
export function connectHandler(pipelines: readonly Pipeline[], options: ConnectMountOptions): HttpHandler {
  const { files, door, maxMessageBytes, log } = options;
  // JSON of an `Any` needs the types that can be in it.
  const registry = createRegistry(...files);
  const routes = (router: ConnectRouter) => {
    for (const pipeline of pipelines) {
      const { method } = pipeline;
      if (isUnary(method)) router.rpc(method, unaryMethod(pipeline, log));
      else if (isServerStreaming(method)) router.rpc(method, streamMethod(pipeline, log));
    }
  };
  const callers = new WeakMap<HttpRequest, string>();
  const serve = connectNodeAdapter({
    routes,
    jsonOptions: { registry },
    readMaxBytes: maxMessageBytes,
    contextValues: (request) => createContextValues().set(callerKey, callers.get(request) ?? ""),
    fallback: (_request, response) => {
      answer(response, 404, "unknown path; services are at /<package>.<Service>/<Method>, by POST\n");
    },
  });
  return (request, response) => {
    try {
      callers.set(request, door(visitorOf(request)));
    } catch (error) {
      return refuse(request, response, failureOf(error, ""));
    }
    serve(request, response);
  };
}

const isUnary = (method: DescMethod): method is DescMethodUnary => method.methodKind === "unary";
const isServerStreaming = (method: DescMethod): method is DescMethodServerStreaming =>
  method.methodKind === "server_streaming";

function unaryMethod(pipeline: Pipeline, log: Log) {
  return async (request: Message, handler: HandlerContext): Promise<Message> => {
    const { context, signal } = contextOf(handler, log);
    try {
      const result = await pipeline.unary(() => request, context);
      return messageOf(result);
    } catch (error) {
      throw connectError(error, context);
    } finally {
      signal.settle();
    }
  };
}

function streamMethod(pipeline: Pipeline, log: Log) {
  return async function* (request: Message, handler: HandlerContext): AsyncGenerator<Message> {
    const { context, signal } = contextOf(handler, log);
    try {
      for await (const result of pipeline.stream(() => request, context)) yield messageOf(result);
    } catch (error) {
      throw connectError(error, context);
    } finally {
      signal.settle();
    }
  };
}

/** A pipeline gives pages or messages of the method's output type. */
function messageOf(result: object): Message {
  return result instanceof EncodedPage ? result.message() : (result as Message);
}

function contextOf(handler: HandlerContext, log: Log): StartedCall {
  const timeoutMs = handler.timeoutMs();
  const deadlineMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  const caller = handler.values.get(callerKey);
  if (caller === "") throw new ConnectError("a call came in past the door", Code.Internal);
  const started = startCall({ caller, sentRequestId: handler.requestHeader.get("x-request-id"), deadlineMs }, log);
  handler.signal.addEventListener("abort", started.signal.cancel, { once: true });
  handler.responseHeader.set("x-request-id", started.context.requestId);
  return started;
}

function connectError(error: unknown, context: Context): ConnectError {
  const failure = failureFrom(error, context);
  const known = Object.values(Code).find((value) => value === failure.code);
  const result = new ConnectError(failure.message, typeof known === "number" ? known : Code.Internal);
  result.details = failure.details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.indexOf("/") + 1),
    value,
  }));
  return result;
}
