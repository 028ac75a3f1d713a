import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { selfSignedCertificate } from "../../test/support/certificates.ts";
import { listenAnywhere, startTunnelProxy } from "../../test/support/proxy.ts";
import { Secret } from "../secret.ts";
import { createDispatcher, type DispatcherOptions, proxyRedactor, usesProxy } from "./dispatcher.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function listen(server: Server): Promise<number> {
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listenAnywhere(server);
}

async function get(origin: string, options: DispatcherOptions): Promise<string> {
  const dispatcher = createDispatcher(options);
  closers.push(() => void dispatcher.destroy());
  const { body } = await dispatcher.request({ origin, path: "/x", method: "GET" });
  return body.text();
}

const proxyOptions = (port: number, except: readonly string[] = [], user = "") => ({
  proxy: { url: new Secret(`http://${user}127.0.0.1:${port}`), except },
});

describe("a proxy", () => {
  const answer = createServer((request, response) => response.end(`${request.method} ${request.url}`));

  test("tunnels every request, with its own credentials", async () => {
    await using proxy = await startTunnelProxy();
    const port = await listen(answer);
    expect(await get(`http://127.0.0.1:${port}`, proxyOptions(proxy.port, [], "me:p%40ss@"))).toBe("GET /x");
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(proxy.tunnels).toEqual([{ target: `127.0.0.1:${port}`, authorization }]);
  });

  test("is not used for the hosts that are excepted", async () => {
    await using proxy = await startTunnelProxy();
    const port = await listen(answer);
    expect(await get(`http://127.0.0.1:${port}`, proxyOptions(proxy.port, ["127.0.0.1"]))).toBe("GET /x");
    expect(await get(`http://localhost:${port}`, proxyOptions(proxy.port, ["127.0.0.1"]))).toBe("GET /x");
    expect(proxy.tunnels.map(({ target }) => target)).toEqual([`localhost:${port}`]);
  });

  test("that refuses fails the request", async () => {
    await using proxy = await startTunnelProxy(407);
    await expect(get("http://127.0.0.1:1", proxyOptions(proxy.port))).rejects.toThrow("Proxy response (407)");
  });
});

test.each([
  ["localhost", "https://localhost:1/"],
  ["localhost,127.0.0.1,::1", "http://[::1]:1/"],
  ["[::1]:1", "http://[::1]:1/"],
  ["[::1]:2", "http://[::1]:1/"],
  ["127.0.0.1:1", "https://127.0.0.1:1/"],
  ["127.0.0.1:2", "https://127.0.0.1:1/"],
  ["*:443", "https://a.invalid/"],
  ["*:443", "http://a.invalid/"],
  ["other *", "https://a.invalid/"],
  ["A.invalid.", "https://a.invalid./"],
  ["a.invalid", "https://b.a.invalid/"],
  [".a.invalid", "https://a.invalid/"],
  ["*.a.invalid", "https://a.invalid/"],
  ["*.a.invalid", "https://b.a.invalid/"],
  ["a.invalid", "https://ba.invalid/"],
  ["other.invalid", "https://a.invalid/"],
])("with the exceptions %s, it is known whether %s goes through the proxy", async (list, text) => {
  await using proxy = await startTunnelProxy(407);
  const options = proxyOptions(proxy.port, list.split(","));
  const url = new URL(text);
  await expect(get(url.origin, options)).rejects.toThrow();
  expect(usesProxy(options.proxy, url)).toBe(proxy.tunnels.length > 0);
});

test("a proxy's password is found in what comes through it, in each of its forms", () => {
  const { redact, holds } = proxyRedactor({ url: new Secret("http://me:long%2Fsecret%20word@proxy.example") });
  const basic = Buffer.from("me:long/secret word").toString("base64");
  expect(redact(`long/secret word, long%2Fsecret%20word, ${basic}`)).toBe("[secret], [secret], [secret]");
  expect(holds(`{"a":"${basic}"}`)).toBe(true);
  const none = proxyRedactor({ url: new Secret("http://proxy.example") });
  expect([none.redact("proxy.example"), none.holds("proxy.example")]).toEqual(["proxy.example", false]);
});

describe("a certificate authority of one's own", () => {
  let [cert, key] = ["", ""];
  beforeAll(async () => {
    ({ cert, key } = await selfSignedCertificate());
  });

  async function startTls() {
    const port = await listen(createTlsServer({ cert, key }, (_, response) => response.end("hello")));
    return { port, caPem: cert };
  }

  test("is trusted when it is given, and not otherwise", async () => {
    const { port, caPem } = await startTls();
    await expect(get(`https://localhost:${port}`, {})).rejects.toThrow(/self-signed certificate/);
    expect(await get(`https://localhost:${port}`, { caPem })).toBe("hello");
  });

  test("is trusted through a proxy too", async () => {
    const { port, caPem } = await startTls();
    await using proxy = await startTunnelProxy();
    await expect(get(`https://localhost:${port}`, proxyOptions(proxy.port))).rejects.toThrow(/self-signed certificate/);
    expect(await get(`https://localhost:${port}`, { ...proxyOptions(proxy.port), caPem })).toBe("hello");
    expect(proxy.tunnels.map(({ target }) => target)).toEqual([`localhost:${port}`, `localhost:${port}`]);
  });
});
