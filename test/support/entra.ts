import { AzureAuthorityHosts, type TokenCredential } from "@azure/identity";
import { Agent, fetch as fetchBy } from "undici";
import { expect } from "vitest";
import { z } from "zod";
import { type EmulatorWithEntra, type EntraOptions, startEmulator } from "../../src/emulator/index.ts";

/** What requests for tokens of Azure DevOps name. */
export const azureDevOpsScope = "499b84ac-1321-427f-aa17-267ca6975798/.default";

/** A small organization with token endpoints whose clients need not wait long. */
export function startWithEntra(entra: EntraOptions = {}): Promise<EmulatorWithEntra> {
  return startEmulator({ users: 40, groups: 8, projects: 2, entra: { pollIntervalMs: 20, ...entra } });
}

/** Options that lead a credential of the library to the emulator. */
export function identityOptions({ entra }: EmulatorWithEntra) {
  if (entra.authorityHost === AzureAuthorityHosts.AzurePublicCloud) throw new TypeError("the real Entra is no test");
  return {
    authorityHost: entra.authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: entra.caPem },
    retryOptions: { maxRetries: 0 },
  };
}

/** The token that a credential gets; a credential that gets none has failed. */
export async function tokenOf(credential: TokenCredential, scope = azureDevOpsScope): Promise<string> {
  const got = await credential.getToken(scope);
  if (!got) throw new TypeError("the credential gave no token");
  return got.token;
}

/** Asks the organization for something as whoever a token belongs to. */
export function ask({ url }: EmulatorWithEntra, token: string, path: string, method = "GET"): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, "X-TFS-FedAuthRedirect": "Suppress" };
  return fetch(`${url}/${path}`, { headers, method });
}

/** Sends a request to the listener of token endpoints, trusting its certificate. */
export async function askEntra(
  { entra }: EmulatorWithEntra,
  path: string,
  init: {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
) {
  const dispatcher = new Agent({ connect: { ca: entra.caPem } });
  try {
    const response = await fetchBy(new URL(path, entra.authorityHost), { ...init, dispatcher, redirect: "manual" });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  } finally {
    await dispatcher.destroy();
  }
}

/** Sends a form to an endpoint of the tenant, and reads the JSON that comes back. */
export async function postForm(emulator: EmulatorWithEntra, endpoint: string, form: Readonly<Record<string, string>>) {
  const path = endpoint.startsWith("/") ? endpoint : `/${emulator.entra.tenantId}/oauth2/v2.0/${endpoint}`;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const { status, text } = await askEntra(emulator, path, {
    method: "POST",
    body: new URLSearchParams(form).toString(),
    headers,
  });
  return { status, body: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) };
}

/** A refusal of the token endpoint, as `postForm` gives it. */
export function entraProblem(status: number, error: string, code: number): unknown {
  const form = new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: `);
  const fields = {
    error,
    error_codes: [code],
    error_description: expect.stringMatching(form),
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
  return { status, body: expect.objectContaining(fields) };
}
