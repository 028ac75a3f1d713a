import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../limits.ts";
import { silentLog } from "../telemetry/log.ts";
import { answer } from "./http.ts";
import { listenOperations } from "./operations-listener.ts";

async function started(host: string, ready = true) {
  const listener = await listenOperations({
    address: { host, port: 0 },
    isReady: () => ready,
    metrics: async () => ({ contentType: "text/plain", text: "some_metric 1\n" }),
    services: (_request, response) => answer(response, 200, "served"),
    limits: defaultLimits,
    log: silentLog,
  });
  // Not fetch, which allows neither an odd path nor another host.
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: listener.address.port, path, headers, agent: false };
      const sent = request(options, (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on("error", reject).end();
    });
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

  test("answers any path, however odd, and goes on", async () => {
    await using port = await started("127.0.0.1");
    for (const path of ["//", "/%", "/healthz?x=//"]) expect((await port.get(path)).status).toBeLessThan(500);
    expect((await port.get("/healthz")).status).toBe(200);
  });

  test("serves no page of a browser, which reaches loopback under a name or origin of its own", async () => {
    await using port = await started("127.0.0.1");
    const path = "/c1.connector.v2.GrantsService/ListGrants";
    expect((await port.get(path, { origin: "https://evil.example" })).status).toBe(403);
    expect((await port.get(path, { host: "evil.example" })).status).toBe(403);
    expect((await port.get(path, { host: "localhost:1" })).status).toBe(200);
  });

  test("is healthy and not ready while it stops", async () => {
    await using port = await started("127.0.0.1", false);
    expect((await port.get("/healthz")).status).toBe(200);
    expect((await port.get("/readyz")).status).toBe(503);
  });
});
