import { describe, expect, test } from "vitest";
import { listenOperations } from "./operations-listener.ts";

async function started(host: string, ready = true) {
  const listener = await listenOperations({
    address: { host, port: 0 },
    isReady: () => ready,
    metrics: async () => ({ contentType: "text/plain", text: "some_metric 1\n" }),
    services: (_request, response) => void response.writeHead(200).end("served"),
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${listener.address.port}${path}`, {
      headers: { connection: "close" },
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { get, [Symbol.asyncDispose]: () => listener.close(100) };
}

describe("the operations port", () => {
  test("serves the services on loopback", async () => {
    await using port = await started("127.0.0.1");
    expect(await port.get("/c1.connector.v2.GrantsService/ListGrants")).toEqual({ status: 200, text: "served" });
  });

  test("serves health, readiness and metrics only off loopback, where anybody may ask", async () => {
    await using port = await started("0.0.0.0");
    expect(await port.get("/healthz")).toEqual({ status: 200, text: "ok\n" });
    expect((await port.get("/readyz")).status).toBe(200);
    expect((await port.get("/metrics")).text).toContain("some_metric");
    const refused = await port.get("/c1.connector.v2.GrantsService/ListGrants");
    expect(refused.status).toBe(404);
    expect(refused.text).not.toContain("served");
  });

  test("is healthy and not ready while it stops", async () => {
    await using port = await started("127.0.0.1", false);
    expect((await port.get("/healthz")).status).toBe(200);
    expect((await port.get("/readyz")).status).toBe(503);
  });
});
