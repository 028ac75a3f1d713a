import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { parseAddress } from "./addresses.ts";
import type { Admin } from "./admin.ts";
import type { Incoming } from "./answer.ts";
import type { Exchanges } from "./exchanges.ts";
import type { Settings } from "./options.ts";
import type { createRequestLog } from "./requests.ts";
import { wholeDelivery, wireOf } from "./send.ts";
import type { createWriteLog } from "./writes.ts";

/** Largest body of a request; the service's own limit is higher, but no request here comes near. */
const largestBody = 4 * 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  return size > largestBody
    ? undefined
    : Buffer.concat(chunks)
        .toString("utf8")
        .replace(/^\uFEFF/, "");
}

/** A listening server. */
export interface Listening {
  /** `http://host:port`, without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

interface Handling {
  readonly settings: Settings;
  readonly requests: ReturnType<typeof createRequestLog>;
  readonly writes: ReturnType<typeof createWriteLog>;
  readonly exchanges: Exchanges;
  readonly admin: Admin;
}

/** A signal for a client that went before its answer was sent. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Answers a request of the service, and records it even when the client does not wait for the answer. */
async function exchange(
  { exchanges, requests, settings, writes }: Handling,
  incoming: Incoming,
  response: ServerResponse,
) {
  const { address, headers, method } = incoming;
  const { host, path } = address;
  const gone = goneSignal(response);
  const { answer, changed, delivery, told } = await exchanges.outcome(incoming, gone);
  const status = gone.aborted || !delivery.answers ? 0 : answer.reply.status;
  const record = { method, route: answer.route, host, path, status };
  requests.record(record);
  const write = { ...record, query: address.query.toString(), body: incoming.text, changed };
  if (exchanges.isWrite(incoming)) writes.record(write);
  if (gone.aborted) return;
  const session = headers["x-tfs-session"];
  const { byteOrderMark } = settings.beliefs;
  response.once("finish", told);
  delivery.send(response, wireOf(answer, typeof session === "string" ? session : undefined, byteOrderMark));
}

async function handle(handling: Handling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = parseAddress(request.url ?? "/");
  const method = request.method ?? "GET";
  const text = await readText(request);
  if (text === undefined) {
    handling.requests.record({ method, route: address.path, host: address.host, path: address.path, status: 413 });
    response.writeHead(413).end();
    return;
  }
  const incoming = { method, address, headers: request.headers, text };
  const reply = handling.admin.answer(incoming);
  if (reply) return wholeDelivery.send(response, wireOf({ route: address.path, reply }, undefined, false));
  await exchange(handling, incoming, response);
}

function originOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Listens; what answers is made after the address is known, since bodies carry URLs. */
export async function listen(settings: Settings, createHandling: (origin: string) => Handling): Promise<Listening> {
  let handling: Handling | undefined;
  const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 5_000 }, (request, response) => {
    if (!handling) return void response.writeHead(503).end();
    handle(handling, request, response).catch((error: unknown) => {
      // A fault of the emulator itself must be seen as one, not as the service's.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      response.end(`emulator: ${message}`);
    });
  });
  server.listen(settings.port, settings.host);
  await once(server, "listening");
  const origin = originOf(server, settings.host);
  handling = createHandling(origin);
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
