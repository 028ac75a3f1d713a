import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type StatusObject,
} from "@grpc/grpc-js";
import { bug } from "../call.ts";
import { EncodedPage } from "../connector/page-encoder.ts";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { failureFrom, type StartedCall, startCall } from "./context.ts";
import type { Callers } from "./grpc-door.ts";
import { statusOf } from "./grpc-status.ts";
import type { Pipeline } from "./pipeline.ts";

/** Bytes pass through grpc-js as they are: its own deserializer answers INTERNAL for garbage, ours INVALID_ARGUMENT. */
const asBytes = (bytes: Buffer) => bytes;

export interface GrpcMountOptions {
  /** The callers that the door has let in. */
  readonly callers: Callers;
  readonly log: Log;
}

export function mountOnGrpc(server: Server, pipelines: readonly Pipeline[], options: GrpcMountOptions): void {
  for (const service of new Set(pipelines.map((pipeline) => pipeline.service))) {
    const own = pipelines.filter((pipeline) => pipeline.service === service);
    const definition: Record<string, MethodDefinition<Buffer, Buffer>> = {};
    const handlers: Record<string, handleUnaryCall<Buffer, Buffer> | handleServerStreamingCall<Buffer, Buffer>> = {};
    for (const pipeline of own) {
      const { name, methodKind } = pipeline.method;
      const responseStream = methodKind === "server_streaming";
      definition[name] = {
        path: `/${service.typeName}/${name}`,
        requestStream: false,
        responseStream,
        requestSerialize: asBytes,
        requestDeserialize: asBytes,
        responseSerialize: asBytes,
        responseDeserialize: asBytes,
      };
      handlers[name] = responseStream ? streamHandler(pipeline, options) : unaryHandler(pipeline, options);
    }
    server.addService(definition, handlers);
  }
}

function unaryHandler(pipeline: Pipeline, options: GrpcMountOptions): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const { context, signal } = contextOf(call, options);
    call.on("cancelled", signal.cancel);
    pipeline
      .unary(() => decodeRequest(pipeline.method.input, call.request), context)
      .then((result) => callback(null, encodeResult(pipeline.method.output, result)))
      .catch((error) => callback(statusOf(failureFrom(error, context))))
      .finally(signal.settle);
  };
}

function streamHandler(pipeline: Pipeline, options: GrpcMountOptions): handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { context, signal } = contextOf(call, options);
    call.on("cancelled", signal.cancel);
    const send = async () => {
      for await (const message of pipeline.stream(() => decodeRequest(pipeline.method.input, call.request), context)) {
        if (!call.write(encodeResult(pipeline.method.output, message))) await drained(call, context.call.signal);
      }
      call.end();
    };
    send()
      .catch((error) => call.emit("error", toError(statusOf(failureFrom(error, context)))))
      .finally(signal.settle);
  };
}

/** The slow reader's brake: nothing is made until what was made has been taken. */
function drained(call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.on("drain", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

function contextOf(
  call: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>,
  { callers, log }: GrpcMountOptions,
): StartedCall {
  const deadline = call.getDeadline();
  const deadlineMs = deadline instanceof Date ? deadline.getTime() : deadline;
  const caller = callers.get(call.metadata);
  if (caller === undefined) throw bug("a call came in past the door");
  const started = startCall({ caller, sentRequestId: call.metadata.get("x-request-id")[0], deadlineMs }, log);
  const headers = new Metadata();
  headers.set("x-request-id", started.context.requestId);
  call.sendMetadata(headers);
  return started;
}

/** A request of the method's input type, or a failure with `invalid-request`. */
export function decodeRequest(schema: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    throw new ConnectorError(
      "invalid-request",
      `the request is not a ${schema.typeName}: send one, encoded by the contract's .proto files`,
      { cause: error },
    );
  }
}

/** What a pipeline gave, as bytes of the method's output type. */
export function encodeResult(schema: DescMessage, result: object): Buffer {
  // What a pipeline gives is a page or a message of the method's output type.
  const bytes = result instanceof EncodedPage ? result.bytes() : toBinary(schema, result as Message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toError(status: StatusObject): Error {
  return Object.assign(new Error(status.details), status);
}
