import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { parseAddress } from "./addresses.ts";
import type { Answer, createAnswerer, Incoming } from "./answer.ts";
import type { Settings } from "./options.ts";
import type { createRequestLog } from "./requests.ts";

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

interface Sending {
  readonly settings: Settings;
  readonly answer: Answer;
  readonly session: string | undefined;
}

function bodyText(body: unknown, byteOrderMark: boolean): string {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  return `${byteOrderMark ? "\uFEFF" : ""}${JSON.stringify(body)}`;
}

/** Headers that every answer has (REC). */
function commonHeaders(session: string | undefined): Record<string, string> {
  const activity = randomUUID();
  return {
    "Cache-Control": "no-cache",
    Pragma: "no-cache",
    ActivityId: activity,
    "X-TFS-Session": session ?? randomUUID(),
    "X-VSS-E2EID": activity,
    "X-Content-Type-Options": "nosniff",
  };
}

function send(response: ServerResponse, { answer, session, settings }: Sending): void {
  const { reply, version } = answer;
  const body = Buffer.from(bodyText(reply.body, settings.beliefs.byteOrderMark), "utf8");
  const json = `application/json; charset=utf-8${version === undefined ? "" : `; api-version=${version}`}`;
  const headers = {
    ...commonHeaders(session),
    ...(body.length === 0 ? {} : { "Content-Type": json }),
    "Content-Length": String(body.length),
    ...reply.headers,
  };
  response.writeHead(reply.status, headers);
  response.end(body);
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
  readonly answerer: ReturnType<typeof createAnswerer>;
}

/** Every request passes here: first the hook of the options, then the routes. */
async function answerOf({ answerer, settings }: Handling, incoming: Incoming): Promise<Answer> {
  const { address, headers, method } = incoming;
  const { host, path, query } = address;
  const route = answerer.routeName(incoming) ?? `/${address.segments.join("/")}`;
  const instead = await settings.onRequest?.({ method, route, host, path, query, headers });
  return instead ? { route, reply: instead } : answerer.answer(incoming);
}

async function handle(handling: Handling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { requests, settings } = handling;
  const address = parseAddress(request.url ?? "/");
  const method = request.method ?? "GET";
  const text = await readText(request);
  const answer =
    text === undefined
      ? { route: address.path, reply: { status: 413 } }
      : await answerOf(handling, { method, address, headers: request.headers, text });
  const { host, path } = address;
  requests.record({ method, route: answer.route, host, path, status: answer.reply.status });
  const session = request.headers["x-tfs-session"];
  send(response, { settings, answer, session: typeof session === "string" ? session : undefined });
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
