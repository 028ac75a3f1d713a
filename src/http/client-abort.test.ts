import { Agent } from "undici";
import { afterAll, describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Answerer, answerJson, startServer } from "../../test/support/http-server.ts";
import { ConnectorError } from "../errors.ts";
import { createBudget } from "./budget.ts";
import { createHttpClient } from "./client.ts";

const dispatcher = new Agent({ connections: 8 });
afterAll(() => dispatcher.destroy());

/** Waits until `holds`, looking often; the test's own time limit is the end. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function answerer(then: (response: Parameters<Answerer>[1]) => void): Answerer {
  return (_request, response) => then(response);
}

/** Where a call can be when its caller goes away: what the server does, and what is left open afterwards. */
const points: Readonly<Record<string, { readonly answer: Answerer; readonly open: number }>> = {
  "before the answer": { answer: () => undefined, open: 0 },
  "after the headers": { answer: answerer((response) => response.writeHead(200).flushHeaders()), open: 0 },
  "within the body": { answer: answerer((response) => void response.writeHead(200).write('{"half":')), open: 0 },
  "within a packed body": {
    answer: answerer((response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).write(Buffer.from("1f8b0800000000000003", "hex"));
    }),
    open: 0,
  },
  // A whole answer was read: its connection may be used again.
  "while waiting to try again": { answer: answerer((response) => answerJson(response, {}, 503)), open: 1 },
};

describe("a call that is canceled", () => {
  test.each(Object.keys(points))("%s ends at once, gives its permit back and closes its connection", async (name) => {
    const point = points[name] ?? { answer: () => undefined, open: 0 };
    await using server = await startServer(point.answer);
    const budget = createBudget();
    const client = createHttpClient({
      dispatcher,
      budget,
      timeoutMs: 30_000,
      retry: { maxTries: 2, baseMs: 60_000, maxMs: 60_000 },
    });
    const controller = new AbortController();
    const request = {
      method: "GET",
      url: server.url,
      route: "GET it",
      headers: {},
      idempotent: true,
      maxBytes: 1000,
    } as const;
    const canceled = failureFrom(
      client.send(request, testCall({ signal: controller.signal }), ({ status }) => {
        throw new ConnectorError("unavailable", `status ${status}`);
      }),
    );
    await until(() => server.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    expect((await canceled).kind).toBe("canceled");
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
    await until(() => server.connections <= point.open);
    expect(server.requests).toHaveLength(1);
  });

  test("before it begins sends nothing", async () => {
    await using server = await startServer((_request, response) => answerJson(response, {}));
    const budget = createBudget();
    const client = createHttpClient({ dispatcher, budget, timeoutMs: 30_000 });
    const request = { method: "GET", url: server.url, route: "GET it", headers: {}, maxBytes: 1000 } as const;
    const call = testCall({ signal: AbortSignal.abort() });
    const canceled = await failureFrom(client.send({ ...request, idempotent: true }, call, ({ text }) => text));
    expect(canceled.kind).toBe("canceled");
    await new Promise(setImmediate);
    expect([server.requests.length, call.upstream.requests, budget.state.inFlight]).toEqual([0, 0, 0]);
  });

  test("by its deadline is a time-out", async () => {
    await using server = await startServer(() => undefined);
    const client = createHttpClient({ dispatcher, budget: createBudget(), timeoutMs: 30_000 });
    const request = { method: "GET", url: server.url, route: "GET it", headers: {}, maxBytes: 1000 } as const;
    const call = testCall({ signal: AbortSignal.timeout(30), deadlineMs: Date.now() + 30 });
    const late = await failureFrom(client.send({ ...request, idempotent: true }, call, ({ text }) => text));
    expect(late.kind).toBe("timeout");
    await until(() => server.connections === 0);
  });
});
