import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectorError } from "../errors.ts";
import { type Address, formatAddress, isLoopbackAddress } from "./address.ts";
import type { Listener } from "./grpc-listener.ts";

export interface OperationsOptions {
  readonly address: Address;
  /** False from the moment on at which no new calls are wanted. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** The services over HTTP and JSON; mounted on loopback only. */
  readonly services: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Health, readiness and metrics; on loopback the services too, for curl. */
export async function listenOperations(options: OperationsOptions): Promise<Listener> {
  const { address, isReady, metrics, services } = options;
  const onLoopback = isLoopbackAddress(address);
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/healthz") return answer(response, 200, "ok\n");
    if (path === "/readyz") return isReady() ? answer(response, 200, "ready\n") : answer(response, 503, "stopping\n");
    if (path === "/metrics") {
      metrics()
        .then(({ contentType, text }) => answer(response, 200, text, contentType))
        .catch(() => answer(response, 500, "metrics could not be collected\n"));
      return;
    }
    if (onLoopback && isFromHere(request)) return services(request, response);
    if (onLoopback) return answer(response, 403, "this port serves programs on this machine, and no web pages\n");
    answer(response, 404, "this port serves /healthz, /readyz and /metrics\n");
  });
  await listen(server, address);
  const bound = server.address() as AddressInfo; // A TCP server that listens has one.
  return {
    address: { host: address.host, port: bound.port },
    async close(graceMs) {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(timer);
    },
  };
}

/** A page in a browser can reach loopback under a name of its own; its requests carry that name or an origin. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const host = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return headers.origin === undefined && isLoopbackAddress({ host, port: 0 });
}

function answer(response: ServerResponse, status: number, text: string, contentType = "text/plain"): void {
  response.writeHead(status, { "content-type": contentType });
  response.end(text);
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const remedy = "choose another port with --operations-listen, or stop what uses this one";
      const where = formatAddress({ host, port });
      reject(new ConnectorError("refused", `cannot listen on ${where}: ${error.message}; ${remedy}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
