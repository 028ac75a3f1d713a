import type { EventEmitter } from "node:events";
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
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    log.warn({ peer, reason: handshakeProblem(error, socket) }, "connection refused in the TLS handshake");
  });
}

/** A certificate that was turned down is told on the socket, and the error tells only of its end. */
function handshakeProblem(error: Error, { authorizationError }: TLSSocket): string {
  return authorizationError ? `client certificate: ${String(authorizationError)}` : error.message;
}
