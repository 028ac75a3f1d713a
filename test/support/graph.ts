import { Agent } from "undici";
import { createMicrosoftGraphClient, type MicrosoftGraphClient } from "../../src/microsoft-graph/client.ts";
import { createRedactor } from "../../src/redaction.ts";
import { answerJson, type RecordedRequest, startServer } from "./http-server.ts";

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Graph extends AsyncDisposable {
  readonly client: MicrosoftGraphClient;
  readonly requests: readonly RecordedRequest[];
  readonly base: string;
}

/** Microsoft Graph as a test says; within a batch, `reply` is asked for each request. */
export async function startGraph(reply: (method: string, path: string, base: string) => Reply): Promise<Graph> {
  const server = await startServer((request, response) => {
    const base = `${request.url.origin}/v1.0`;
    const answer = (method: string, path: string) => reply(method, path, base);
    if (request.url.pathname !== "/v1.0/$batch") {
      const {
        status = 200,
        body,
        headers,
      } = answer(request.method, request.url.pathname.slice(5) + request.url.search);
      if (status === 204) return void response.writeHead(204).end();
      return answerJson(response, body, status, headers);
    }
    const { requests } = JSON.parse(request.body);
    const responses = requests.map(({ id, method, url }: { id: string; method: string; url: string }) => ({
      id,
      status: 200,
      ...answer(method, url),
    }));
    // The service promises no order.
    answerJson(response, { responses: responses.reverse() });
  });
  const dispatcher = new Agent();
  let used = 0;
  const client = createMicrosoftGraphClient({
    baseUrl: new URL(`${server.url.href}v1.0/`),
    authorizer: {
      authorization: async () => `Bearer graph-token-number-${used}`,
      async renew() {
        used += 1;
        return used > 1 ? undefined : `Bearer graph-token-number-${used}`;
      },
    },
    redactor: createRedactor(["graph-token-number-0"]),
    dispatcher,
    userAgent: "azure-devops-connector/test",
    retry: { maxTries: 2, baseMs: 1, maxMs: 2 },
  });
  return {
    client,
    requests: server.requests,
    base: `${server.url.href}v1.0`,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const failure = (code: string, message = "no") => ({
  error: { code, message, innerError: { "request-id": "12345678-1234-1234-1234-123456789012" } },
});

export const user = (id: string) => ({ "@odata.type": "#microsoft.graph.user", id, displayName: `name of ${id}` });
export const ids = (count: number) => Array.from({ length: count }, (_, index) => `group-${index}`);
