import type { Detail } from "../permissions/fold.ts";
import type { RoleObjectType } from "../permissions/tokens.ts";

/** Types whose roles stand in access control lists. */
export const roleTypes = ["agent-pool", "environment", "service-connection", "variable-group", "secure-file"] as const;

/** Types that can be left out of a sync. */
export const optionalTypes = [...roleTypes, "feed", "access-level"] as const;

export type OptionalType = (typeof optionalTypes)[number];

export function isRoleType(type: OptionalType): type is RoleObjectType {
  return roleTypes.some((each) => each === type);
}

/** Whose personal access tokens are listed: each of their owners takes requests of their own. */
export const tokenDetails = ["off", "privileged", "all"] as const;

export type TokenDetail = (typeof tokenDetails)[number];

/** What a sync lists; it decides ids and parents too, so page tokens are good under the same options only. */
export interface SyncOptions {
  readonly syncTeams: boolean;
  readonly syncOrganizations: boolean;
  /** No permissions, the dangerous ones and bundles, or every bit. */
  readonly permissionDetail: Detail;
  /** Leaves out single permissions of tiers 2 and 3, and roles, that nobody holds. */
  readonly skipUnusedRoles: boolean;
  /** Tells of every repository what it inherits from its project and the organization, not only what is set on it. */
  readonly inheritedRows: boolean;
  /** Tells permissions person by person, as they really hold them, in place of what entries say. */
  readonly effective: boolean;
  /** Tells who is in groups of Microsoft Entra as that has it, by Microsoft Graph. */
  readonly entraMembers?: boolean;
  readonly optionalTypes: readonly OptionalType[];
  readonly personalAccessTokens: TokenDetail;
}
