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

/** As an organization's own credential reaches it; fails where that is for Azure DevOps alone. */
export function microsoftGraphOf(
  {
    credential,
    microsoftGraphUrl = defaultUrl,
  }: { readonly credential: Credential; readonly microsoftGraphUrl?: string },
  way: Pick<GraphConnectionOptions, "dispatcher" | "userAgent">,
): MicrosoftGraphClient {
  const baseUrl = new URL(microsoftGraphUrl);
  const authorizer = credential.forResource?.(resourceOf(baseUrl));
  if (authorizer) return createMicrosoftGraphClient({ ...way, baseUrl, authorizer, redactor: credential });
  const told =
    "--entra-groups manage needs credentials of Microsoft Entra: a personal access token cannot change its groups";
  throw new ConnectorError("refused", told);
}

const defaultUrl = "https://graph.microsoft.com/v1.0";

/** What tokens are asked for: of one on this machine, which stands for the public cloud's, that one. */
export function resourceOf(baseUrl: URL): string {
  return baseUrl.protocol === "https:" && !/^(localhost|127\.|\[::1\])/.test(baseUrl.hostname)
    ? baseUrl.origin
    : "https://graph.microsoft.com";
}
