import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient, openSession, openSocket, type Way } from "./clients.ts";
import { createLocalTls, type LocalTls, startTestServer, until } from "./harness.ts";

const codes = { resourceExhausted: 8, unavailable: 14 };

let local: LocalTls;
let authority: LocalTls["authority"];
let tls: LocalTls["tls"];
let folder: LocalTls["folder"];

beforeAll(async () => {
  local = await createLocalTls();
  ({ folder, authority, tls } = local);
});
afterAll(() => local[Symbol.dispose]());

const ways: readonly Way[] = ["grpc", "connect over HTTP/1.1", "connect over HTTP/2", "operations port"];
const http2Ways: readonly Way[] = ["grpc", "connect over HTTP/2"];

describe("of a call", () => {
  test.each(ways)("a message above the limit is RESOURCE_EXHAUSTED: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { maxMessageBytes: 2000 } });
    using client = openClient(way, server.running, { ca: authority.cert });
    expect((await client.call({ paddingBytes: 1000 })).code).toBe(0);
    expect((await client.call({ paddingBytes: 2100 })).code).toBe(codes.resourceExhausted);
    expect((await client.call()).code).toBe(0);
  });

  test.each(ways)("metadata above the limit is RESOURCE_EXHAUSTED: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { maxMetadataBytes: 2000 } });
    using client = openClient(way, server.running, { ca: authority.cert });
    expect((await client.call({ headers: { "x-padding": "x".repeat(900) } })).code).toBe(0);
    const refused = await client.call({ headers: { "x-padding": "x".repeat(2000) } });
    expect(refused.code).toBe(codes.resourceExhausted);
    expect(refused.message).toMatch(/bytes of metadata and may have 2000: .*--max-metadata-bytes/);
    expect((await client.call()).code).toBe(0);
  });

  test("metadata that HTTP/2 itself resets is RESOURCE_EXHAUSTED to a gRPC client too", async () => {
    await using server = await startTestServer();
    using client = openClient("grpc", server.running);
    const headers = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x-${index}`, "x".repeat(5000)]));
    expect((await client.call({ headers })).code).toBe(codes.resourceExhausted);
    expect((await client.call()).code).toBe(0);
  });

  test.each(ways)(
    "one too many of a caller is UNAVAILABLE with the time to wait, and others go on: %s",
    async (way) => {
      const [first, second] = ["first-0123456789abcdef", "second-0123456789abcdef"];
      const authTokensFile = folder.write("tokens", `a:${first}\nb:${second}\n`);
      await using server = await startTestServer({ tls, authTokensFile, limits: { maxCallsPerCaller: 2 } });
      using client = openClient(way, server.running, { ca: authority.cert });
      const a = { headers: { authorization: `Bearer ${first}` } };
      const running = [client.wait(a), client.stream(a)];
      await until(() => server.waiting === 2, "two calls to run");
      for (const refused of [await client.call(a), await client.stream(a)]) {
        expect(refused.code).toBe(codes.unavailable);
        expect(refused.message).toMatch(/caller a has 2 calls running: .*--max-calls-per-caller/);
        expect(refused.detailTypes).toEqual(["c1.connector.v2.RateLimitDescription"]);
      }
      expect((await client.call({ headers: { authorization: `Bearer ${second}` } })).code).toBe(0);
      server.release();
      expect((await Promise.all(running)).map(({ said }) => said)).toEqual(["released", "first complete"]);
      expect((await client.call(a)).code).toBe(0);
    },
  );
});

describe("of a connection", () => {
  test.each(http2Ways)("calls above its streams wait: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { maxStreamsPerConnection: 2 } });
    using client = openClient(way, server.running, { ca: authority.cert });
    expect((await client.call()).code).toBe(0); // By now the client has been told.
    const outcomes = [client.wait(), client.wait(), client.wait()];
    await until(() => server.waiting === 2, "two calls to run");
    using other = openClient(way, server.running, { ca: authority.cert });
    // Time for the third to come, if it would.
    for (let index = 0; index < 20; index += 1) expect((await other.call()).code).toBe(0);
    expect(server.waiting).toBe(2);
    server.release();
    await until(() => server.waiting === 1, "the third call to run");
    server.release();
    expect((await Promise.all(outcomes)).map(({ said }) => said)).toEqual(["released", "released", "released"]);
  });

  test.each(http2Ways)("pings that come too fast end it with ENHANCE_YOUR_CALM: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { minPingIntervalMs: 60_000 } });
    const session = await openSession(server, way, authority.cert);
    let goaway: readonly unknown[] = [];
    session.on("goaway", (code: number, _last: number, data: Buffer) => {
      goaway = [code, String(data)];
    });
    let pings = 0;
    for (; pings < 10 && !session.destroyed; pings += 1) {
      await new Promise<void>((resolve) => void session.ping(() => resolve()));
    }
    expect(goaway).toEqual([11, "too_many_pings"]);
    // Three are forgiven, and one more right after the settings were acknowledged.
    expect(pings).toBeGreaterThan(3);
    expect(pings).toBeLessThan(7);
    await until(() => session.destroyed, "the end");
    expect(server.log()).toMatch(/"level":40[^\n]*"peer":"127\.0\.0\.1:\d+"[^\n]*--min-ping-interval/);
  });

  test.each(http2Ways)("a thousand pings at once end it, and are told once: %s", async (way) => {
    await using server = await startTestServer({ tls });
    const session = await openSession(server, way, authority.cert);
    for (let index = 0; index < 1000 && !session.destroyed; index += 1) session.ping(() => undefined);
    await until(() => session.destroyed, "the end");
    expect(server.log().match(/--min-ping-interval/g)).toHaveLength(1);
  });

  test.each(http2Ways)("pings that come in time, or along with data, are welcome: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { minPingIntervalMs: 20 } });
    const session = await openSession(server, way, authority.cert);
    const ping = () => new Promise<void>((resolve) => void session.ping(() => resolve()));
    for (let index = 0; index < 8; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await ping();
    }
    await using strict = await startTestServer({ tls, limits: { minPingIntervalMs: 60_000 } });
    const busy = await openSession(strict, way, authority.cert);
    for (let index = 0; index < 8; index += 1) {
      const stream = busy.request({ ":method": "POST", ":path": "/nothing" }, { endStream: true });
      stream.resume();
      await once(stream, "close");
      await new Promise<void>((resolve) => void busy.ping(() => resolve()));
    }
    expect([session.destroyed, busy.destroyed]).toEqual([false, false]);
    session.destroy();
    busy.destroy();
  });

  test.each(http2Ways)("it ends when it is idle, and not while a call runs: %s", async (way) => {
    await using server = await startTestServer({ tls, limits: { maxConnectionIdleMs: 200 } });
    using client = openClient(way, server.running, { ca: authority.cert });
    const outcome = client.wait();
    await until(() => server.waiting === 1, "the call to run");
    const idle = await openSession(server, way, authority.cert);
    await until(() => idle.destroyed, "the idle one to end");
    server.release();
    expect((await outcome).said).toBe("released");
  });

  test("over HTTP/1.1 it ends when it is idle", async () => {
    await using server = await startTestServer({ limits: { maxConnectionIdleMs: 50 } });
    const socket = await openSocket(server.running.operations);
    socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  test.each(http2Ways)("it ends at its age, with the calls that outlast the grace: %s", async (way) => {
    const limits = { maxConnectionAgeMs: 300, maxConnectionAgeGraceMs: 100 };
    await using server = await startTestServer({ tls, limits });
    using client = openClient(way, server.running, { ca: authority.cert });
    const outcome = client.wait();
    await until(() => server.waiting === 1, "the call to run");
    const session = await openSession(server, way, authority.cert);
    await until(() => session.destroyed, "the end");
    expect((await outcome).code).not.toBe(0);
    await until(() => server.waiting === 0, "the call to be given up");
    expect((await client.call()).code).toBe(0); // On a new one.
  });

  test("a peer that answers no ping is let go", async () => {
    await using server = await startTestServer({ limits: { keepaliveIntervalMs: 100, keepaliveTimeoutMs: 100 } });
    const socket = await openSocket(server.running.grpc);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])); // SETTINGS, empty.
    socket.resume();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });
});

describe("of a port", () => {
  test("connections above the limit are closed, and a place that is left is taken", async () => {
    await using server = await startTestServer({ limits: { maxConnections: 2 } });
    const { grpc, connect = grpc, operations } = server.running;
    for (const address of [grpc, connect, operations]) {
      const kept = [await openSocket(address), await openSocket(address)];
      const refused = await openSocket(address);
      refused.resume();
      await once(refused, "close");
      expect(kept.map(({ destroyed }) => destroyed)).toEqual([false, false]);
      for (const socket of kept) socket.destroy();
      await until(async () => {
        const next = await openSocket(address);
        const closed = once(next.resume(), "close").then(() => true);
        const isOpen = !(await Promise.race([closed, new Promise((resolve) => setTimeout(() => resolve(false), 50))]));
        next.destroy();
        return isOpen;
      }, "a free place");
    }
    expect(server.log().match(/--max-connections are open/g)?.length).toBeGreaterThanOrEqual(3);
  });
});
