import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ConnectorError } from "../../errors.ts";

/** Waits on this machine for the browser that comes back from a sign-in. */
export interface CodeListener {
  readonly redirectUri: string;
  /** The first answer that carries the state which was sent; others are turned away. */
  readonly code: Promise<string>;
  close(): Promise<void>;
}

export async function listenForCode(state: string, signal: AbortSignal): Promise<CodeListener> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  code.catch(() => undefined); // Whoever gave up before does not wait for it.
  let taken = false;

  function answer({ method, url = "/" }: IncomingMessage, response: ServerResponse): void {
    const query = new URL(url, "http://localhost").searchParams;
    if (method !== "GET" || !isEqual(query.get("state") ?? "", state)) {
      send(response, 400, pages.foreign);
    } else if (taken) {
      send(response, 410, pages.used);
    } else {
      taken = true;
      const found = query.get("code");
      send(response, 200, found ? pages.done : pages.failed);
      if (found) resolve(found);
      else reject(refused(query.get("error") ?? "no code", query.get("error_description") ?? ""));
    }
  }

  const [first, second] = [createServer(answer), createServer(answer)];
  const port = await listen(first, "127.0.0.1", 0);
  // Browsers take `localhost` for either; a machine without IPv6 has the one only.
  await listen(second, "::1", port).catch(() => undefined);
  const onAbort = () => reject(new ConnectorError("canceled", "nobody waits for the sign-in any more"));
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    redirectUri: `http://localhost:${port}`,
    code,
    async close() {
      signal.removeEventListener("abort", onAbort);
      await Promise.all([first, second].map(closed));
    },
  };
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(error: string, description: string): ConnectorError {
  const kind = /access_denied|consent/.test(error) ? "forbidden" : "unauthenticated";
  const words = description.split(/[\r\n]/, 1)[0]?.slice(0, 200) ?? "";
  const told = [error.slice(0, 60).replace(/[^\w.-]/g, " "), words].filter(Boolean).join(": ");
  return new ConnectorError(kind, `the sign-in ended with ${told}; start again, or ask an administrator for consent`);
}

const pages = {
  done: "You are signed in. This window can be closed.",
  failed: "You are not signed in. The terminal says why; this window can be closed.",
  used: "This sign-in is over. Start it again in the terminal.",
  foreign: "This is not an answer to the sign-in that was begun here.",
};

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>Azure DevOps connector</title><p>${text}</p>\n`);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new TypeError("the listener has no port"));
      resolve(address.port);
    });
  });
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
}
