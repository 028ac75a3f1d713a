import { type OptionalType, optionalTypes, type SyncOptions } from "./options.ts";
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

/** Types whose roles stand in access control lists. */
const typesWithRoles: ReadonlySet<OptionalType> = new Set(
  optionalTypes.filter((type) => type !== "feed" && type !== "access-level"),
);

/** A scope that a type takes to be listed; one listing a project, but for feeds. */
function optional(type: OptionalType, scope: string, oauthScope: string, reading: OptionalReading, what: string): Right {
  return {
    scope,
    oauthScope,
    reads: what,
    without: withoutReading(reading),
    option: `--sync-${type}s`,
    isNeeded: ({ optionalTypes }) => optionalTypes.includes(type),
  };
}

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
    option: "--sync-teams, --permission-detail standard, or the listing of what has roles, e.g. --sync-environments,",
    isNeeded: ({ syncTeams, permissionDetail, optionalTypes }) =>
      syncTeams || permissionDetail !== "roles" || optionalTypes.some((type) => typesWithRoles.has(type)),
  },
  {
    scope: "Code (Read)",
    oauthScope: "vso.code",
    reads: "repositories of all projects in one request; no content",
    without: withoutReading("repositories"),
    option: "--permission-detail standard",
    isNeeded: ({ permissionDetail }) => permissionDetail !== "roles",
  },
  optional("agent-pool", "Agent Pools (Read)", "vso.agentpools", "agent-pools", "agent pools, and the queues for them"),
  optional("environment", "Environment (Read & manage)", "vso.environment_manage", "environments", "environments"),
  optional(
    "service-connection",
    "Service Connections (Read)",
    "vso.serviceendpoint",
    "service-connections",
    "names, types and addresses of service connections",
  ),
  optional(
    "variable-group",
    "Variable Groups (Read)",
    "vso.variablegroups_read",
    "variable-groups",
    "names of variable groups; what is in them is not kept",
  ),
  optional("secure-file", "Secure Files (Read)", "vso.securefiles_read", "secure-files", "names of secure files"),
  optional("feed", "Packaging (Read)", "vso.packaging", "feeds", "feeds, their views, and who holds which role on them"),
];
