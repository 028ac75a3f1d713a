import type { SyncOptions } from "../../src/resources/options.ts";

/** Of people, groups and teams, nothing but who is a member of what. */
export const membershipsOnly: Omit<SyncOptions, "syncTeams" | "syncOrganizations"> = {
  permissionDetail: "roles",
  skipUnusedRoles: false,
  inheritedRows: false,
  effective: false,
  optionalTypes: [],
  personalAccessTokens: "off",
};
