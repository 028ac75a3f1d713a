import type { AddressInfo, Server, Socket } from "node:net";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Address, formatAddress } from "./address.ts";

export interface ListenOptions {
  readonly address: Address;
  /** The option that moves it elsewhere, for the message when the port is taken. */
  readonly option: string;
  readonly maxConnections: number;
  readonly log: Log;
}

export interface Bound {
  readonly address: Address;
  /** Cuts off every connection that is open. */
  cutOff(): void;
}

/** Binds a server of any kind. */
export async function listen(server: Server, { address, option, maxConnections, log }: ListenOptions): Promise<Bound> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.maxConnections = maxConnections;
  server.on("drop", (dropped) => {
    const peer = `${dropped?.remoteAddress}:${dropped?.remotePort}`;
    log.warn({ peer, maxConnections }, "connection closed: --max-connections are open");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const remedy = `choose another port with ${option}, or stop what uses this one`;
      const where = formatAddress(address);
      reject(new ConnectorError("refused", `cannot listen on ${where}: ${error.message}; ${remedy}`, { cause: error }));
    });
    server.listen(address.port, address.host, resolve);
  });
  server.on("error", (error) => log.error({ error, address: formatAddress(address) }, "a port has failed"));
  const bound = server.address() as AddressInfo; // A TCP server that listens has one.
  return {
    address: { host: address.host, port: bound.port },
    cutOff: () => sockets.forEach((socket) => void socket.destroy()),
  };
}
