import type { SyncOptions } from "./options.ts";
import { explanations, type OptionalReading } from "./readings/access.ts";

/** A right that the token needs for something, and what becomes of it otherwise. */
export interface Right {
  /** As the page for new tokens calls it, and as errors name it. */
  readonly scope: string;
  /** As an application's registration calls it. */
  readonly oauthScope: string;
  readonly reads: string;
  readonly without: string;
  /** The option without which it is not needed. */
  readonly option?: string;
  readonly isNeeded?: (sync: SyncOptions) => boolean;
}

const needed = "no sync: `Validate` and every listing fail";

const withoutReading = (reading: OptionalReading) => explanations[reading].consequence;

/** Every scope that a request to Azure DevOps may need; those that every sync needs come first. */
export const rights: readonly Right[] = [
  {
    scope: "Graph (Read)",
    oauthScope: "vso.graph",
    reads: "users, groups, service principals, and memberships of single groups",
    without: needed,
  },
  {
    scope: "Project and Team (Read)",
    oauthScope: "vso.project",
    reads: "projects, teams, and who the token belongs to",
    without: needed,
  },
  {
    scope: "Member Entitlement Management (Read)",
    oauthScope: "vso.memberentitlementmanagement",
    reads: "status, access level, and dates of users",
    without: withoutReading("member-entitlements"),
  },
  {
    scope: "Identity (Read)",
    oauthScope: "vso.identity",
    reads: "memberships, 100 groups a request",
    without: withoutReading("identities"),
  },
  {
    scope: "Security (Manage)",
    oauthScope: "vso.security_manage",
    reads:
      "team administrators and permissions, from access control lists, one request a namespace; nothing is changed",
    without: withoutReading("security"),
    option: "--sync-teams or --permission-detail standard",
    isNeeded: ({ syncTeams, permissionDetail }) => syncTeams || permissionDetail !== "roles",
  },
  {
    scope: "Code (Read)",
    oauthScope: "vso.code",
    reads: "repositories of all projects in one request; no content",
    without: withoutReading("repositories"),
    option: "--permission-detail standard",
    isNeeded: ({ permissionDetail }) => permissionDetail !== "roles",
  },
];
