import { decodeJwt, type JWTPayload } from "jose";
import { createRedactor, type Redactor } from "../redaction.ts";
import type { Secret } from "../secret.ts";
import type { CredentialOptions } from "./auth/options.ts";

/** Gives the Authorization header of requests to one service. */
export interface Authorizer {
  authorization(signal: AbortSignal): Promise<string>;
  /** Another header than the one that was refused; undefined when there is none to be had. */
  renew(refused: string, signal: AbortSignal): Promise<string | undefined>;
}

/** What proves to Azure DevOps who is calling; it finds itself in what somebody else says. */
export interface Credential extends Authorizer, Redactor {
  readonly kind: CredentialOptions["kind"];
  /** What the token tells of itself; where there is none yet, it is obtained. */
  facts(signal: AbortSignal): Promise<CredentialFacts>;
  /** The same caller towards another service, e.g. Microsoft Graph; undefined for tokens that are for Azure DevOps alone. */
  readonly forResource: ((resource: string) => Authorizer) | undefined;
  close(): Promise<void>;
}

/** What can be told of a token without asking anybody, and without showing it. */
export interface CredentialFacts {
  /** Since mid-2024 personal access tokens have 84 characters with a fixed mark, before they had 52 (facts 8.4). */
  readonly form: "marked" | "unmarked" | "json-web-token" | "unknown";
  /** Of a JSON web token, from its claims. */
  readonly expiresAtMs?: number | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly tenantId?: string | undefined;
  /** The application that it was made for. */
  readonly clientId?: string | undefined;
  /** Who signed in; undefined for an application by itself. */
  readonly user?: string | undefined;
  /** An application by itself has no scopes in Azure DevOps: what it may do is decided by its permissions there. */
  readonly isApplication?: boolean | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** A personal access token, sent as Basic with an empty user name. */
export function personalAccessToken(token: Secret): Credential {
  const value = `Basic ${Buffer.from(`:${token.reveal()}`, "utf8").toString("base64")}`;
  return { kind: "personal-access-token", ...common(token, value) };
}

/** An access token that was obtained elsewhere, e.g. a Microsoft Entra token. */
export function bearerToken(token: Secret): Credential {
  return { kind: "bearer-token", ...common(token, `Bearer ${token.reveal()}`) };
}

function common(token: Secret, header: string): Omit<Credential, "kind"> {
  const text = token.reveal();
  const redactor = createRedactor([text, header, header.slice(header.indexOf(" ") + 1)]);
  return {
    facts: async () => factsOf(text),
    authorization: async () => header,
    renew: async () => undefined,
    forResource: undefined,
    close: async () => undefined,
    ...redactor,
  };
}

/** What a token tells of itself. */
export function factsOf(token: string): CredentialFacts {
  if (token.length === 84 && token.slice(76, 80) === "AZDO") return { form: "marked" };
  if (/^[a-z2-7]{52}$/.test(token)) return { form: "unmarked" };
  const claims = claimsOf(token);
  if (!claims) return { form: "unknown" };
  const { exp, aud, iss, tid, appid, azp, upn, preferred_username: name, idtyp, scp, roles } = claims;
  const scopes = typeof scp === "string" ? scp.slice(0, 4_000).split(" ").filter(Boolean) : undefined;
  return {
    form: "json-web-token",
    // Nobody has checked the claims: they can be anything.
    expiresAtMs: typeof exp === "number" && exp >= 0 && exp <= lastDateSeconds ? exp * 1000 : undefined,
    audience: [aud].flat().flatMap((each) => textOf(each) ?? []),
    issuer: textOf(iss),
    tenantId: textOf(tid),
    clientId: textOf(appid) ?? textOf(azp),
    user: textOf(upn) ?? textOf(name),
    isApplication: idtyp === "app" || (scopes === undefined && idtyp !== "user" && (appid ?? azp) !== undefined),
    scopes,
    roles: Array.isArray(roles) ? roles.flatMap((role) => textOf(role) ?? []) : undefined,
  };
}

/** Until where dates can be written with four digits of a year. */
const lastDateSeconds = Date.UTC(9999, 11, 31) / 1000;

const textOf = (claim: unknown) => (typeof claim === "string" ? claim.slice(0, 200) : undefined);

function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined; // Not a JSON web token, which no token has to be.
  }
}
