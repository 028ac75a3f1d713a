import { createServer } from "node:http";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import type { Limits } from "../limits.ts";
import type { Log } from "../telemetry/log.ts";
import type { Address } from "./address.ts";
import type { Listener } from "./grpc-listener.ts";
import { answer, type HttpHandler } from "./http.ts";
import { watchSessions } from "./http2-sessions.ts";
import { listen } from "./listen.ts";
import { isFromHere } from "./local-request.ts";
import { refuseUnprotected } from "./protection.ts";
import type { Tls } from "./tls.ts";
import { followTls, tlsServerOptions } from "./tls-server.ts";

export interface ConnectListenerOptions {
  readonly address: Address;
  readonly services: HttpHandler;
  readonly limits: Limits;
  readonly tls: Tls | undefined;
  readonly log: Log;
}

/** The services over HTTP and JSON on a port of their own: HTTP/2 and HTTP/1.1 with TLS, else HTTP/1.1. */
export async function listenConnect({
  address,
  services,
  limits,
  tls,
  log,
}: ConnectListenerOptions): Promise<Listener> {
  const option = "--connect-listen";
  const { maxConnections } = limits;
  refuseUnprotected({ address, option, encrypted: tls !== undefined });
  const { server, letGo } = tls ? secureServer(services, limits, tls, log) : plainServer(services, limits);
  const bound = await listen(server, { address, option, maxConnections, log });
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  function drain(): void {
    if (server.listening) server.close();
    letGo();
  }
  return {
    address: bound.address,
    drain,
    async close(graceMs) {
      drain();
      const timer = setTimeout(bound.cutOff, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** What Node's HTTP/1.1 can be held to. */
export function http1Limits(limits: Limits) {
  return {
    // The door counts what is below, and answers with a code.
    maxHeaderSize: 2 * limits.maxMetadataBytes,
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.maxConnectionIdleMs,
    connectionsCheckingInterval: Math.min(limits.requestTimeoutMs, 30_000),
  };
}

function plainServer(services: HttpHandler, limits: Limits) {
  const server = createServer(http1Limits(limits), (request, response) => {
    // Only loopback is served without TLS, and a page in a browser can reach that too.
    if (isFromHere(request)) return services(request, response);
    answer(response, 403, "this port serves programs on this machine, and no web pages\n");
  });
  return { server, letGo: () => server.closeIdleConnections() };
}

function secureServer(services: HttpHandler, limits: Limits, tls: Tls, log: Log) {
  const { maxStreamsPerConnection: maxConcurrentStreams, maxMetadataBytes } = limits;
  const server = createSecureServer(
    {
      ...tlsServerOptions(tls),
      allowHTTP1: true,
      http1Options: http1Limits(limits),
      settings: { maxConcurrentStreams, maxHeaderListSize: 2 * maxMetadataBytes },
    },
    services,
  );
  followTls(server, tls, log);
  const sessions = watchSessions(server, { ...limits, log });
  server.on("session", (session) => limitAge(session, limits));
  return { server, letGo: sessions.drain };
}

/** For HTTP/2 sessions of Node's server what grpc-js does for its own. */
function limitAge(session: ServerHttp2Session, limits: Limits): void {
  session.setTimeout(limits.maxConnectionIdleMs, () => session.close());
  let grace: NodeJS.Timeout | undefined;
  const age = setTimeout(() => {
    session.close();
    grace = setTimeout(() => session.destroy(), limits.maxConnectionAgeGraceMs).unref();
  }, limits.maxConnectionAgeMs).unref();
  session.on("close", () => {
    clearTimeout(age);
    clearTimeout(grace);
  });
}
