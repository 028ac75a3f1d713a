import { createServer } from "node:http";
import { connect, type Server } from "node:net";

/** An HTTP proxy that tunnels, and what it was asked for. */
export interface TunnelProxy extends AsyncDisposable {
  readonly port: number;
  readonly tunnels: readonly { readonly target: string; readonly authorization: string | undefined }[];
}

export async function startTunnelProxy(status = 200): Promise<TunnelProxy> {
  const tunnels: { target: string; authorization: string | undefined }[] = [];
  const server = createServer((_, response) => response.writeHead(500).end());
  const sockets = new Set<{ destroy(): void }>();
  server.on("connect", ({ url = "", headers }, socket) => {
    tunnels.push({ target: url, authorization: headers["proxy-authorization"] });
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} no\r\n\r\n`);
    const [host, port] = url.split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 ok\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const each of [upstream, socket]) {
      sockets.add(each);
      each.on("error", () => socket.destroy());
    }
  });
  return {
    port: await listenAnywhere(server),
    tunnels,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Listens on a free port of this machine and tells which. */
export async function listenAnywhere(server: Pick<Server, "listen" | "address">): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}
