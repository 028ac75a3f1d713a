import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Address } from "./address.ts";
import { type Listener, listenGrpc } from "./grpc-listener.ts";
import { listenOperations } from "./operations-listener.ts";
import type { Pipeline } from "./pipeline.ts";

export interface ServerOptions {
  readonly pipelines: readonly Pipeline[];
  readonly metrics: Metrics;
  readonly log: Log;
  readonly listen: Address;
  readonly operationsListen: Address;
}

/** Both ports of a running connector. */
export interface RunningServer {
  readonly grpc: Address;
  readonly operations: Address;
  close(graceMs: number): Promise<void>;
}

export async function startServer({
  pipelines,
  metrics,
  log,
  listen,
  operationsListen,
}: ServerOptions): Promise<RunningServer> {
  let ready = true;
  const grpc = await listenGrpc(listen, pipelines, log);
  let operations: Listener;
  try {
    operations = await listenOperations({
      address: operationsListen,
      isReady: () => ready,
      metrics: metrics.render,
      services: lazyConnectHandler(pipelines, log),
    });
  } catch (error) {
    await grpc.close(0);
    throw error;
  }
  return {
    grpc: grpc.address,
    operations: operations.address,
    async close(graceMs) {
      ready = false;
      await Promise.all([grpc.close(graceMs), operations.close(graceMs)]);
    },
  };
}

/** Connect takes as long to load as everything else together, and most runs never use it. */
function lazyConnectHandler(pipelines: readonly Pipeline[], log: Log) {
  let handler: Promise<(request: IncomingMessage, response: ServerResponse) => void> | undefined;
  return (request: IncomingMessage, response: ServerResponse): void => {
    handler ??= Promise.all([import("./connect-mount.ts"), import("./descriptors.ts")]).then(
      ([{ connectHandler }, { protoFiles }]) => connectHandler(pipelines, [...protoFiles], log),
    );
    handler
      .then((serve) => serve(request, response))
      .catch((error) => {
        log.error({ error }, "the services could not be mounted for HTTP");
        response.writeHead(500).end();
      });
  };
}
