import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { afterAll, describe, expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Answerer, answerJson, startServer, type TestServer } from "../../test/support/http-server.ts";
import { ConnectorError } from "../errors.ts";
import { createBudget } from "./budget.ts";
import { createHttpClient, type HttpAnswer, type HttpClientOptions, type HttpRequest } from "./client.ts";

const dispatcher = new Agent({ connections: 8 });
afterAll(() => dispatcher.destroy());

const retry = { maxTries: 4, baseMs: 1, maxMs: 2 };

/** What the client of an API does with an answer, in short. */
function read({ status, text }: HttpAnswer): unknown {
  if (status === 429) throw new ConnectorError("rate-limited", "asked for a pause");
  if (status >= 500) throw new ConnectorError("unavailable", `status ${status}`);
  if (status >= 300) throw new ConnectorError("wrong-route", `status ${status}`);
  return JSON.parse(text);
}

function setup(server: TestServer, timeoutMs = 5000, more: Pick<HttpClientOptions, "redact"> = {}) {
  const budget = createBudget();
  const counted: string[] = [];
  const onRequest = (route: string) => void counted.push(route);
  const client = createHttpClient({ dispatcher, budget, timeoutMs, retry, onRequest, ...more });
  const request = (rest: Partial<HttpRequest> = {}): HttpRequest => ({
    method: "GET",
    url: new URL("/things?page=1", server.url),
    route: "GET things",
    headers: { "x-test": "yes" },
    idempotent: true,
    maxBytes: 10_000,
    ...rest,
  });
  const send = (rest: Partial<HttpRequest> = {}, call = testCall()) => client.send(request(rest), call, read);
  return { budget, counted, send };
}

const post = { method: "POST", body: '{"a":1}', idempotent: false } as const;
const ok: Answerer = (_request, response) => answerJson(response, { ok: true });
/** The first requests fail in one way, those after them are answered. */
const failing =
  (times: number, fail: Answerer): Answerer =>
  (request, response, index) =>
    index < times ? fail(request, response, index) : ok(request, response, index);

const refuse =
  (status: number, headers = {}): Answerer =>
  (_request, response) =>
    answerJson(response, {}, status, headers);

/** Ways to fail that pass. */
const passing: Readonly<Record<string, Answerer>> = {
  "429": refuse(429, { "retry-after": "0.01" }),
  "503": refuse(503),
  "a connection that is reset before the answer": (_request, response) => void response.socket?.destroy(),
  "a connection that is reset within the body": (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"ok":', () => response.socket?.destroy());
  },
  "gzip that is cut": (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync('{"ok":true}').subarray(0, -9));
  },
};

