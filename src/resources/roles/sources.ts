import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Call } from "../../call.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import type { Containers } from "../permissions/containers.ts";
import type { GrantContext } from "../permissions/grants.ts";
import type { RoleGroup } from "../permissions/role-groups.ts";
import type { AccessTables } from "../permissions/tables.ts";
import type { Access } from "../readings/access.ts";
import type { IdentityResolver } from "../readings/identities.ts";
import type { ProjectReading } from "../readings/projects.ts";
import type { RoleObjectReading } from "./objects.ts";

export interface RoleSources {
  readonly client: AzureDevOpsClient;
  readonly access: Access;
  readonly projects: ProjectReading;
  readonly objects: RoleObjectReading;
  readonly resolver: IdentityResolver;
  readonly tables: AccessTables;
  /** Built-in groups by subject id. */
  readonly roleGroups: (call: Call) => Promise<ReadonlyMap<string, RoleGroup>>;
  /** Subject id of the group Project Collection Administrators. */
  readonly administrators: (call: Call) => Promise<string | undefined>;
  readonly containers: (call: Call) => Promise<Containers>;
  /** What every grant is told with, whatever it is about. */
  readonly grantContext: (call: Call) => Promise<Omit<GrantContext, "holders" | "anchors">>;
  /** The types that are listed. */
  readonly types: readonly RoleObjectType[];
  readonly syncOrganizations: boolean;
  readonly skipUnusedRoles: boolean;
  readonly principalTypes: readonly string[];
}
