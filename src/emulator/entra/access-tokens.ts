import { generateKeyPair, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK, SignJWT } from "jose";
import type { Application } from "./applications.ts";
import type { Person } from "./people.ts";
import type { Resource } from "./resources.ts";

/** What a token says; the form is that of version 1.0, which Azure DevOps and Microsoft Graph take. */
export interface AccessClaims {
  readonly aud: string;
  readonly iss: string;
  readonly tid: string;
  readonly appid: string;
  readonly oid: string;
  readonly sub: string;
  /** Seconds since 1970, as the other two. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly ver: "1.0";
  readonly uti: string;
  /** `app` when no person is behind it. */
  readonly idtyp: "app" | "user";
  /** Application permissions; delegated ones are in `scp`. */
  readonly roles?: readonly string[];
  readonly scp?: string;
  readonly upn?: string;
  readonly name?: string;
}

/** Whom a token is for. */
export interface Holder {
  readonly application: Application;
  readonly person?: Person;
  readonly scopes: readonly string[];
}

/** An access token, and for how long it is good. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Issues access tokens and knows those that it issued. */
export interface AccessTokens {
  readonly publicKey: JWK;
  issue(holder: Holder, resource: Resource): Promise<IssuedToken>;
  /** Signs anything else, such as an id token. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** The claims of a token of ours that is good now. */
  find(token: string): AccessClaims | undefined;
  /** Whether a token is of ours, good or not. */
  knows(token: string): boolean;
  /** Makes every token that was issued until now as good as expired. */
  expire(): void;
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Makes a key, and issues tokens that are signed by it. */
export async function createAccessTokens(tenantId: string, lifetimeMs: number): Promise<AccessTokens> {
  const keys = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const kid = randomUUID().replaceAll("-", "");
  const publicKey = { ...(await exportJWK(keys.publicKey)), kid, x5t: kid, use: "sig", alg: "RS256" };
  const issued = new Map<string, AccessClaims>();
  const ended = new Set<string>();

  const sign = (claims: Readonly<Record<string, unknown>>) =>
    new SignJWT(claims).setProtectedHeader({ typ: "JWT", alg: "RS256", kid, x5t: kid }).sign(keys.privateKey);

  function claimsOf({ application, person, scopes }: Holder, resource: Resource, nowMs: number): AccessClaims {
    const oid = person?.id ?? application.objectId;
    return {
      aud: resource.audience,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: seconds(nowMs),
      nbf: seconds(nowMs),
      exp: seconds(nowMs + lifetimeMs),
      tid: tenantId,
      appid: application.clientId,
      oid,
      sub: oid,
      ver: "1.0",
      uti: randomUUID(),
      idtyp: person ? "user" : "app",
      ...(person
        ? { scp: scopes.join(" "), upn: person.principalName, name: person.displayName }
        : scopes.length > 0
          ? { roles: scopes }
          : {}),
    };
  }

  return {
    publicKey,
    sign,
    issue: async (holder, resource) => {
      const nowMs = Date.now();
      for (const [token, { exp }] of issued) if (exp * 1000 < nowMs - lifetimeMs) issued.delete(token);
      const claims = claimsOf(holder, resource, nowMs);
      const token = await sign({ ...claims });
      issued.set(token, claims);
      return { token, expiresAtMs: claims.exp * 1000 };
    },
    find: (token) => {
      const claims = issued.get(token);
      return claims && claims.exp * 1000 > Date.now() && !ended.has(claims.uti) ? claims : undefined;
    },
    knows: (token) => issued.has(token),
    expire: () => {
      for (const { uti } of issued.values()) ended.add(uti);
    },
  };
}
