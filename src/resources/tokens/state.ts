import { parseDate } from "../../azure-devops/descriptors.ts";
import type { SessionToken } from "../../azure-devops/token-administration.ts";

export type TokenState = "valid" | "expired" | "revoked";

/** What is no longer valid before its time was revoked. */
export function stateOf(token: SessionToken, nowMs: number): TokenState {
  const expiresAt = expiryOf(token);
  if (expiresAt && expiresAt.getTime() <= nowMs) return "expired";
  return token.isValid ? "valid" : "revoked";
}

/** The last date that there is says that there is no end. */
export function expiryOf({ validTo }: SessionToken): Date | undefined {
  return validTo?.startsWith("9999-") ? undefined : parseDate(validTo);
}
