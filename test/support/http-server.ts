import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface RecordedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A real HTTP server on a free port, which records what it is asked. */
export interface TestServer extends AsyncDisposable {
  readonly url: URL;
  readonly requests: readonly RecordedRequest[];
  /** Connections that are open now. */
  readonly connections: number;
}

export type Answerer = (request: RecordedRequest, response: ServerResponse, index: number) => void;

/** Starts one; `answer` gets each request with its index, once its body was read. */
export async function startServer(answer: Answerer): Promise<TestServer> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<object>();
  const server = createServer(async (message, response) => {
    const body = await text(message);
    const url = new URL(message.url ?? "/", `http://${message.headers.host}`);
    const request = { method: message.method ?? "", url, headers: message.headers, body };
    requests.push(request);
    answer(request, response, requests.length - 1);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    requests,
    get connections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answerJson(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
