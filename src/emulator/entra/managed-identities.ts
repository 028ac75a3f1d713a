import type { Reply } from "../reply.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { Application } from "./applications.ts";
import type { WebRequest } from "./listener.ts";
import { EntraProblem } from "./problems.ts";
import { azureDevOps, parseScope } from "./resources.ts";

interface Parts {
  readonly accessTokens: AccessTokens;
  readonly identity: Application;
  readonly tenantId: string;
  /** What the environment of a web app holds as IDENTITY_HEADER. */
  readonly secret: string;
}

/** Names by which a request can ask for one identity among several. */
const selectors = ["client_id", "object_id", "principal_id", "mi_res_id", "msi_res_id"];

function isAsked({ clientId, objectId }: Application, query: URLSearchParams): boolean {
  const asked = selectors.flatMap((name) => query.get(name) ?? []);
  return asked.every((id) => id.toLowerCase() === clientId || id === objectId);
}

const refusal = (error: string, description: string): Reply => ({
  status: 400,
  body: { error, error_description: description },
});

/**
 * The metadata service of a virtual machine
 * (learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
 */
async function ofMachine({ headers, url }: WebRequest, parts: Parts): Promise<Reply> {
  if (headers.metadata !== "true") return refusal("invalid_request", "Required metadata header not specified");
  if (!isAsked(parts.identity, url.searchParams)) return refusal("invalid_request", "Identity not found");
  return tokenReply(url.searchParams.get("resource") ?? "", parts);
}

/** The endpoint of a web app (learn.microsoft.com/azure/app-service/overview-managed-identity). */
async function ofWebApp({ headers, url }: WebRequest, parts: Parts): Promise<Reply> {
  if (headers["x-identity-header"] !== parts.secret) {
    return { status: 401, body: { statusCode: 401, message: "The X-IDENTITY-HEADER is missing or wrong." } };
  }
  if (!isAsked(parts.identity, url.searchParams)) {
    const message =
      "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    return { status: 400, body: { statusCode: 400, message } };
  }
  return tokenReply(url.searchParams.get("resource") ?? "", parts);
}

async function tokenReply(name: string, { accessTokens, identity, tenantId }: Parts): Promise<Reply> {
  const { resource } = parseScope(`${name}/.default`, tenantId);
  const scopes = resource === azureDevOps ? [] : [...identity.graphRoles];
  const { expiresAtMs, token } = await accessTokens.issue({ application: identity, scopes }, resource);
  const expiresOn = Math.floor(expiresAtMs / 1000);
  const expiresIn = Math.max(0, Math.round((expiresAtMs - Date.now()) / 1000));
  return {
    status: 200,
    body: {
      access_token: token,
      client_id: identity.clientId,
      expires_in: String(expiresIn),
      expires_on: String(expiresOn),
      ext_expires_in: String(expiresIn),
      resource: name,
      token_type: "Bearer",
    },
  };
}

const endpoints: ReadonlyMap<string, typeof ofMachine> = new Map([
  ["/metadata/identity/oauth2/token", ofMachine],
  ["/msi/token", ofWebApp],
]);

/** What a machine or a web app finds on its own network, without TLS: tokens of its managed identity. */
export async function answerManagedIdentity(request: WebRequest, parts: Parts): Promise<Reply> {
  // Clients that are led here by an environment variable put a slash at the end.
  const endpoint = endpoints.get(request.url.pathname.toLowerCase().replace(/\/$/, ""));
  if (!endpoint) return { status: 404 };
  try {
    return await endpoint(request, parts);
  } catch (error) {
    if (error instanceof EntraProblem) return refusal(error.error, `AADSTS${error.code}: ${error.message}`);
    throw error;
  }
}
