import { type Connection, type ConnectionOptions, createConnection } from "./connection.ts";
import { type CoreApi, createCoreApi } from "./core.ts";
import { createGitApi, type GitApi } from "./git.ts";
import { createGraphApi, type GraphApi } from "./graph.ts";
import { createIdentityApi, type IdentityApi } from "./identities.ts";
import { createMemberEntitlementApi, type MemberEntitlementApi } from "./member-entitlements.ts";
import { createSecurityApi, type SecurityApi } from "./security.ts";

/** One organization, as the services that are read of it. */
export interface AzureDevOpsClient {
  readonly connection: Connection;
  readonly core: CoreApi;
  readonly git: GitApi;
  readonly graph: GraphApi;
  readonly identities: IdentityApi;
  readonly memberEntitlements: MemberEntitlementApi;
  readonly security: SecurityApi;
}

export function createAzureDevOpsClient(options: ConnectionOptions): AzureDevOpsClient {
  const connection = createConnection(options);
  return {
    connection,
    core: createCoreApi(connection),
    git: createGitApi(connection),
    graph: createGraphApi(connection),
    identities: createIdentityApi(connection),
    memberEntitlements: createMemberEntitlementApi(connection),
    security: createSecurityApi(connection),
  };
}
