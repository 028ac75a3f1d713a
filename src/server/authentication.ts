import type { PeerCertificate } from "node:tls";
import { ConnectorError } from "../errors.ts";
import type { CallerTokens } from "./caller-tokens.ts";
import { namesOf } from "./certificate-names.ts";

/** What a call shows of who makes it. */
export interface Evidence {
  /** The header `authorization`, as it was sent. */
  readonly authorization: string | undefined;
  /** The client's certificate, when its authority was checked. */
  readonly certificate: PeerCertificate | undefined;
}

/** What is asked of callers; what is not configured is not asked. */
export interface AuthenticationOptions {
  readonly tokens?: (() => CallerTokens) | undefined;
  /** Names of which a certificate needs one; none: any certificate of the authority. */
  readonly certificates?: { readonly names: readonly string[] } | undefined;
}

/** Gives the caller's name, or fails with `unauthenticated`, whose cause says what the caller is not told. */
export type Authenticate = (evidence: Evidence) => string;

/** The name of callers where nothing is asked of them: programs on this machine. */
export const localCaller = "local";

/** Where both are configured both are asked, and the token names the caller. */
export function createAuthenticate({ tokens, certificates }: AuthenticationOptions): Authenticate {
  return ({ authorization, certificate }) => {
    const byCertificate = certificates && callerByCertificate(certificate, certificates.names);
    const byToken = tokens && callerByToken(authorization, tokens());
    return byToken ?? byCertificate ?? localCaller;
  };
}

function callerByToken(authorization: string | undefined, tokens: CallerTokens): string {
  const token = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  const caller = token === undefined ? undefined : tokens.callerOf(token);
  if (caller !== undefined) return caller;
  const reason =
    authorization === undefined ? "no token" : token === undefined ? "not a bearer token" : "unknown token";
  throw refused("send a valid token as `authorization: Bearer TOKEN`", reason);
}

function callerByCertificate(certificate: PeerCertificate | undefined, allowed: readonly string[]): string {
  const names = certificate ? namesOf(certificate) : [];
  const name = allowed.length === 0 ? names[0] : names.find((each) => allowed.includes(each));
  if (name !== undefined) return name;
  const shown = names.map((each) => JSON.stringify(each.slice(0, 100))).join(", ");
  const reason = certificate ? `certificate names not allowed: ${shown || "none"}` : "no client certificate";
  throw refused("connect with a client certificate that may call", reason);
}

function refused(remedy: string, reason: string): ConnectorError {
  return new ConnectorError("unauthenticated", `the caller is not authenticated: ${remedy}`, {
    cause: new Error(reason),
  });
}
