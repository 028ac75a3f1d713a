import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { text } from "node:stream/consumers";
import { listenAnywhere } from "./proxy.ts";

/** Something in front of an emulated organization that sees every request: all of its addresses lead through here. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  readonly requests: number;
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number;
  readonly authorizations: ReadonlySet<string | undefined>;
}

export interface RelayOptions {
  /** How long each answer is held, so that requests meet. */
  readonly holdMs?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export async function startRelay(organizationUrl: string, { holdMs = 0, tls }: RelayOptions = {}): Promise<Relay> {
  const target = new URL(organizationUrl);
  const authorizations = new Set<string | undefined>();
  let [requests, atOnce, mostAtOnce, origin] = [0, 0, 0, ""];

  const relay: RequestListener = async (request, response) => {
    requests += 1;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    authorizations.add(request.headers.authorization);
    const body = await text(request);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" && !/^(host|connection|content-length|accept-encoding)$/.test(name)
        ? [[name, value]]
        : [],
    );
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method: request.method ?? "GET",
      headers: Object.fromEntries(headers),
      ...(body === "" ? {} : { body }),
      redirect: "manual",
    });
    const answered = (await answer.text()).replaceAll(target.origin, origin);
    await new Promise((resolve) => setTimeout(resolve, holdMs));
    atOnce -= 1;
    const kept = [...answer.headers].filter(
      ([name]) => !/^(connection|content-|transfer-encoding|keep-alive|date)/.test(name),
    );
    const type = answer.headers.get("content-type") ?? "application/json";
    response.writeHead(answer.status, { ...Object.fromEntries(kept), "content-type": type }).end(answered);
  };

  const server = tls ? createTlsServer(tls, relay) : createServer(relay);
  const port = await listenAnywhere(server);
  origin = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return {
    url: `${origin}${target.pathname}`,
    authorizations,
    get requests() {
      return requests;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
