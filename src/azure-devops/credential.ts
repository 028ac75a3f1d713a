import type { Secret } from "../secret.ts";

/** What proves to Azure DevOps who is calling. */
export interface Credential {
  readonly kind: "personal-access-token" | "bearer-token";
  /** The value of the Authorization header. */
  authorization(signal: AbortSignal): Promise<string>;
}

/** A personal access token, sent as Basic with an empty user name. */
export function personalAccessToken(token: Secret): Credential {
  const value = `Basic ${Buffer.from(`:${token.reveal()}`, "utf8").toString("base64")}`;
  return { kind: "personal-access-token", authorization: async () => value };
}

/** An access token that was obtained elsewhere, e.g. a Microsoft Entra token. */
export function bearerToken(token: Secret): Credential {
  return { kind: "bearer-token", authorization: async () => `Bearer ${token.reveal()}` };
}
