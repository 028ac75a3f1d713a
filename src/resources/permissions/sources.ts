import type { Call } from "../../call.ts";
import type { Detail } from "../../permissions/fold.ts";
import type { IsBlocked } from "../access-levels/blocked.ts";
import type { Access } from "../readings/access.ts";
import type { GroupReading } from "../readings/groups.ts";
import type { IdentityResolver } from "../readings/identities.ts";
import type { MemberRefs } from "../readings/member-refs.ts";
import type { Principals } from "../readings/principals.ts";
import type { ProjectReading } from "../readings/projects.ts";
import type { RepositoryReading } from "../readings/repositories.ts";
import type { AccessTables } from "./tables.ts";

/** Types whose permissions stand in access control lists. */
export type GovernedType = "organization" | "project" | "repository";

export interface PermissionOptions {
  readonly permissionDetail: Detail;
  /** Leaves out single permissions of tiers 2 and 3 that nobody holds. */
  readonly skipUnusedRoles: boolean;
  readonly syncOrganizations: boolean;
  readonly syncTeams: boolean;
  /** Tells of every repository what it inherits as well. */
  readonly inheritedRows: boolean;
  /** Tells who really holds what, person by person, in place of entries. */
  readonly effective: boolean;
}

export interface PermissionSources {
  readonly access: Access;
  readonly projects: ProjectReading;
  readonly repositories: RepositoryReading;
  readonly groups: GroupReading;
  readonly members: Pick<MemberRefs, "ofContainer">;
  readonly resolver: IdentityResolver;
  readonly principals: (call: Call) => Promise<Principals>;
  readonly tables: AccessTables;
  /** What access levels take away of what entries give. */
  readonly blocked: (call: Call) => Promise<IsBlocked>;
  readonly options: PermissionOptions;
  /** Who has the access level Stakeholder, or had another that ended. */
  readonly worksAsStakeholder: (call: Call) => Promise<(subjectId: string) => boolean>;
  readonly principalTypes: readonly string[];
}
