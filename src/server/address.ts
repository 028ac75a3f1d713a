import { ConnectorError } from "../errors.ts";

/** Where to listen. Port 0 takes any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Takes `HOST:PORT`, an IPv6 host in brackets. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new ConnectorError("invalid-request", `not an address: ${text.slice(0, 100)}; it has the form HOST:PORT`);
}

export function isLoopbackAddress({ host }: Address): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
