import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Reply } from "../reply.ts";
import type { CertificatePair } from "./certificates.ts";

/** A request with its body read. */
export interface WebRequest {
  readonly method: string;
  /** With the origin that it was sent to. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** `cut` ends the connection, and `hang` leaves the client without an answer. */
export type WebHandler = (request: WebRequest) => Promise<Reply | "cut" | "hang">;

/** A listener that is up. */
export interface WebListener {
  /** `https://host:port`, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Far more than any request of these protocols has. */
const largestBody = 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) throw new RangeError(`a request of more than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { body, headers, status }: Reply): void {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type = text === "" ? {} : { "Content-Type": "application/json; charset=utf-8" };
  response.writeHead(status, { "Cache-Control": "no-store, no-cache", ...type, ...headers }).end(text);
}

function listenerOf(handler: WebHandler, origin: () => string): RequestListener {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const url = new URL(request.url ?? "/", origin());
    const reply = await handler({ method: request.method ?? "GET", url, headers: request.headers, text });
    if (reply === "cut") response.destroy();
    else if (reply !== "hang") send(response, reply);
  }
  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A fault of the emulator itself must be seen as one, not as the service's.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      response.end(`emulator: ${message}`);
    });
  };
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(":");
  const host = listen.slice(0, colon).replace(/^\[|\]$/g, "");
  const port = Number(listen.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`entra.listen must be host:port, not ${JSON.stringify(listen)}`);
  }
  return { host, port };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** Listens, over TLS when there is a certificate. */
export async function listenWeb(
  listen: string,
  pair: CertificatePair | undefined,
  handler: WebHandler,
): Promise<WebListener> {
  const { host, port } = addressOf(listen);
  let origin = "";
  const answer = listenerOf(handler, () => origin);
  const server = pair ? createSecureServer({ cert: pair.certPem, key: pair.keyPem }, answer) : createServer(answer);
  server.listen(port, host);
  await once(server, "listening");
  origin = `${pair ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${portOf(server)}`;
  return {
    origin,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
