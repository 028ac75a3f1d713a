import { randomBytes } from "node:crypto";
import type { Application } from "./applications.ts";
import { EntraProblem } from "./problems.ts";
import type { SignIn } from "./sign-ins.ts";

/** Refresh tokens, each good for one application. */
export interface RefreshTokens {
  issue(signIn: SignIn): string;
  /** The sign-in that a token continues; what is no good is refused. */
  redeem(token: string, application: Application): SignIn;
  /** As when an administrator revokes sessions, or the person changes the password. */
  revoke(): void;
  /** As when nobody used them for long. */
  expire(): void;
}

interface Kept {
  readonly signIn: SignIn;
  readonly issuedAt: string;
  isUsed: boolean;
}

const invalidGrant = (code: number, message: string) => new EntraProblem("invalid_grant", code, message);

/** Every use gives a new token; whether the old one stays good is an option. */
export function createRefreshTokens(singleUse: boolean): RefreshTokens {
  const live = new Map<string, Kept>();
  const ended = new Map<string, EntraProblem>();

  function end(problem: (kept: Kept) => EntraProblem): void {
    for (const [token, kept] of live) ended.set(token, problem(kept));
    live.clear();
  }

  return {
    issue: (signIn) => {
      const token = `1.${randomBytes(48).toString("base64url")}`;
      live.set(token, { signIn, issuedAt: new Date().toISOString(), isUsed: false });
      return token;
    },
    redeem: (token, application) => {
      const problem = ended.get(token);
      if (problem) throw problem;
      const kept = live.get(token);
      if (!kept) throw invalidGrant(9002313, "Invalid request. Request is malformed or invalid.");
      if (kept.signIn.application !== application || (singleUse && kept.isUsed)) {
        throw invalidGrant(70000, "Provided grant is invalid or malformed.");
      }
      kept.isUsed = true;
      return kept.signIn;
    },
    revoke: () =>
      end(({ issuedAt }) =>
        invalidGrant(
          50173,
          `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${issuedAt}'.`,
        ),
      ),
    expire: () =>
      end(({ issuedAt }) =>
        invalidGrant(
          700082,
          `The refresh token has expired due to inactivity. The token was issued on ${issuedAt} and was inactive for 90.00:00:00.`,
        ),
      ),
  };
}
