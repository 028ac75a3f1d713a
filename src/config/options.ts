import { logLevels } from "../telemetry/log.ts";
import { accountOptions } from "./account-options.ts";
import { changeOptions } from "./change-options.ts";
import {
  authorityHostOption,
  clientIdOption,
  credentialOptions,
  loginStoreOptions,
  tenantIdOption,
} from "./credential-options.ts";
import { type OptionRow, row } from "./row.ts";
import { serverOptions } from "./server-options.ts";

export type { OptionRow } from "./row.ts";

/**
 * The one table of options: flags, environment names, keys of the configuration file, defaults and help all come from
 * here, and so do `docs/configuration.md` and the shells' completion.
 */

export const configFileOption = row("config", {
  kind: "file",
  help: "a YAML file of these options, without the dashes; flags and the environment win over it",
});

export const organizationUrlOption = row("organization-url", {
  kind: "text",
  alsoEnv: ["BATON_ORGANIZATION_URL"],
  help: "the organization, e.g. https://dev.azure.com/fabrikam",
});

export const syncTeamsOption = row("sync-teams", {
  kind: "flag",
  default: "false",
  alsoEnv: ["BATON_SYNC_TEAMS"],
  help: "list teams as a type of their own, with members and administrators, in place of their groups",
});

export const syncOrganizationsOption = row("sync-organizations", {
  kind: "flag",
  default: "false",
  alsoEnv: ["BATON_SYNC_ORGANIZATIONS"],
  help: "list the organization itself, as the parent of projects and of its groups",
});

export const skipUnusedRolesOption = row("skip-unused-roles", {
  kind: "flag",
  default: "false",
  alsoEnv: ["BATON_SKIP_UNUSED_ROLES"],
  help: "leave out roles and single permissions that nobody holds; never memberships, bundles and what can do harm",
});

export const permissionDetailOption = row("permission-detail", {
  kind: "choice",
  choices: ["roles", "standard", "all"],
  default: "standard",
  help: "which permissions are told: roles only; bundles and those that can do harm as well; or every single one",
});

export const inheritedRowsOption = row("inherited-rows", {
  kind: "flag",
  default: "false",
  help: "tell of every repository what it inherits from its project and the organization too; many more rows",
});

export const effectiveOption = row("effective", {
  kind: "flag",
  default: "false",
  help: "tell permissions person by person, as they really hold them, in place of entries; many more rows",
});

const typeOption = (name: string, what: string) =>
  row(`sync-${name}`, {
    kind: "flag",
    default: "true",
    help: `list ${what}; without the scope for it none are listed`,
  });

/** Which optional types are listed, by the name of the type in the plural. */
export const typeOptions = {
  "agent-pool": typeOption("agent-pools", "agent pools and agent queues, with their roles"),
  environment: typeOption("environments", "environments of pipelines, with their roles"),
  "service-connection": typeOption("service-connections", "service connections, with their roles"),
  "variable-group": typeOption("variable-groups", "variable groups, with their roles"),
  "secure-file": typeOption("secure-files", "secure files, with their roles"),
  feed: typeOption("feeds", "artifact feeds, with their roles"),
  "access-level": typeOption("access-levels", "access levels and who has which"),
} as const;

export const personalAccessTokensOption = row("personal-access-tokens", {
  kind: "choice",
  choices: ["off", "privileged", "all"],
  default: "off",
  help: "list personal access tokens and SSH keys of people, two requests for each person: of administrators, or of all; never the tokens themselves",
});

export const syncGrantSourcesOption = row("sync-grant-sources", {
  kind: "flag",
  default: "true",
  alsoEnv: ["BATON_SYNC_GRANT_SOURCES"],
  help: "tell through which group somebody holds something",
  noEffect: "what a group holds is always reported as an expandable grant, from which the platform derives the sources",
});

