import type { AccessClaims } from "./entra/access-tokens.ts";
import { azureDevOps } from "./entra/resources.ts";
import { guid } from "./ids.ts";
import type { Settings, TokenOptions } from "./options.ts";
import type { OrganizationState } from "./state.ts";

/** A token with a name that can be shown. */
export interface Credential extends TokenOptions {
  readonly name: string;
  /** Index of whom the token belongs to; undefined of somebody who is not in the organization. */
  readonly holder: number | undefined;
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

/** Of a person what the application may do for them; an application's token has no scopes (facts 9.1). */
function scopesOf({ scp }: AccessClaims): readonly string[] {
  return scp?.split(" ").map((scope) => (scope === "user_impersonation" ? "*" : scope)) ?? ["*"];
}

/** An access token of Entra, when it is for Azure DevOps; it is good for whoever is in the organization. */
function entraCredential(token: string, claims: AccessClaims | undefined, { subjects }: OrganizationState) {
  if (claims?.aud !== azureDevOps.audience) return undefined;
  const kind = claims.idtyp === "app" ? "service-principal" : "entra-user";
  const holder = subjects.find((each) => each.kind === kind && each.originId === claims.oid && each.active)?.index;
  return { name: `${claims.tid}\\${claims.tid}\\${claims.oid}`, token, scopes: scopesOf(claims), holder };
}

/**
 * A token with every scope, one that can read Graph and projects alone, those of the options, and access tokens of
 * Entra that are good when they come.
 */
export function createCredentials(
  settings: Settings,
  state: OrganizationState,
  claimsOf: (token: string) => AccessClaims | undefined,
): Credentials {
  const holder = state.caller;
  const full = { name: "full", token: personalAccessToken(settings.seed, 0), scopes: ["*"], holder };
  const syncOnly = {
    name: "sync-only",
    token: personalAccessToken(settings.seed, 1),
    scopes: ["vso.graph", "vso.project"],
    holder,
  };
  const others = settings.tokens.map((each, at) => ({ ...each, name: `token ${at + 1}`, holder }));
  const known = new Map<string, Credential>([full, syncOnly, ...others].map((each) => [each.token, each]));
  return {
    token: full.token,
    syncOnlyToken: syncOnly.token,
    find: (authorization) => {
      const token = presented(authorization, settings) ?? "";
      return known.get(token) ?? entraCredential(token, claimsOf(token), state);
    },
  };
}
