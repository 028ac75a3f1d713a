import type { IncomingMessage } from "node:http";
import { isLoopbackAddress } from "./address.ts";

/** A page in a browser can reach loopback under a name of its own; its requests carry that name or an origin. */
export function isFromHere({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const host = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return headers.origin === undefined && isLoopbackAddress({ host, port: 0 });
}
