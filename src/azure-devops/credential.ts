import { decodeJwt, type JWTPayload } from "jose";
import { createRedactor, type Redactor } from "../redaction.ts";
import type { Secret } from "../secret.ts";

/** What proves to Azure DevOps who is calling; it finds itself in what somebody else says. */
export interface Credential extends Redactor {
  readonly kind: "personal-access-token" | "bearer-token";
  /** What the token tells of itself. */
  readonly facts: CredentialFacts;
  /** The value of the Authorization header. */
  authorization(signal: AbortSignal): Promise<string>;
}

/** What can be told of a token without asking anybody, and without showing it. */
export interface CredentialFacts {
  /** Since mid-2024 personal access tokens have 84 characters with a fixed mark, before they had 52 (facts 8.4). */
  readonly form: "marked" | "unmarked" | "json-web-token" | "unknown";
  /** Of a JSON web token, from its claims. */
  readonly expiresAtMs?: number | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
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
  return { facts: factsOf(text), authorization: async () => header, ...redactor };
}

function factsOf(token: string): CredentialFacts {
  if (token.length === 84 && token.slice(76, 80) === "AZDO") return { form: "marked" };
  if (/^[a-z2-7]{52}$/.test(token)) return { form: "unmarked" };
  const claims = claimsOf(token);
  if (!claims) return { form: "unknown" };
  const { exp, aud, iss } = claims;
  return {
    form: "json-web-token",
    // Nobody has checked the claims: they can be anything.
    expiresAtMs: typeof exp === "number" && exp >= 0 && exp <= lastDateSeconds ? exp * 1000 : undefined,
    audience: [aud].flat().flatMap((each) => textOf(each) ?? []),
    issuer: textOf(iss),
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