export const provisioningOption = row("provisioning", {
  kind: "choice",
  choices: ["off", "standard", "privileged"],
  synonyms: { true: "standard", false: "off", "1": "standard", "0": "off", yes: "standard", no: "off", on: "standard" },
  default: "off",
  alsoEnv: ["BATON_PROVISIONING"],
  help: "which changes of the organization the platform may ask for; off refuses every change",
});

export const listingOption = row("listing", {
  kind: "choice",
  choices: ["type-scoped", "per-resource"],
  default: "type-scoped",
  help: "how entitlements and grants are offered; per-resource takes more calls and allows targeted syncs",
});

export const upstreamTimeoutOption = row("upstream-timeout", {
  kind: "duration",
  default: "2m",
  min: 1,
  max: 600_000,
  help: "how long one request to Azure DevOps may take until its last byte, before it is tried again",
});

export const maxConcurrentRequestsOption = row("max-concurrent-requests", {
  kind: "number",
  default: "16",
  min: 1,
  max: 64,
  help: "how many requests to Azure DevOps may be under way at once, at most; fewer while it asks for patience",
});

export const caFileOption = row("ca-file", {
  kind: "file",
  help: "a PEM file of further certificate authorities to trust, of a proxy or of an Azure DevOps Server",
});

export const proxyOption = row("proxy", {
  kind: "text",
  alsoEnv: ["HTTPS_PROXY", "https_proxy"],
  help: "the HTTP proxy to reach Azure DevOps through, e.g. http://proxy.example:3128; a name and password are masked",
});

export const proxyBypassOption = row("proxy-bypass", {
  kind: "list",
  default: "localhost,127.0.0.1,::1",
  alsoEnv: ["NO_PROXY", "no_proxy"],
  help: "hosts that are reached without the proxy, with commas between them; .example covers its subdomains",
});

export const sessionIdleOption = row("session-idle", {
  kind: "duration",
  default: "10m",
  min: 1_000,
  max: 86_400_000,
  help: "how long what a sync has read is kept after the sync's last call",
});

export const logLevelOption = row("log-level", {
  kind: "choice",
  choices: logLevels,
  default: "info",
  alsoEnv: ["BATON_LOG_LEVEL"],
  help: "the least that is logged, as JSON lines on standard error",
});

export const listenOption = row("listen", {
  kind: "address",
  default: "127.0.0.1:50051",
  help: "HOST:PORT of the gRPC port; off loopback it needs TLS, and client certificates or bearer tokens",
});

export const operationsListenOption = row("operations-listen", {
  kind: "address",
  default: "127.0.0.1:9464",
  help: "HOST:PORT of health, readiness and metrics; on loopback also the services, for curl",
});

/** What the connector itself needs, wherever it runs. */
export const connectorOptions: readonly OptionRow[] = [
  configFileOption,
  organizationUrlOption,
  ...credentialOptions,
  syncTeamsOption,
  syncOrganizationsOption,
  permissionDetailOption,
  inheritedRowsOption,
  effectiveOption,
  ...Object.values(typeOptions),
  personalAccessTokensOption,
  skipUnusedRolesOption,
  syncGrantSourcesOption,
  provisioningOption,
  ...changeOptions,
  ...accountOptions,
  listingOption,
  upstreamTimeoutOption,
  maxConcurrentRequestsOption,
  caFileOption,
  proxyOption,
  proxyBypassOption,
  sessionIdleOption,
  logLevelOption,
];

/** What signing a person in needs. */
export const loginOptions: readonly OptionRow[] = [
  configFileOption,
  tenantIdOption,
  clientIdOption,
  authorityHostOption,
  ...loginStoreOptions,
  caFileOption,
  proxyOption,
  proxyBypassOption,
  logLevelOption,
];

/** Every option that the environment and the configuration file can have. */
export const serveOptions: readonly OptionRow[] = [
  ...connectorOptions,
  listenOption,
  operationsListenOption,
  ...serverOptions,
];
