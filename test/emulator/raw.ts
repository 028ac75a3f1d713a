import { connect } from "node:net";
import { Agent, fetch, Headers } from "undici";
import type { Emulator } from "../../src/emulator/index.ts";
import { baseUrl } from "./exchanges.ts";

type Host = Parameters<typeof baseUrl>[1];

/** What a raw client sees of one request, with the error that ended it. */
export interface Sight {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Code of the network error, or `timeout`; none when the answer came whole. */
  readonly error?: string;
  readonly elapsedMs: number;
}

interface Look {
  readonly host?: Host;
  readonly method?: string;
  readonly body?: object;
  readonly token?: string;
  /** When to give up. */
  readonly limitMs?: number;
  /** Bytes after which nothing more is read. */
  readonly limitBytes?: number;
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "timeout";
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}

/** Asks by fetch, on a connection of its own, and never throws. */
export async function look(emulator: Emulator, path: string, options: Look = {}): Promise<Sight> {
  const { body, host = "", limitBytes = Number.POSITIVE_INFINITY, limitMs = 20_000, method = "GET" } = options;
  const startedAt = performance.now();
  const chunks: Uint8Array[] = [];
  let status = 0;
  let headers = new Headers();
  // Kept open after the answer, as clients do; a reset of a connection that is to be closed may pass for its end.
  const dispatcher = new Agent();
  const sight = () => ({ status, headers, bytes: Buffer.concat(chunks), elapsedMs: performance.now() - startedAt });
  try {
    const response = await fetch(`${baseUrl(emulator, host)}/${path}`, {
      method,
      redirect: "manual",
      dispatcher,
      signal: AbortSignal.timeout(limitMs),
      headers: {
        authorization: `Bearer ${options.token ?? emulator.token}`,
        "content-type": "application/json",
        "x-tfs-fedauthredirect": "Suppress",
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    ({ headers, status } = response);
    let read = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      read += chunk.length;
      if (read > limitBytes) break;
    }
    return sight();
  } catch (error) {
    return { ...sight(), error: errorCode(error) };
  } finally {
    await dispatcher.destroy();
  }
}

/** Bytes that a server sends to a client which throws them away, until it has so many or the other end closes. */
export function discard(emulator: Emulator, path: string, limitBytes: number): Promise<number> {
  const { hostname, pathname, port } = new URL(`${emulator.url}/${path}`);
  return new Promise((resolve, reject) => {
    let read = 0;
    const socket = connect(Number(port), hostname, () => {
      const head = [`GET ${pathname} HTTP/1.1`, `Host: ${hostname}`, `Authorization: Bearer ${emulator.token}`];
      socket.write(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (read > limitBytes) socket.destroy();
    });
    socket.once("close", () => resolve(read));
    socket.once("error", reject);
  });
}
