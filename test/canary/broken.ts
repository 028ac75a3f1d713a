import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { echoes, sentBy } from "./echoes.ts";
import type { World } from "./world.ts";

/** Answers that are no HTTP, or only just, with what was sent in each place that a parser could repeat. */
const answers: Readonly<Record<string, (echo: string) => string>> = {
  "no HTTP at all": (echo) => `${echo}\r\n\r\n`,
  "a status line": (echo) => `HTTP/1.1 500 ${echo}\r\ncontent-length: 0\r\n\r\n`,
  "the version": (echo) => `HTTP/${echo} 200 ok\r\n\r\n`,
  "the status": (echo) => `HTTP/1.1 ${echo}\r\n\r\n`,
  "a header's name": (echo) => `HTTP/1.1 200 ok\r\n${echo}: 1\r\ncontent-length: 0\r\n\r\n`,
  "a header that does not end": (echo) => `HTTP/1.1 200 ok\r\nx-echo: ${echo.repeat(300)}`,
  "a length": (echo) => `HTTP/1.1 200 ok\r\ncontent-length: ${echo}\r\n\r\n`,
  "a chunk's length": (echo) => `HTTP/1.1 200 ok\r\ntransfer-encoding: chunked\r\n\r\n${echo}\r\n`,
  "a body that is longer than it says": (echo) => `HTTP/1.1 401 no\r\ncontent-length: 2\r\n\r\n${echo}`,
  "a body that is no gzip": (echo) =>
    `HTTP/1.1 200 ok\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: ${echo.length}\r\n\r\n${echo}`,
};

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}

export function describeBrokenUpstream(worldOf: () => World): void {
  describe("an upstream that tells what it was sent where HTTP breaks", () => {
    test.each(Object.entries(answers))("in %s", async (place, answer) => {
      const world = worldOf();
      for (const name of ["the header", "the token", "the request"]) {
        const sockets = new Set<Socket>();
        let told = 0;
        const server = createServer((socket) => {
          sockets.add(socket);
          let received = "";
          socket.on("error", () => socket.destroy());
          socket.on("data", (chunk) => {
            received += chunk.toString("latin1");
            if (!received.endsWith("\r\n\r\n")) return;
            const authorization = /^authorization: (.*)\r$/im.exec(received)?.[1];
            const sent = sentBy({ method: "GET", path: "/x", headers: { authorization } });
            told += sent ? 1 : 0;
            socket.end(answer(sent ? (echoes[name]?.(sent) ?? "") : ""));
          });
        });
        const port = await listen(server);
        try {
          await world.run(`${name} in ${place}`, `http://127.0.0.1:${port}/fabrikam`);
        } finally {
          for (const socket of sockets) socket.destroy();
          server.close();
        }
        expect(told).toBeGreaterThan(0);
      }
      expect(world.search.take()).toEqual([]);
    });
  });
}

/** A proxy that opens no tunnel, or answers in the place of upstream, each with the password that it was given. */
export function describeTalkativeProxy(worldOf: () => World): void {
  test.each(["a refusal", "a tunnel"])("a proxy that tells its password in %s", async (kind) => {
    const world = worldOf();
    let told = 0;
    const server = createServer((socket) => {
      let password = "";
      socket.on("error", () => socket.destroy());
      socket.on("data", (chunk) => {
        const sent = /^proxy-authorization: (.*)\r$/im.exec(chunk.toString("latin1"))?.[1];
        const clear = Buffer.from(sent?.split(" ")[1] ?? "", "base64").toString("utf8");
        password = sent ? `${sent} ${clear} ${encodeURIComponent(clear)}` : password;
        told += 1;
        const body = JSON.stringify({ message: password });
        const head = `content-type: application/json\r\nactivityid: ${password}\r\ncontent-length: ${body.length}`;
        if (kind === "a tunnel" && sent) return socket.write(`HTTP/1.1 200 ${password}\r\n\r\n`);
        socket.end(`HTTP/1.1 ${kind === "a tunnel" ? 400 : 407} ${password}\r\n${head}\r\n\r\n${body}`);
      });
    });
    const port = await listen(server);
    for (const _way of world.ways.filter(({ purpose }) => purpose === "proxy")) {
      await world.run(`${kind} of a proxy`, "http://127.0.0.1:1/fabrikam", port);
    }
    server.close();
    expect(told).toBeGreaterThan(5);
    expect(world.search.take()).toEqual([]);
  });
}
