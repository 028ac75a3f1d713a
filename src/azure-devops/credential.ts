import type { Secret } from "../secret.ts";

/** What proves to Azure DevOps who is calling. */
export interface Credential {
  readonly kind: "personal-access-token" | "bearer-token";
  /** The value of the Authorization header. */
  authorization(signal: AbortSignal): Promise<string>;
  /** A text of somebody else's without this credential in any of its forms: proxies can echo what they were sent. */
  redact(text: string): string;
}

/** A personal access token, sent as Basic with an empty user name. */
export function personalAccessToken(token: Secret): Credential {
  const value = `Basic ${Buffer.from(`:${token.reveal()}`, "utf8").toString("base64")}`;
  return { kind: "personal-access-token", authorization: async () => value, redact: redactorOf(token, value) };
}

/** An access token that was obtained elsewhere, e.g. a Microsoft Entra token. */
export function bearerToken(token: Secret): Credential {
  const value = `Bearer ${token.reveal()}`;
  return { kind: "bearer-token", authorization: async () => value, redact: redactorOf(token, value) };
}

function redactorOf(token: Secret, header: string): (text: string) => string {
  const forms = [header, header.slice(header.indexOf(" ") + 1), token.reveal()].filter((form) => form !== "");
  return (text) => forms.reduce((cut, form) => cut.replaceAll(form, String(token)), text);
}
