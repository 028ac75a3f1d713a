import type { Detail } from "../permissions/fold.ts";

/** Types that can be left out of a sync. */
export const optionalTypes = [
  "agent-pool",
  "environment",
  "service-connection",
  "variable-group",
  "secure-file",
  "feed",
  "access-level",
] as const;

export type OptionalType = (typeof optionalTypes)[number];

/** What a sync lists; it decides ids and parents too, so page tokens are good under the same options only. */
export interface SyncOptions {
  readonly syncTeams: boolean;
  readonly syncOrganizations: boolean;
  /** No permissions, the dangerous ones and bundles, or every bit. */
  readonly permissionDetail: Detail;
  /** Leaves out single permissions of tiers 2 and 3, and roles, that nobody holds. */
  readonly skipUnusedRoles: boolean;
  readonly optionalTypes: readonly OptionalType[];
}
