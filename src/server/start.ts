import type { Limits } from "../limits.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Address } from "./address.ts";
import { createAuthenticate } from "./authentication.ts";
import { createCallGate, gatedPipelines } from "./call-gate.ts";
import { parseCallerTokens } from "./caller-tokens.ts";
import { listenConnect } from "./connect-listener.ts";
import type { ConnectMountOptions } from "./connect-mount.ts";
import { createDoor } from "./door.ts";
import { type Listener, listenGrpc } from "./grpc-listener.ts";
import { answer, type HttpHandler } from "./http.ts";
import { listenOperations } from "./operations-listener.ts";
import type { Pipeline } from "./pipeline.ts";
import { refuseAnonymous, refuseUnprotected } from "./protection.ts";
import { loadTls, type TlsFiles } from "./tls.ts";
import { watchFiles } from "./watched-files.ts";

export interface ServerOptions {
  readonly pipelines: readonly Pipeline[];
  readonly metrics: Metrics;
  readonly log: Log;
  readonly listen: Address;
  readonly operationsListen: Address;
  /** The services over HTTP and JSON, on a port of their own. */
  readonly connectListen?: Address | undefined;
  readonly tls?: (TlsFiles & { readonly clientNames: readonly string[] }) | undefined;
  readonly authTokensFile?: string | undefined;
  /** How often these files are looked at for changes. */
  readonly reloadIntervalMs: number;
  readonly limits: Limits;
}

/** The ports of a running connector. */
export interface RunningServer {
  readonly grpc: Address;
  readonly operations: Address;
  readonly connect: Address | undefined;
  /** Refuses new calls at once, lets running ones end within `drainTimeoutMs`, ends what is left, and closes. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** For the last answers to be written out, once their calls have ended. */
const flushMs = 1_000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { metrics, log, limits, tls: tlsFiles, authTokensFile, reloadIntervalMs: intervalMs } = options;
  refuseExposure(options);
  const tls = tlsFiles && loadTls(tlsFiles, { intervalMs, log });
  const tokens = authTokensFile === undefined ? undefined : watchTokens(authTokensFile, intervalMs, log);
  const authenticate = createAuthenticate({
    tokens: tokens && (() => tokens.current),
    certificates: tlsFiles?.clientCaFile === undefined ? undefined : { names: tlsFiles.clientNames },
  });
  const door = createDoor({ authenticate, ...limits, log });
  const gate = createCallGate(limits);
  const pipelines = gatedPipelines(options.pipelines, gate, log);
  const services = lazyConnectHandler(pipelines, { door, ...limits, log });

  const listeners: Listener[] = [];
  async function closeAll(graceMs: number): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
    tls?.close();
    tokens?.close();
  }
  async function opened<T extends Listener | undefined>(opening: Promise<T>): Promise<T> {
    const listener = await opening;
    if (listener) listeners.push(listener);
    return listener;
  }
  try {
    const grpc = await opened(listenGrpc(options.listen, pipelines, log, { limits, tls, door }));
    const connect = options.connectListen
      ? await opened(listenConnect({ address: options.connectListen, services, limits, tls, log }))
      : undefined;
    const operations = await opened(
      listenOperations({
        address: options.operationsListen,
        isReady: () => !gate.stopped,
        metrics: metrics.render,
        services: tls?.clientCertificates ? undefined : services,
        limits,
        log,
      }),
    );
    return {
      grpc: grpc.address,
      operations: operations.address,
      connect: connect?.address,
      async close(drainTimeoutMs) {
        gate.stop();
        for (const listener of listeners) listener.drain();
        if (!(await gate.idle(drainTimeoutMs))) {
          log.warn({ drainTimeoutMs }, "ending the calls that still run: --drain-timeout is over");
          gate.end();
          await gate.idle(flushMs);
        }
        await closeAll(flushMs);
      },
    };
  } catch (error) {
    await closeAll(0);
    throw error;
  }
}

function refuseExposure({ listen, connectListen, tls, authTokensFile }: ServerOptions): void {
  const authenticated = authTokensFile !== undefined || tls?.clientCaFile !== undefined;
  const ports = [
    { address: listen, option: "--listen" },
    ...(connectListen ? [{ address: connectListen, option: "--connect-listen" }] : []),
  ];
  for (const port of ports) {
    const exposure = { ...port, encrypted: tls !== undefined };
    refuseUnprotected(exposure);
    refuseAnonymous(exposure, authenticated);
  }
}

function watchTokens(file: string, intervalMs: number, log: Log) {
  return watchFiles({
    what: "bearer tokens",
    files: [file],
    make: ([content]) => parseCallerTokens(content?.toString("utf8") ?? "", file),
    intervalMs,
    log,
  });
}

/** Connect takes as long to load as everything else together, and most runs never use it. */
function lazyConnectHandler(pipelines: readonly Pipeline[], options: Omit<ConnectMountOptions, "files">): HttpHandler {
  let handler: Promise<HttpHandler> | undefined;
  return (request, response) => {
    handler ??= Promise.all([import("./connect-mount.ts"), import("./descriptors.ts")]).then(
      ([{ connectHandler }, { protoFiles }]) => connectHandler(pipelines, { ...options, files: [...protoFiles] }),
    );
    handler
      .then((serve) => serve(request, response))
      .catch((error) => {
        options.log.error({ error }, "the services could not be mounted for HTTP");
        answer(response, 500, "the services could not be mounted\n");
      });
  };
}
