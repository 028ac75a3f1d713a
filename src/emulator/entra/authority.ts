import type { Reply } from "../reply.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { Applications } from "./applications.ts";
import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { Browser } from "./authorize.ts";
import { authorize, page } from "./authorize.ts";
import { authenticateClient, requireProof } from "./client-authentication.ts";
import type { Cluster } from "./cluster.ts";
import type { DeviceCodes } from "./device-codes.ts";
import type { Directory } from "./directory.ts";
import { instanceDiscovery, keySet, openIdConfiguration } from "./documents.ts";
import type { WebRequest } from "./listener.ts";
import { personSigningIn } from "./people.ts";
import { EntraProblem, missingParameter, problemReply } from "./problems.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import { parseScope } from "./resources.ts";
import { consentedScopes } from "./sign-in-reply.ts";
import { grantOf } from "./token-endpoint.ts";

/** What the authority is made of. */
export interface AuthorityParts {
  readonly tenantId: string;
  readonly applications: Applications;
  readonly directory: Directory;
  readonly cluster: Cluster;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly deviceCodes: DeviceCodes;
  readonly authorizationCodes: AuthorizationCodes;
  readonly browser: Browser;
}

type Endpoint = (request: WebRequest, parts: AuthorityParts) => Promise<Reply> | Reply;

const wellKnownTenants: ReadonlySet<string> = new Set(["common", "organizations"]);
const tenantOf = ({ url }: WebRequest) => (url.pathname.split("/")[1] ?? "").toLowerCase();

/** Where the tenant's own endpoints are. */
export const authorityOf = (origin: string, tenantId: string) => `${origin}/${tenantId}`;

function checkTenant(request: WebRequest, { tenantId }: AuthorityParts): void {
  const asked = tenantOf(request);
  if (asked === tenantId || wellKnownTenants.has(asked)) return;
  const remedy = "Check to make sure you have the correct tenant ID and are signing into the correct cloud.";
  throw new EntraProblem("invalid_request", 90002, `Tenant '${asked}' not found. ${remedy}`);
}

function formOf({ method, text }: WebRequest): URLSearchParams {
  if (method === "POST") return new URLSearchParams(text);
  const message = `The endpoint only accepts POST requests. Received a ${method} request.`;
  throw new EntraProblem("invalid_request", 900561, message);
}

function issuerOf({ url }: WebRequest, tenantId: string): string {
  return `${authorityOf(url.origin, tenantId)}/v2.0`;
}

/** Who asks, checked against what the tenant has on them. */
function clientOf(request: WebRequest, form: URLSearchParams, parts: AuthorityParts) {
  const { tenantId } = parts;
  const authority = authorityOf(request.url.origin, tenantId);
  const audiences = [`${authority}/oauth2/v2.0/token`, `${authority}/v2.0`, authority];
  return authenticateClient(form, { ...parts, audiences });
}

const token: Endpoint = async (request, parts) => {
  const form = formOf(request);
  const grant = grantOf(form);
  if (tenantOf(request) === "common" && form.get("grant_type") === "client_credentials") {
    const remedy = "Please use the /organizations or tenant-specific endpoint.";
    throw new EntraProblem(
      "invalid_request",
      9001023,
      `The grant type isn't supported over the /common endpoint. ${remedy}`,
    );
  }
  const client = await clientOf(request, form, parts);
  return grant(client, form, { ...parts, issuer: issuerOf(request, parts.tenantId) });
};

const deviceCode: Endpoint = async (request, parts) => {
  const form = formOf(request);
  const client = await clientOf(request, form, parts);
  requireProof(client);
  const scope = form.get("scope");
  if (!scope) throw missingParameter("scope");
  const asked = parseScope(scope, parts.tenantId);
  consentedScopes(client.application, asked);
  return parts.deviceCodes.start(client.application, asked);
};

const choice = '<button name="answer" value="yes">Sign in</button><button name="answer" value="no">Decline</button>';
const codeForm = `<form method="post"><input name="otc" placeholder="Code">${choice}</form>`;

/** The page where people type the code that their device shows. */
const deviceAnswer: Endpoint = (request, { browser, deviceCodes, directory, tenantId }) => {
  if (request.method !== "POST") return page(200, "Enter code", codeForm);
  const form = new URLSearchParams(request.text);
  const declines = browser.declines || form.get("answer") === "no";
  try {
    deviceCodes.answer(
      form.get("otc") ?? "",
      declines ? undefined : personSigningIn(directory, browser.principalName, tenantId),
    );
  } catch (error) {
    if (error instanceof RangeError) return page(200, "Enter code", `<p>That code didn't work.</p>${codeForm}`);
    throw error;
  }
  return page(200, "Done", "<p>You may close this window.</p>");
};

const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ["oauth2/v2.0/token", token],
  ["oauth2/v2.0/devicecode", deviceCode],
  [
    "oauth2/v2.0/authorize",
    ({ url }, parts) => authorize(url.searchParams, { ...parts, codes: parts.authorizationCodes }),
  ],
  ["oauth2/deviceauth", deviceAnswer],
  ["discovery/v2.0/keys", (_request, { accessTokens }) => keySet(accessTokens.publicKey)],
  ["discovery/instance", ({ url }, { tenantId }) => instanceDiscovery(authorityOf(url.origin, tenantId))],
  [
    "v2.0/.well-known/openid-configuration",
    (request, { tenantId }) =>
      openIdConfiguration(authorityOf(request.url.origin, tenantId), issuerOf(request, tenantId)),
  ],
]);

/** What the trusted cluster publishes of itself. */
const clusterDocuments: ReadonlyMap<string, (cluster: Cluster) => Reply> = new Map([
  [
    ".well-known/openid-configuration",
    ({ issuer }: Cluster): Reply => ({ status: 200, body: { issuer, jwks_uri: `${issuer}/openid/v1/jwks` } }),
  ],
  ["openid/v1/jwks", ({ publicKey }: Cluster) => keySet(publicKey)],
]);

/** Answers a request to the authority; the first segment of its path names the tenant. */
export async function answerAuthority(request: WebRequest, parts: AuthorityParts): Promise<Reply> {
  const name = request.url.pathname.split("/").slice(2).join("/").toLowerCase();
  if (tenantOf(request) === "cluster") return clusterDocuments.get(name)?.(parts.cluster) ?? { status: 404 };
  const endpoint = endpoints.get(name);
  if (!endpoint) return { status: 404 };
  try {
    checkTenant(request, parts);
    return await endpoint(request, parts);
  } catch (error) {
    if (!(error instanceof EntraProblem)) throw error;
    const sent = request.headers["client-request-id"] ?? new URLSearchParams(request.text).get("client-request-id");
    return problemReply(error, typeof sent === "string" ? sent : undefined);
  }
}
