import { createHash, randomBytes } from "node:crypto";
import type { Application } from "./applications.ts";
import { EntraProblem } from "./problems.ts";
import type { SignIn } from "./sign-ins.ts";

/** What an authorization code stands for. */
export interface Authorization {
  readonly signIn: SignIn;
  readonly redirectUri: string;
  /** SHA-256 of the verifier that the client keeps; absent when it sent none. */
  readonly challenge: string | undefined;
}

/** Authorization codes, each good once and for ten minutes. */
export interface AuthorizationCodes {
  issue(authorization: Authorization): string;
  redeem(code: string, application: Application, redirectUri: string, verifier: string | null): SignIn;
}

const lifetimeMs = 600_000;
const invalidGrant = (code: number, message: string) => new EntraProblem("invalid_grant", code, message);

export function createAuthorizationCodes(): AuthorizationCodes {
  const issued = new Map<string, Authorization & { readonly expiresAtMs: number; isUsed: boolean }>();

  function checkVerifier(challenge: string | undefined, verifier: string | null): void {
    if (challenge === undefined && verifier === null) return;
    const sent = createHash("sha256")
      .update(verifier ?? "")
      .digest("base64url");
    if (verifier !== null && sent === challenge) return;
    throw invalidGrant(
      501481,
      "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    );
  }

  return {
    issue: (authorization) => {
      const code = `1.${randomBytes(48).toString("base64url")}`;
      issued.set(code, { ...authorization, expiresAtMs: Date.now() + lifetimeMs, isUsed: false });
      return code;
    },
    redeem: (code, application, redirectUri, verifier) => {
      const found = issued.get(code);
      if (!found || found.signIn.application !== application) {
        throw invalidGrant(70000, "The provided value for the 'code' parameter is not valid.");
      }
      if (found.isUsed) {
        throw invalidGrant(
          54005,
          "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        );
      }
      if (Date.now() > found.expiresAtMs) {
        throw invalidGrant(70008, "The provided authorization code or refresh token has expired due to inactivity.");
      }
      if (found.redirectUri !== redirectUri) {
        const message = `The reply address '${redirectUri}' does not match the reply address '${found.redirectUri}' provided when requesting Authorization code.`;
        throw invalidGrant(500112, message);
      }
      checkVerifier(found.challenge, verifier);
      found.isUsed = true;
      return found.signIn;
    },
  };
}
