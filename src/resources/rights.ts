import { type Feature, features, roleFeatures } from "./features.ts";
import { isRoleType, type OptionalType, type SyncOptions } from "./options.ts";
import { explanations, type OptionalReading } from "./readings/access.ts";

/** A right that the token needs for something, and what becomes of it otherwise. */
export interface Right {
  /** As the page for new tokens calls it, and as errors name it. */
  readonly scope: string;
  /** As an application's registration calls it. */
  readonly oauthScope: string;
  /** What is read with it; absent where it is for changes alone. */
  readonly reads?: string;
  /** What becomes of that reading without it. */
  readonly without?: string;
  /** What cannot be told without it. */
  readonly tells?: readonly Feature[];
  /** What cannot be changed without it; to find out whether it is there would be a change. */
  readonly changes?: readonly Feature[];
  /** The option without which it is not needed. */
  readonly option?: string;
  readonly isNeeded?: (sync: SyncOptions, provisioning: boolean) => boolean;
}

/** What it is for, in words; changes only where they are allowed. */
export function purposeOf({ reads, changes }: Right, provisioning: boolean): string {
  const changed = provisioning && changes ? [`changes of ${listed(changes)}`] : [];
  return [...(reads ? [reads] : []), ...changed].join("; ");
}

/** What its absence disables, in words; changes only where they are allowed. */
export function absenceOf({ without, changes }: Right, provisioning: boolean): string {
  const unchanged = provisioning && changes ? [`no changes of ${listed(changes)}`] : [];
  return [...(without ? [without] : []), ...unchanged].join("; ");
}

const listed = (names: readonly Feature[]) => names.map((name) => features[name].title).join(", ");

/** The least that allows changes. */
export const changesOption = "--provisioning standard";

const needed = "no sync: `Validate` and every listing fail";

const withoutReading = (reading: OptionalReading) => explanations[reading].consequence;

/** Every scope that a request to Azure DevOps may need; those that every sync needs come first. */
export const rights: readonly Right[] = [
  {
    scope: "Graph (Read)",
    oauthScope: "vso.graph",
    reads: "users, groups, service principals, and memberships of single groups",
    without: needed,
    tells: ["sync"],
  },
  {
    scope: "Project and Team (Read)",
    oauthScope: "vso.project",
    reads: "projects, teams, and who the token belongs to",
    without: needed,
    tells: ["sync"],
  },
  {
    scope: "Member Entitlement Management (Read)",
    oauthScope: "vso.memberentitlementmanagement",
    reads: "status, access level, and dates of users; access levels, their seats, and rules of groups",
    without: withoutReading("member-entitlements"),
    tells: ["accounts", "accessLevels"],
  },
  {
    scope: "Identity (Read)",
    oauthScope: "vso.identity",
    reads: "memberships, 100 groups a request",
    without: withoutReading("identities"),
    tells: ["memberships", "teamAdministrators", "permissions", ...roleFeatures],
  },
  {
    scope: "Security (Manage)",
    oauthScope: "vso.security_manage",
    reads:
      "team administrators, permissions and roles, from access control lists, one request a namespace; what leads to Tier 0",
    without: withoutReading("security"),
    tells: ["teamAdministrators", "permissions", ...roleFeatures, "guardrails"],
    changes: ["teamAdministrators", "permissions", ...roleFeatures],
    option:
      "--sync-teams, --permission-detail standard, a type that has roles (--sync-environments and the like), or --provisioning standard",
    isNeeded: ({ syncTeams, permissionDetail, optionalTypes }, provisioning) =>
      provisioning || syncTeams || permissionDetail !== "roles" || optionalTypes.some(isRoleType),
  },
  {
    scope: "Code (Read)",
    oauthScope: "vso.code",
    reads: "repositories of all projects in one request; no content",
    without: withoutReading("repositories"),
    tells: ["permissions"],
    option: "--permission-detail standard",
    isNeeded: ({ permissionDetail }) => permissionDetail !== "roles",
  },
  ofType("agent-pool", {
    scope: "Agent Pools (Read)",
    oauthScope: "vso.agentpools",
    reads: "agent pools, and the queues of each project",
    without: withoutReading("agent-pools"),
    tells: ["agentPoolRoles"],
    option: "--sync-agent-pools",
  }),
  ofType("environment", {
    scope: "Environment (Read & manage)",
    oauthScope: "vso.environment_manage",
    reads: "environments of each project; there is no scope for reading alone, and no environment is changed",
    without: withoutReading("environments"),
    tells: ["environmentRoles"],
    option: "--sync-environments",
  }),
  ofType("service-connection", {
    scope: "Service Connections (Read)",
    oauthScope: "vso.serviceendpoint",
    reads: "service connections of each project; nothing of what they sign in with",
    without: withoutReading("service-connections"),
    tells: ["serviceConnectionRoles"],
    option: "--sync-service-connections",
  }),
  ofType("variable-group", {
    scope: "Variable Groups (Read)",
    oauthScope: "vso.variablegroups_read",
    reads: "variable groups of each project; how many variables, and neither names nor values",
    without: withoutReading("variable-groups"),
    tells: ["variableGroupRoles"],
    option: "--sync-variable-groups",
  }),
  ofType("secure-file", {
    scope: "Secure Files (Read)",
    oauthScope: "vso.securefiles_read",
    reads: "names of the secure files of each project; no content",
    without: withoutReading("secure-files"),
    tells: ["secureFileRoles"],
    option: "--sync-secure-files",
  }),
  ofType("feed", {
    scope: "Packaging (Read)",
    oauthScope: "vso.packaging",
    reads: "artifact feeds, their roles and views; no packages",
    without: withoutReading("feeds"),
    tells: ["feedRoles"],
    option: "--sync-feeds",
  }),
  {
    scope: "Token Administration (Read & manage)",
    oauthScope: "vso.tokenadministration",
    reads:
      "personal access tokens and SSH keys of people, which can be revoked and not changed otherwise; the token's owner must be one of the Project Collection Administrators",
    without: withoutReading("personal-access-tokens"),
    tells: ["tokens"],
    changes: ["tokens"],
    option: "--personal-access-tokens",
    isNeeded: ({ personalAccessTokens }) => personalAccessTokens !== "off",
  },
  ofChanges({
    scope: "Graph (Read & manage)",
    oauthScope: "vso.graph_manage",
    changes: ["memberships", "groups", "accounts"],
  }),
  ofChanges({
    scope: "Member Entitlement Management (Read & write)",
    oauthScope: "vso.memberentitlementmanagement_write",
    changes: ["accounts", "accessLevels"],
  }),
  ofChanges({
    scope: "User Profile (Read)",
    oauthScope: "vso.profile",
    reads: "whose the organization is, so that its owner stays its administrator",
    without: "Azure DevOps alone keeps the owner from being removed, and its refusal is told",
    tells: ["guardrails"],
  }),
  ofChanges({
    scope: "Packaging (Read, write & manage)",
    oauthScope: "vso.packaging_manage",
    changes: ["feedRoles"],
  }),
];

/** Needed where changes are allowed, and not before. */
function ofChanges(right: Omit<Right, "isNeeded" | "option">): Right {
  return { ...right, option: changesOption, isNeeded: (_sync, provisioning) => provisioning };
}

function ofType(type: OptionalType, right: Omit<Right, "isNeeded">): Right {
  return { ...right, isNeeded: ({ optionalTypes }) => optionalTypes.includes(type) };
}
