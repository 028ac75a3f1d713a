import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatAddress } from "../../src/server/address.ts";
import { openClient, type Way } from "./clients.ts";
import { createLocalTls, type LocalTls, startTestServer, type TestServer, until } from "./harness.ts";
import { healthOf, watchHealth } from "./standard-services.ts";

const unavailable = 14;

let local: LocalTls;
let authority: LocalTls["authority"];
let tls: LocalTls["tls"];

beforeAll(async () => {
  local = await createLocalTls();
  ({ authority, tls } = local);
});
afterAll(() => local[Symbol.dispose]());

const ways: readonly Way[] = ["grpc", "connect over HTTP/1.1", "connect over HTTP/2", "operations port"];

const readiness = async ({ running }: TestServer) =>
  (await fetch(`http://${formatAddress(running.operations)}/readyz`)).status;

describe("a server that is asked to stop", () => {
  test.each(ways)("lets running calls end, and refuses new ones with UNAVAILABLE: %s", async (way) => {
    const server = await startTestServer({ tls });
    using client = openClient(way, server.running, { ca: authority.cert });
    expect(await readiness(server)).toBe(200);
    const outcomes = [client.wait(), client.stream()];
    await until(() => server.waiting === 2, "two calls to run");

    let closed = false;
    const closing = server.running.close(60_000).then(() => {
      closed = true;
    });
    expect(await readiness(server)).toBe(503);
    const refused = await client.call();
    expect(refused.code).toBe(unavailable);
    // On the Connect port a call is a new connection: over HTTP/1.1 at any time, over HTTP/2 once it is told to go away.
    if (way === "grpc" || way === "operations port")
      expect(refused.message).toContain("the server is stopping: try again");
    using newcomer = openClient(way, server.running, { ca: authority.cert });
    expect((await newcomer.call()).code).toBe(unavailable);
    expect([closed, server.waiting]).toEqual([false, 2]);

    server.release();
    expect((await Promise.all(outcomes)).map(({ said }) => said)).toEqual(["released", "first complete"]);
    await closing;
    expect((await client.call()).code).not.toBe(0);
  });

  test.each(ways)("ends calls that outlast the limit with UNAVAILABLE: %s", async (way) => {
    const server = await startTestServer({ tls });
    using client = openClient(way, server.running, { ca: authority.cert });
    const outcomes = [client.wait(), client.stream()];
    await until(() => server.waiting === 2, "two calls to run");
    await server.running.close(50);
    for (const { code, message } of await Promise.all(outcomes)) {
      expect([code, message]).toEqual([unavailable, "the server stopped before the call could end: try again"]);
    }
    expect(server.waiting).toBe(0);
    expect(server.log()).toContain("--drain-timeout is over");
  });

  test("tells NOT_SERVING to who watches its health, whom it does not wait for", async () => {
    const server = await startTestServer();
    expect(await healthOf(server.running.grpc)).toBe("SERVING");
    const states: string[] = [];
    const watching = (async () => {
      for await (const state of watchHealth(server.running.grpc)) states.push(state);
    })();
    await until(() => states.length === 1, "the first state");
    using client = openClient("grpc", server.running);
    const running = client.wait();
    await until(() => server.waiting === 1, "the call to run");
    const closing = server.running.close(60_000);
    await until(() => states.length === 2, "the second state");
    expect(states).toEqual(["SERVING", "NOT_SERVING"]);
    server.release();
    expect((await running).code).toBe(0);
    await closing;
    await expect(watching).rejects.toThrow();
  });

  test("with nothing to wait for is gone at once", async () => {
    const server = await startTestServer();
    using client = openClient("grpc", server.running);
    expect((await client.call()).code).toBe(0);
    await server.running.close(60_000);
    expect((await client.call()).code).toBe(unavailable);
  });
});
