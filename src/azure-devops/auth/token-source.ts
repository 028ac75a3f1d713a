import type { AccessToken } from "./token-cache.ts";
import type { TokenTransport } from "./token-transport.ts";

/** Gets a new access token for `scope`, each time by a request: what is kept is kept elsewhere. */
export type TokenSource = (scope: string, transport: TokenTransport) => Promise<AccessToken>;

/** Told of every secret that a source uses, before it is sent. */
export type KeepSecret = (slot: string, secret: string) => void;
