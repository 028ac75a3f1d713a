import { serverOptions } from "./server-options.ts";

/**
 * The one table of options: flags, environment names, defaults and help all come from here, and so does
 * `docs/configuration.md`.
 */
export interface OptionRow {
  /** Also the flag, with `--` before it. */
  readonly name: string;
  readonly env: readonly string[];
  readonly kind: "text" | "file" | "flag" | "address" | "choice";
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly help: string;
  readonly secret?: boolean;
}

const own = (name: string) => `AZURE_DEVOPS_CONNECTOR_${name.toUpperCase().replaceAll("-", "_")}`;

function row(
  name: string,
  rest: Omit<OptionRow, "name" | "env"> & { readonly alsoEnv?: readonly string[] },
): OptionRow {
  const { alsoEnv = [], ...others } = rest;
  return { name, env: [own(name), ...alsoEnv], ...others };
}

export const organizationUrlOption = row("organization-url", {
  kind: "text",
  alsoEnv: ["BATON_ORGANIZATION_URL"],
  help: "the organization, e.g. https://dev.azure.com/fabrikam",
});

export const patFileOption = row("pat-file", {
  kind: "file",
  help: "a file that holds the personal access token; AZURE_DEVOPS_EXT_PAT holds the token itself",
});

/** Environment names that hold the token itself; there is no such flag, since others can read a command line. */
export const patEnvironment = [
  "AZURE_DEVOPS_CONNECTOR_PAT",
  "AZURE_DEVOPS_EXT_PAT",
  "BATON_PAT",
  "BATON_PERSONAL_ACCESS_TOKEN",
];

export const bearerTokenFileOption = row("bearer-token-file", {
  kind: "file",
  help: "a file that holds an access token to be sent as Bearer, in place of a personal access token",
});

export const syncTeamsOption = row("sync-teams", {
  kind: "flag",
  alsoEnv: ["BATON_SYNC_TEAMS"],
  help: "list teams as a type of their own, with members and administrators, in place of their groups",
});

export const syncOrganizationsOption = row("sync-organizations", {
  kind: "flag",
  alsoEnv: ["BATON_SYNC_ORGANIZATIONS"],
  help: "list the organization itself, as the parent of projects and of its groups",
});

export const skipUnusedRolesOption = row("skip-unused-roles", {
  kind: "flag",
  alsoEnv: ["BATON_SKIP_UNUSED_ROLES"],
  help: "leave out permission and role entitlements that nobody holds; memberships are always listed",
});

export const listingOption = row("listing", {
  kind: "choice",
  choices: ["type-scoped", "per-resource"],
  default: "type-scoped",
  help: "how entitlements and grants are offered; per-resource takes more calls and allows targeted syncs",
});

export const logLevelOption = row("log-level", {
  kind: "choice",
  choices: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
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
  organizationUrlOption,
  patFileOption,
  bearerTokenFileOption,
  syncTeamsOption,
  syncOrganizationsOption,
  skipUnusedRolesOption,
  listingOption,
  logLevelOption,
];

export const serveOptions: readonly OptionRow[] = [
  ...connectorOptions,
  listenOption,
  operationsListenOption,
  ...serverOptions,
];
