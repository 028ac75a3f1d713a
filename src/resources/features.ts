/** What a token's rights are for, as people choose it. */
interface FeatureText {
  /** As in "changes ...". */
  readonly title: string;
  /** The option without which it is not told. */
  readonly option?: string;
}

const texts = {
  sync: { title: "every sync: users, groups, projects and teams" },
  memberships: { title: "memberships of groups and teams" },
  groups: { title: "groups" },
  accounts: { title: "users and service principals" },
  accessLevels: { title: "access levels", option: "--sync-access-levels" },
  teamAdministrators: { title: "team administrators", option: "--sync-teams" },
  permissions: { title: "permissions", option: "--permission-detail standard" },
  agentPoolRoles: { title: "roles on agent pools", option: "--sync-agent-pools" },
  environmentRoles: { title: "roles on environments", option: "--sync-environments" },
  serviceConnectionRoles: { title: "roles on service connections", option: "--sync-service-connections" },
  variableGroupRoles: { title: "roles on variable groups", option: "--sync-variable-groups" },
  secureFileRoles: { title: "roles on secure files", option: "--sync-secure-files" },
  feedRoles: { title: "roles on feeds", option: "--sync-feeds" },
  tokens: { title: "personal access tokens and SSH keys", option: "--personal-access-tokens" },
  guardrails: { title: "what guards changes", option: "--provisioning standard" },
} as const;

export type Feature = keyof typeof texts;
export const features: Readonly<Record<Feature, FeatureText>> = texts;

/** Roles that stand in access control lists. */
export const roleFeatures = [
  "agentPoolRoles",
  "environmentRoles",
  "serviceConnectionRoles",
  "variableGroupRoles",
  "secureFileRoles",
] as const satisfies readonly Feature[];

/** Every feature, in the order in which documents have them. */
export const featureNames = Object.keys(texts).filter((name): name is Feature => name in texts);