describe("a request", () => {
  test("arrives as it was stated, and its answer comes back", async () => {
    await using server = await startServer(ok);
    const { send, counted } = setup(server);
    const call = testCall();
    expect(await send({ method: "POST", body: '{"a":1}' }, call)).toEqual({ ok: true });
    const [received] = server.requests;
    expect(received).toMatchObject({ method: "POST", body: '{"a":1}', headers: { "x-test": "yes" } });
    expect(received?.url.pathname).toBe("/things");
    expect(received?.url.search).toBe("?page=1");
    expect([call.upstream.requests, counted]).toEqual([1, ["GET things"]]);
  });

  test.each(Object.keys(passing))("after %s is sent again, and succeeds", async (name) => {
    await using server = await startServer(failing(2, passing[name] ?? ok));
    const { send, budget, counted } = setup(server);
    const call = testCall();
    expect(await send({}, call)).toEqual({ ok: true });
    expect([server.requests.length, call.upstream.requests, counted.length]).toEqual([3, 3, 3]);
    expect(budget.state).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test.each(Object.keys(passing))("that is not idempotent is never sent again after %s", async (name) => {
    await using server = await startServer(failing(9, passing[name] ?? ok));
    const { send, budget } = setup(server);
    const failure = await failureFrom(send(post));
    expect(["rate-limited", "unavailable", "malformed-answer"]).toContain(failure.kind);
    expect(server.requests).toHaveLength(1);
    expect(budget.state.inFlight).toBe(0);
  });

  test("leaves no timer of its time limit behind", async () => {
    await using server = await startServer(ok);
    const set = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await setup(server, 54_321).send();
    const limits = set.mock.results.filter((_, index) => set.mock.calls[index]?.[1] === 54_321);
    expect(limits).toHaveLength(1);
    expect(cleared.mock.calls.map(([timer]) => timer)).toContain(limits[0]?.value);
    vi.restoreAllMocks();
  });

  test("is given up after as many tries as the policy has", async () => {
    await using server = await startServer(refuse(503));
    const { send } = setup(server);
    expect(await failureFrom(send())).toMatchObject({ kind: "unavailable", message: "status 503" });
    expect(server.requests).toHaveLength(4);
  });

  test("to a port where nobody listens is unavailable, by route and host, without the URL", async () => {
    const server = await startServer(ok);
    await server[Symbol.asyncDispose]();
    const failure = await failureFrom(setup(server).send());
    expect(failure).toMatchObject({ kind: "unavailable", message: expect.stringContaining("GET things") });
    expect(failure.message).toContain(`${server.url.host} cannot be reached; check the network`);
    expect(failure.message).not.toContain("http:");
  });

  test("does not follow a redirect: credentials stay where they were sent", async () => {
    await using other = await startServer(ok);
    await using server = await startServer(refuse(302, { location: other.url.href }));
    expect((await failureFrom(setup(server).send())).kind).toBe("wrong-route");
    expect([server.requests.length, other.requests.length]).toEqual([1, 0]);
  });
});

describe("an answer", () => {
  test("over the limit is refused, counted after unpacking", async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify("a".repeat(1_000_000))));
    });
    const { send, budget } = setup(server);
    const failure = await failureFrom(send(post));
    expect(failure).toMatchObject({ kind: "refused", message: expect.stringContaining("10000 bytes") });
    expect(budget.state.inFlight).toBe(0);
  });

  test("over the limit is not asked for again", async () => {
    await using server = await startServer((_request, response) => answerJson(response, "a".repeat(20_000)));
    await failureFrom(setup(server).send());
    expect(server.requests).toHaveLength(1);
  });

  test("that does not come in time is a time-out, before or within the body", async () => {
    await using server = await startServer((_request, response, index) => {
      if (index % 2 === 0) response.writeHead(200, { "content-type": "application/json" }).write('{"ok":');
    });
    const { send, budget } = setup(server, 40);
    expect((await failureFrom(send(post))).kind).toBe("timeout");
    expect((await failureFrom(send(post))).kind).toBe("timeout");
    expect(budget.state.inFlight).toBe(0);
    expect(budget.state.concurrencyLimit).toBeLessThan(6);
  });

  test("that the reader cannot take for a reason of its own is a bug, which is not tried again", async () => {
    await using server = await startServer((_request, response) => response.end("not JSON"));
    const { send, budget } = setup(server);
    const failure = await failureFrom(send());
    expect(failure.kind).toBe("bug");
    expect(failure.cause).toBeInstanceOf(SyntaxError);
    expect([server.requests.length, budget.state.inFlight]).toEqual([1, 0]);
  });

  test("that is no HTTP is damaged, and what was received is not kept", async () => {
    await using server = await startServer(({ headers }, response) => {
      response.socket?.end(`${headers.authorization}\r\n\r\n`);
    });
    const failure = await failureFrom(setup(server).send({ headers: { authorization: "s3cret" } }));
    expect(failure.kind).toBe("malformed-answer");
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test("of a host that repeats what was sent does not tell it", async () => {
    await using server = await startServer(refuse(503));
    const { send } = setup(server, 5000, { redact: (text) => text.replaceAll("s3cret", "[secret]") });
    const failure = await failureFrom(send({ url: new URL("http://s3cret.invalid/x") }));
    expect(failure.message).toContain("[secret].invalid");
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test("of 429 with Retry-After pauses the whole budget, and says when to come back", async () => {
    await using server = await startServer(refuse(429, { "retry-after": "30" }));
    const { send, budget } = setup(server);
    const beforeMs = Date.now();
    const failure = await failureFrom(send({}, testCall({ deadlineMs: Date.now() + 2000 })));
    expect(failure).toMatchObject({ kind: "rate-limited", retryAtMs: expect.any(Number) });
    expect((failure.retryAtMs ?? 0) - beforeMs).toBeGreaterThan(29_000);
    expect((failure.retryAtMs ?? 0) - beforeMs).toBeLessThan(35_000);
    expect(budget.state.pausedUntilMs).toBeGreaterThan(beforeMs + 29_000);
    expect(server.requests).toHaveLength(1);
  });
});
