import type { Credential } from "../azure-devops/credential.ts";
import { ConnectorError } from "../errors.ts";
import { createGraphConnection, type GraphConnection, type GraphConnectionOptions } from "./connection.ts";
import { createGroupApi, type GroupApi } from "./groups.ts";

/** Microsoft Graph, as far as the members of Entra groups are concerned. */
export interface MicrosoftGraphClient {
  readonly connection: GraphConnection;
  readonly groups: GroupApi;
}

export function createMicrosoftGraphClient(options: GraphConnectionOptions): MicrosoftGraphClient {
  const connection = createGraphConnection(options);
  return { connection, groups: createGroupApi(connection) };
}

/** Microsoft Graph as the caller of Azure DevOps; fails for a credential that is for Azure DevOps alone. */
export function microsoftGraphAs(
  credential: Credential,
  options: Omit<GraphConnectionOptions, "baseUrl" | "authorizer"> & { readonly microsoftGraphUrl?: string },
): MicrosoftGraphClient {
  const {
    microsoftGraphUrl = "https://graph.microsoft.com/v1.0",
    redactor,
    dispatcher,
    userAgent,
    retry,
    manages = false,
  } = options;
  const baseUrl = new URL(microsoftGraphUrl);
  const authorizer = credential.forResource?.(resourceOf(baseUrl));
  if (!authorizer) {
    const told =
      "--entra-groups manage and --entra-members need a credential of Microsoft Entra; this one is for Azure DevOps alone";
    throw new ConnectorError("invalid-request", told);
  }
  return createMicrosoftGraphClient({
    baseUrl,
    authorizer,
    redactor,
    dispatcher,
    userAgent,
    manages,
    ...(retry ? { retry } : {}),
  });
}

/** What tokens are asked for: of one on this machine, which stands for the public cloud's, that one. */
export function resourceOf(baseUrl: URL): string {
  return baseUrl.protocol === "https:" && !/^(localhost|127\.|\[::1\])/.test(baseUrl.hostname)
    ? baseUrl.origin
    : "https://graph.microsoft.com";
}
