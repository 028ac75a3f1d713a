import { createServer } from "node:http";
import type { Limits } from "../limits.ts";
import type { Log } from "../telemetry/log.ts";
import { type Address, isLoopbackAddress } from "./address.ts";
import { http1Limits } from "./connect-listener.ts";
import type { Listener } from "./grpc-listener.ts";
import { answer, type HttpHandler } from "./http.ts";
import { listen } from "./listen.ts";
import { isFromHere } from "./local-request.ts";

export interface OperationsOptions {
  readonly address: Address;
  /** False from the moment on at which no new calls are wanted. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** The services over HTTP and JSON, on loopback; undefined where callers are told by certificates, which it has not. */
  readonly services: HttpHandler | undefined;
  readonly limits: Limits;
  readonly log: Log;
}

/** Health, readiness and metrics; on loopback the services too, for curl. */
export async function listenOperations(options: OperationsOptions): Promise<Listener> {
  const { address, isReady, metrics, limits, log } = options;
  const services = isLoopbackAddress(address) ? options.services : undefined;
  const server = createServer(http1Limits(limits), (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/healthz") return answer(response, 200, "ok\n");
    if (path === "/readyz") return isReady() ? answer(response, 200, "ready\n") : answer(response, 503, "stopping\n");
    if (path === "/metrics") {
      metrics()
        .then(({ contentType, text }) => answer(response, 200, text, contentType))
        .catch(() => answer(response, 500, "metrics could not be collected\n"));
      return;
    }
    if (services && isFromHere(request)) return services(request, response);
    if (services) return answer(response, 403, "this port serves programs on this machine, and no web pages\n");
    answer(response, 404, "this port serves /healthz, /readyz and /metrics\n");
  });
  const { maxConnections } = limits;
  const bound = await listen(server, { address, option: "--operations-listen", maxConnections, log });
  return {
    address: bound.address,
    // It goes on telling that the server is not ready.
    drain: () => undefined,
    async close(graceMs) {
      const timer = setTimeout(bound.cutOff, graceMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(timer);
    },
  };
}
