import { isRoleType, type OptionalType, type SyncOptions } from "./options.ts";
import { explanations, type OptionalReading } from "./readings/access.ts";

/** A right that the token needs for something, and what becomes of it otherwise. */
export interface Right {
  /** As the page for new tokens calls it, and as errors name it. */
  readonly scope: string;
  /** As an application's registration calls it. */
  readonly oauthScope: string;
  /** What is read with it; of a right for changes, what is changed. */
  readonly reads: string;
  readonly without: string;
  /** The option without which it is not needed. */
  readonly option?: string;
  readonly isNeeded?: (sync: SyncOptions) => boolean;
  /** Needed for changes alone; to find out whether it is there would be a change. */
  readonly changes?: true;
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
    reads: "status, access level, and dates of users; access levels, their seats, and rules of groups",
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
      "team administrators, permissions and roles, from access control lists, one request a namespace; nothing is changed",
    without: withoutReading("security"),
    option: "--sync-teams, --permission-detail standard, or a type that has roles (--sync-environments and the like)",
    isNeeded: ({ syncTeams, permissionDetail, optionalTypes }) =>
      syncTeams || permissionDetail !== "roles" || optionalTypes.some(isRoleType),
  },
  {
    scope: "Code (Read)",
    oauthScope: "vso.code",
    reads: "repositories of all projects in one request; no content",
    without: withoutReading("repositories"),
    option: "--permission-detail standard",
    isNeeded: ({ permissionDetail }) => permissionDetail !== "roles",
  },
  ofType("agent-pool", {
    scope: "Agent Pools (Read)",
    oauthScope: "vso.agentpools",
    reads: "agent pools, and the queues of each project",
    without: withoutReading("agent-pools"),
    option: "--sync-agent-pools",
  }),
  ofType("environment", {
    scope: "Environment (Read & manage)",
    oauthScope: "vso.environment_manage",
    reads: "environments of each project; there is no scope for reading alone, and nothing is changed",
    without: withoutReading("environments"),
    option: "--sync-environments",
  }),
  ofType("service-connection", {
    scope: "Service Connections (Read)",
    oauthScope: "vso.serviceendpoint",
    reads: "service connections of each project; nothing of what they sign in with",
    without: withoutReading("service-connections"),
    option: "--sync-service-connections",
  }),
  ofType("variable-group", {
    scope: "Variable Groups (Read)",
    oauthScope: "vso.variablegroups_read",
    reads: "variable groups of each project; how many variables, and neither names nor values",
    without: withoutReading("variable-groups"),
    option: "--sync-variable-groups",
  }),
  ofType("secure-file", {
    scope: "Secure Files (Read)",
    oauthScope: "vso.securefiles_read",
    reads: "names of the secure files of each project; no content",
    without: withoutReading("secure-files"),
    option: "--sync-secure-files",
  }),
  ofType("feed", {
    scope: "Packaging (Read)",
    oauthScope: "vso.packaging",
    reads: "artifact feeds, their roles and views; no packages",
    without: withoutReading("feeds"),
    option: "--sync-feeds",
  }),
  {
    scope: "Token Administration (Read & manage)",
    oauthScope: "vso.tokenadministration",
    reads:
      "personal access tokens and SSH keys of people, and revokes them; the token's owner must be one of the Project Collection Administrators",
    without: withoutReading("personal-access-tokens"),
    option: "--personal-access-tokens",
    isNeeded: ({ personalAccessTokens }) => personalAccessTokens !== "off",
  },
  ofChanges({
    scope: "Graph (Read & manage)",
    oauthScope: "vso.graph_manage",
    reads: "changes memberships of groups and teams, and groups; finds new people in the directory",
    without:
      "Grant and Revoke of memberships fail, groups cannot be made or deleted, and people cannot be added by their name",
  }),
  ofChanges({
    scope: "Member Entitlement Management (Read & write)",
    oauthScope: "vso.memberentitlementmanagement_write",
    reads: "changes access levels, adds and removes users",
    without: "Grant and Revoke of access levels fail, and accounts cannot be made or removed",
  }),
  ofChanges({
    scope: "User Profile (Read)",
    oauthScope: "vso.profile",
    reads: "whose the organization is, so that its owner stays its administrator",
    without: "Azure DevOps alone keeps the owner from being removed, and its refusal is told",
  }),
  ofChanges({
    scope: "Packaging (Read, write & manage)",
    oauthScope: "vso.packaging_manage",
    reads: "changes roles on feeds",
    without: "Grant and Revoke of feed roles fail",
  }),
];

function ofChanges(right: Omit<Right, "changes" | "option">): Right {
  return { ...right, changes: true, option: "--provisioning standard" };
}

function ofType(type: OptionalType, right: Omit<Right, "isNeeded">): Right {
  return { ...right, isNeeded: ({ optionalTypes }) => optionalTypes.includes(type) };
}
