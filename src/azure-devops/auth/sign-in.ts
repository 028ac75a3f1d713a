import { randomBytes } from "node:crypto";
import type { AuthenticationResult } from "@azure/msal-node";
import type { Call } from "../../call.ts";
import { ConnectorError } from "../../errors.ts";
import { createBudget } from "../../http/budget.ts";
import { createHttpClient } from "../../http/client.ts";
import { createDispatcher, type DispatcherOptions } from "../../http/dispatcher.ts";
import { azureDevOpsResource, msalAuthority } from "./authority.ts";
import { createKeptRedactor } from "./kept-redactor.ts";
import type { StoredLogin } from "./login-store.ts";
import { listenForCode } from "./loopback.ts";
import type { EntraApplication } from "./options.ts";
import { tokenError } from "./token-errors.ts";
import { createTokenTransport, type TokenTransport } from "./token-transport.ts";

/** What a person allows the connector to do in their name. */
export type Purpose = "read" | "provisioning";

const delegated: Readonly<Record<Purpose, readonly string[]>> = {
  read: ["user_impersonation", "vso.profile", "vso.graph"],
  provisioning: ["user_impersonation", "vso.profile", "vso.graph_manage", "vso.memberentitlementmanagement_write"],
};

export function delegatedScopes(purpose: Purpose): string[] {
  return delegated[purpose].map((scope) => `${azureDevOpsResource}/${scope}`);
}

export interface SignInOptions extends EntraApplication, Pick<DispatcherOptions, "caPem" | "proxy"> {
  readonly purpose: Purpose;
  /** With a code that is entered on any device, in place of a browser on this one. */
  readonly byDeviceCode: boolean;
  /** Shows a person where to go; a text and, for a browser on this machine, the address in it. */
  readonly show: (text: string, url?: string) => void;
  readonly log: Call["log"];
  readonly signal: AbortSignal;
}

/** People look for their second factor; a page that is left open is not waited for. */
export const signInLimitMs = 10 * 60_000;
const timeoutMs = 20_000;

/** Has a person sign in, and gives what is to be kept of it. */
export async function signIn(options: SignInOptions): Promise<StoredLogin> {
  const { log, byDeviceCode, caPem, proxy } = options;
  const kept = createKeptRedactor();
  const dispatcher = createDispatcher({ caPem, proxy, connections: 2 });
  const limit = AbortSignal.timeout(signInLimitMs);
  const signal = AbortSignal.any([options.signal, limit]);
  const call: Call = { signal, deadlineMs: Date.now() + signInLimitMs, lane: "write", log, upstream: { requests: 0 } };
  const http = createHttpClient({ dispatcher, budget: createBudget(), timeoutMs, redact: kept.redact });
  const transport = createTokenTransport({ http, call, onToken: kept.keep });
  try {
    const result = await (byDeviceCode ? byCode : byBrowser)(options, transport, signal);
    return loginOf(result, options, transport);
  } catch (error) {
    if (options.signal.aborted) throw new ConnectorError("canceled", "interrupted");
    if (limit.aborted) throw new ConnectorError("timeout", "nobody signed in in time; start again");
    throw tokenError(error, transport, { what: "Azure DevOps" }, kept);
  } finally {
    await dispatcher.destroy();
  }
}

async function application({ clientId, ...tenant }: SignInOptions, transport: TokenTransport) {
  const { PublicClientApplication } = await import("@azure/msal-node");
  const auth = { clientId, ...msalAuthority(tenant) };
  return new PublicClientApplication({ auth, system: { networkClient: transport.network } });
}

/** Authorization code with PKCE (RFC 7636), answered to a listener on this machine (RFC 8252, 7.3). */
async function byBrowser(options: SignInOptions, transport: TokenTransport, signal: AbortSignal) {
  const { CryptoProvider } = await import("@azure/msal-node");
  const client = await application(options, transport);
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const [state, nonce] = [randomBytes(24).toString("base64url"), randomBytes(24).toString("base64url")];
  const scopes = delegatedScopes(options.purpose);
  const listener = await listenForCode(state, signal);
  try {
    const { redirectUri } = listener;
    const asked = { scopes, redirectUri, state, nonce, codeChallenge: challenge, codeChallengeMethod: "S256" };
    const url = await client.getAuthCodeUrl({ ...asked, prompt: "select_account" });
    options.show(`To sign in, open this address in a browser on this machine:\n\n  ${url}\n`, url);
    const code = await listener.code;
    return await client.acquireTokenByCode({ scopes, redirectUri, code, codeVerifier: verifier, nonce });
  } finally {
    await listener.close();
  }
}

/** Device authorization grant (RFC 8628). */
async function byCode(options: SignInOptions, transport: TokenTransport, signal: AbortSignal) {
  const client = await application(options, transport);
  const request = {
    scopes: delegatedScopes(options.purpose),
    deviceCodeCallback({ message }: { readonly message?: string }) {
      // The library looks at no status: a refusal is to it an answer without anything in it.
      if (!message) throw transport.refusal ? new Error(transport.refusal.error) : noCode();
      options.show(`${message}\n`);
    },
    timeout: signInLimitMs / 1000,
    cancel: false,
  };
  signal.addEventListener("abort", () => {
    request.cancel = true;
  });
  return client.acquireTokenByDeviceCode(request);
}

function noCode(): ConnectorError {
  const told = "the answer to the question for a device code has none";
  return new ConnectorError("unexpected-answer", `${told}; check --authority-host and the proxies`);
}

function loginOf(result: AuthenticationResult | null, options: SignInOptions, transport: TokenTransport): StoredLogin {
  const { refreshToken } = transport;
  if (!result || refreshToken === undefined) {
    throw new ConnectorError("unauthenticated", "the answer holds no refresh token, so that nothing could be kept");
  }
  const { clientId, authorityHost, tenantId, purpose } = options;
  return {
    // The tenant that signed them in: `organizations` is good for a sign-in only.
    tenantId: result.tenantId || tenantId,
    clientId,
    authorityHost,
    user: result.account?.username || "somebody without a name",
    scopes: delegatedScopes(purpose),
    refreshToken,
    signedInAtMs: Date.now(),
  };
}
