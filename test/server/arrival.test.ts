import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openClient, openSession, openSocket, type Way } from "./clients.ts";
import { createLocalTls, type LocalTls, startTestServer, until } from "./harness.ts";

/** Requests that never come to their end. */

let local: LocalTls;
let authority: LocalTls["authority"];
let tls: LocalTls["tls"];

beforeAll(async () => {
  local = await createLocalTls();
  ({ authority, tls } = local);
});
afterAll(() => local[Symbol.dispose]());

const http2Ways: readonly Way[] = ["grpc", "connect over HTTP/2"];

test.each(http2Ways)("requests that do not arrive in time are given up, and no call that runs: %s", async (way) => {
  await using server = await startTestServer({ tls, limits: { requestTimeoutMs: 200 } });
  using client = openClient(way, server.running, { ca: authority.cert });
  const running = client.wait();
  await until(() => server.waiting === 1, "the call to run");
  const session = await openSession(server, way, authority.cert);
  const contentType = way === "grpc" ? "application/grpc" : "application/json";
  const codesOfResets = Array.from({ length: 20 }, async () => {
    const path = "/c1.connector.v2.ConnectorService/Validate";
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": contentType });
    stream.on("error", () => undefined); // Reset by the server, as the test wants.
    stream.resume().write(Buffer.alloc(2));
    await once(stream, "close");
    return stream.rstCode;
  });
  expect(new Set(await Promise.all(codesOfResets))).toEqual(new Set([8])); // CANCEL
  expect(server.waiting).toBe(1);
  server.release();
  expect((await running).said).toBe("released");
  session.destroy();
});

test("over HTTP/1.1 a request that does not arrive in time is given up", async () => {
  await using server = await startTestServer({ limits: { requestTimeoutMs: 100 } });
  for (const address of [server.running.operations, server.running.connect ?? server.running.operations]) {
    const socket = await openSocket(address);
    socket.write(
      "POST /c1.connector.v2.ConnectorService/Validate HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n",
    );
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    await once(socket, "close");
    expect(answer).toContain("408");
  }
});
