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

/** What tokens are asked for: of one on this machine, which stands for the public cloud's, that one. */
export function resourceOf(baseUrl: URL): string {
  return baseUrl.protocol === "https:" && !/^(localhost|127\.|\[::1\])/.test(baseUrl.hostname)
    ? baseUrl.origin
    : "https://graph.microsoft.com";
}
