import { type AccountApi, createAccountApi } from "./accounts.ts";
import { type Connection, type ConnectionOptions, createConnection } from "./connection.ts";
import { type CoreApi, createCoreApi } from "./core.ts";
import { createDistributedTaskApi, type DistributedTaskApi } from "./distributed-task.ts";
import { createEntitlementWriteApi, type EntitlementWriteApi } from "./entitlement-writes.ts";
import { createFeedApi, type FeedApi } from "./feeds.ts";
import { createGitApi, type GitApi } from "./git.ts";
import { createGraphApi, type GraphApi } from "./graph.ts";
import { createGraphWriteApi, type GraphWriteApi } from "./graph-writes.ts";
import { createIdentityApi, type IdentityApi } from "./identities.ts";
import { createMemberEntitlementApi, type MemberEntitlementApi } from "./member-entitlements.ts";
import { createPermissionsReportApi, type PermissionsReportApi } from "./permissions-report.ts";
import { createSecurityApi, type SecurityApi } from "./security.ts";
import { createSecurityRoleApi, type SecurityRoleApi } from "./security-roles.ts";
import { createSecurityWriteApi, type SecurityWriteApi } from "./security-writes.ts";
import { createServiceEndpointApi, type ServiceEndpointApi } from "./service-endpoints.ts";
import { createTokenAdministrationApi, type TokenAdministrationApi } from "./token-administration.ts";

/** One organization, as the services that are read of it. */
export interface AzureDevOpsClient {
  readonly connection: Connection;
  readonly accounts: AccountApi;
  readonly core: CoreApi;
  readonly graph: GraphApi;
  readonly graphWrites: GraphWriteApi;
  readonly identities: IdentityApi;
  readonly memberEntitlements: MemberEntitlementApi;
  readonly entitlementWrites: EntitlementWriteApi;
  readonly security: SecurityApi;
  readonly securityWrites: SecurityWriteApi;
  readonly securityRoles: SecurityRoleApi;
  readonly permissionsReport: PermissionsReportApi;
  readonly git: GitApi;
  readonly distributedTask: DistributedTaskApi;
  readonly serviceEndpoints: ServiceEndpointApi;
  readonly feeds: FeedApi;
  readonly tokenAdministration: TokenAdministrationApi;
}

export function createAzureDevOpsClient(options: ConnectionOptions): AzureDevOpsClient {
  const connection = createConnection(options);
  return {
    connection,
    accounts: createAccountApi(connection),
    core: createCoreApi(connection),
    graph: createGraphApi(connection),
    graphWrites: createGraphWriteApi(connection),
    identities: createIdentityApi(connection),
    memberEntitlements: createMemberEntitlementApi(connection),
    entitlementWrites: createEntitlementWriteApi(connection),
    security: createSecurityApi(connection),
    securityWrites: createSecurityWriteApi(connection),
    securityRoles: createSecurityRoleApi(connection),
    permissionsReport: createPermissionsReportApi(connection),
    git: createGitApi(connection),
    distributedTask: createDistributedTaskApi(connection),
    serviceEndpoints: createServiceEndpointApi(connection),
    feeds: createFeedApi(connection),
    tokenAdministration: createTokenAdministrationApi(connection),
  };
}
