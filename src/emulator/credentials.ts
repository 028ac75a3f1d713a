import { guid } from "./ids.ts";
import type { Settings, TokenOptions } from "./options.ts";

/** A token with a name that can be shown. */
export interface Credential extends TokenOptions {
  readonly name: string;
}

/** Tokens that the emulator knows, by their text, with their scopes. */
export interface Credentials {
  readonly token: string;
  readonly syncOnlyToken: string;
  /** The token of an Authorization header, when it is one of ours. */
  find(authorization: string | undefined): Credential | undefined;
}

function personalAccessToken(seed: number, index: number): string {
  return [0, 1, 2]
    .map((part) => guid(seed, "token", index * 3 + part).replaceAll("-", ""))
    .join("")
    .slice(0, 84);
}

/** Basic with any user name, or Bearer, which a server does not take; the token is what counts (facts 1.7, 9.1). */
function presented(authorization: string | undefined, { deployment }: Settings): string | undefined {
  const [, scheme, value = ""] = /^(Basic|Bearer)\s+(\S+)\s*$/i.exec(authorization ?? "") ?? [];
  if (scheme === undefined) return undefined;
  if (scheme.toLowerCase() === "bearer") return deployment === "hosted" ? value : undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

/** Whether a token may use a route that needs one of these scopes. */
export function isAllowed({ scopes }: TokenOptions, needed: readonly string[]): boolean {
  return needed.length === 0 || scopes.includes("*") || needed.some((scope) => scopes.includes(scope));
}

/** A token with every scope, one that can read Graph and projects alone, and those of the options. */
export function createCredentials(settings: Settings): Credentials {
  const full = { name: "full", token: personalAccessToken(settings.seed, 0), scopes: ["*"] };
  const syncOnly = {
    name: "sync-only",
    token: personalAccessToken(settings.seed, 1),
    scopes: ["vso.graph", "vso.project"],
  };
  const others = settings.tokens.map((each, at) => ({ ...each, name: `token ${at + 1}` }));
  const known = new Map<string, Credential>([full, syncOnly, ...others].map((each) => [each.token, each]));
  return {
    token: full.token,
    syncOnlyToken: syncOnly.token,
    find: (authorization) => known.get(presented(authorization, settings) ?? ""),
  };
}
