import type { DescMessage, DescMethod, DescService, MessageShape } from "@bufbuild/protobuf";
import type { Call } from "../call.ts";
import type { EncodedPage } from "../connector/page-encoder.ts";

/** What a method gets besides its request. */
export interface Context {
  readonly call: Call;
  /** Who calls, as far as it was authenticated; calls of different callers share nothing. */
  readonly caller: string;
  readonly requestId: string;
}

type Result<O extends DescMessage> = MessageShape<O> | EncodedPage<MessageShape<O>>;

/** A method of a service; a streaming one yields its answers. */
export type MethodImplementation<M extends DescMethod> = M["methodKind"] extends "server_streaming"
  ? (request: MessageShape<M["input"]>, context: Context) => AsyncIterable<Result<M["output"]>>
  : (request: MessageShape<M["input"]>, context: Context) => Promise<Result<M["output"]>>;

/** The methods of a service that are implemented; the others answer UNIMPLEMENTED by name. */
export type ServiceImplementation<S extends DescService> = {
  [K in keyof S["method"]]?: MethodImplementation<S["method"][K]>;
};

/** A service and its implementation, without their types: what a mount works with. */
export interface MountedService {
  readonly service: DescService;
  readonly implementation: Readonly<Record<string, AnyMethod | undefined>>;
}

export type AnyMethod = (request: never, context: Context) => Promise<object> | AsyncIterable<object>;

export function mount<S extends DescService>(service: S, implementation: ServiceImplementation<S>): MountedService {
  return { service, implementation: { ...implementation } };
}
