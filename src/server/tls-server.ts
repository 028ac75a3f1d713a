import type { EventEmitter } from "node:events";
import { Socket } from "node:net";
import type { TLSSocket, TlsOptions } from "node:tls";
import type { Log } from "../telemetry/log.ts";
import type { Tls } from "./tls.ts";

/** A client that connects and then says nothing is let go. */
const handshakeTimeoutMs = 10_000;

/** What every TLS listener is made with. */
export function tlsServerOptions(tls: Tls): TlsOptions {
  return {
    ...tls.options,
    requestCert: tls.clientCertificates,
    rejectUnauthorized: tls.clientCertificates,
    handshakeTimeout: handshakeTimeoutMs,
  };
}

interface TlsServer extends EventEmitter {
  setSecureContext(options: TlsOptions): void;
}

/** Gives a TLS server each new pair as it comes, and logs the clients that it turns away. */
export function followTls(server: TlsServer, tls: Tls, log: Log): void {
  const leave = tls.follow((options) => server.setSecureContext(options));
  server.on("close", leave);
  const peers = new WeakMap<object, string>();
  server.on("connection", (socket: Socket) => peers.set(socket, `${socket.remoteAddress}:${socket.remotePort}`));
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    // By now the socket is closed and has forgotten its peer; the one below it is found by Node's own name for it.
    const below: unknown = Reflect.get(socket, "_parent");
    const peer = (below instanceof Socket && peers.get(below)) || `${socket.remoteAddress}`;
    log.warn({ peer, reason: handshakeProblem(error, socket) }, "connection refused in the TLS handshake");
  });
}

/** A certificate that was turned down is told on the socket, and the error tells only of its end. */
function handshakeProblem(error: Error, { authorizationError }: TLSSocket): string {
  if (authorizationError) return `client certificate: ${String(authorizationError)}`;
  return "reason" in error ? String(error.reason) : error.message;
}
