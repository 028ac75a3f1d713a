import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import {
  create,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { type ChannelOptions, Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import {
  StreamSyncRequestSchema,
  type StreamSyncResponse,
  StreamSyncResponseSchema,
  SyncService,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { ResourceTypesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { type Address, formatAddress } from "../../src/server/address.ts";
import type { RunningServer } from "../../src/server/start.ts";
import type { Pair } from "../support/certificates.ts";
import type { TestServer } from "./harness.ts";

/** What a call came to, whichever protocol it went by. */
export interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly detailTypes: readonly string[];
  /** Of a call that succeeded: who the server took the caller for, or what it said. */
  readonly said: string;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the request so much larger. */
  readonly paddingBytes?: number;
}

export interface TestClient extends Disposable {
  /** A call that is answered at once, with the caller's name. */
  call(options?: CallOptions): Promise<Outcome>;
  /** A call that waits until the server's test releases it. */
  wait(options?: CallOptions): Promise<Outcome>;
  /** A stream that waits after its first message. */
  stream(options?: CallOptions): Promise<Outcome>;
}

export interface ClientOptions {
  /** The authority of the server; without it the client speaks no TLS. */
  readonly ca?: string;
  readonly pair?: Pair;
  readonly grpc?: ChannelOptions;
}

/** Each way in: what holds for one must hold for all. */
export type Way = "grpc" | "connect over HTTP/1.1" | "connect over HTTP/2" | "operations port";

export function openClient(way: Way, running: RunningServer, options: ClientOptions = {}): TestClient {
  if (way === "grpc") return grpcClient(running.grpc, options);
  const address = way === "operations port" ? running.operations : running.connect;
  if (!address) throw new Error("this server has no Connect port");
  const tls = way === "operations port" ? {} : options;
  return connectClient(address, way === "connect over HTTP/2" ? "2" : "1.1", tls);
}

const ok = (said: string): Outcome => ({ code: 0, message: "", detailTypes: [], said });

export function grpcClient(address: Address, { ca, pair, grpc }: ClientOptions = {}): TestClient {
  const channel = ca
    ? credentials.createSsl(Buffer.from(ca), pair && Buffer.from(pair.key), pair && Buffer.from(pair.cert))
    : credentials.createInsecure();
  // Clients of one process would share connections, whichever certificate they were made with.
  const client = new Client(formatAddress(address), channel, { "grpc.use_local_subchannel_pool": 1, ...grpc });
  const metadataOf = ({ headers = {} }: CallOptions) => {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return metadata;
  };
  function unary<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M["input"]>,
    options: CallOptions,
    said: (response: MessageShape<M["output"]>) => string,
  ): Promise<Outcome> {
    const output: M["output"] = method.output;
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        `/${method.parent.typeName}/${method.name}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => fromBinary(output, bytes),
        toBinary<M["input"]>(method.input, create<M["input"]>(method.input, request)),
        metadataOf(options),
        (error: ServiceError | null, response?: MessageShape<M["output"]>) => {
          resolve(error ? failed(error) : ok(response ? said(response) : ""));
        },
      );
    });
  }
  return {
    call: (options = {}) =>
      unary(ResourceTypesService.method.listResourceTypes, padded(options), options, ({ list }) => list[0]?.id ?? ""),
    wait: (options = {}) => unary(ConnectorService.method.validate, {}, options, ({ sdkVersion }) => sdkVersion),
    async stream(options = {}) {
      const stream = client.makeServerStreamRequest(
        `/${SyncService.typeName}/StreamSync`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => fromBinary(StreamSyncResponseSchema, bytes),
        toBinary(StreamSyncRequestSchema, create(StreamSyncRequestSchema)),
        metadataOf(options),
      );
      try {
        return await saidBy(stream);
      } catch (error) {
        if (error instanceof Error && isServiceError(error)) return failed(error);
        throw error;
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

const isServiceError = (error: Error): error is ServiceError => "code" in error && "metadata" in error;

function failed({ code, details, metadata }: ServiceError): Outcome {
  const [bytes] = metadata.get("grpc-status-details-bin");
  const text = Buffer.isBuffer(bytes) ? bytes.toString("latin1") : "";
  const detailTypes = [...text.matchAll(/type\.googleapis\.com\/([\w.]+)/g)].flatMap(([, type]) => type ?? []);
  return { code, message: details, detailTypes, said: "" };
}

export function connectClient(address: Address, httpVersion: "1.1" | "2", options: ClientOptions): TestClient {
  const { ca, pair } = options;
  const nodeOptions = { ...(ca ? { ca } : {}), ...pair };
  const baseUrl = `${ca ? "https" : "http"}://${formatAddress(address)}`;
  const transport = createConnectTransport({ baseUrl, httpVersion, nodeOptions });
  const types = createClient(ResourceTypesService, transport);
  const connector = createClient(ConnectorService, transport);
  const sync = createClient(SyncService, transport);
  const outcomeOf = async (call: () => Promise<string>): Promise<Outcome> => {
    try {
      return ok(await call());
    } catch (error) {
      const { code, rawMessage, details } = ConnectError.from(error);
      const detailTypes = details.flatMap((detail) => ("type" in detail ? detail.type : []));
      return { code: code ?? Code.Unknown, message: rawMessage, detailTypes, said: "" };
    }
  };
  return {
    call: (given = {}) =>
      outcomeOf(async () => (await types.listResourceTypes(padded(given), headersOf(given))).list[0]?.id ?? ""),
    wait: (given = {}) => outcomeOf(async () => (await connector.validate({}, headersOf(given))).sdkVersion),
    stream: (given = {}) => outcomeOf(async () => (await saidBy(sync.streamSync({}, headersOf(given)))).said),
    [Symbol.dispose]: () => undefined,
  };
}

const headersOf = ({ headers = {} }: CallOptions) => ({ headers: { ...headers } });
const padded = ({ paddingBytes = 0 }: CallOptions) => ({ pageToken: "x".repeat(paddingBytes) });

async function saidBy(stream: AsyncIterable<StreamSyncResponse>): Promise<Outcome> {
  let said = "";
  for await (const { resumeToken, complete } of stream) said += complete ? " complete" : resumeToken;
  return ok(said);
}

/** A bare HTTP/2 connection to the gRPC or the Connect port. */
export async function openSession({ running }: TestServer, way: Way, ca: string): Promise<ClientHttp2Session> {
  const address = way === "grpc" ? running.grpc : (running.connect ?? running.grpc);
  const session = connectHttp2(`https://${formatAddress(address)}`, { ca, maxOutstandingPings: 1000 });
  session.on("error", () => undefined); // What it ends with is seen by its end.
  await once(session, "connect");
  return session;
}

export async function openSocket({ host, port }: Address): Promise<Socket> {
  const socket = connectTcp(port, host);
  socket.on("error", () => undefined); // Closed by the server, as the test wants.
  await once(socket, "connect");
  return socket;
}
