import { X509Certificate } from "node:crypto";
import type { CredentialOptions, EntraApplication, LoginStoreOptions } from "../azure-devops/auth/options.ts";
import type { ChangeOptions } from "../provisioning/options.ts";
import { withoutTokens } from "../redaction.ts";
import { Secret } from "../secret.ts";
import { type LogLevel, logLevels } from "../telemetry/log.ts";
import { changeLogOption, entraMembersOption, microsoftGraphUrlOption } from "./change-options.ts";
import { loadChangeOptions, microsoftGraphProblems } from "./changes.ts";
import { loadApplication, loadCredential, loadLoginStore } from "./credential.ts";
import { nameOf, readText, Wrong } from "./given.ts";
import { misused } from "./misuse.ts";
import {
  caFileOption,
  effectiveOption,
  inheritedRowsOption,
  listingOption,
  logLevelOption,
  maxConcurrentRequestsOption,
  organizationUrlOption,
  permissionDetailOption,
  personalAccessTokensOption,
  provisioningOption,
  proxyBypassOption,
  proxyOption,
  sessionIdleOption,
  skipUnusedRolesOption,
  syncOrganizationsOption,
  syncTeamsOption,
  typeOptions,
  upstreamTimeoutOption,
} from "./options.ts";
import type { Settings } from "./settings.ts";

export interface ConnectorConfig {
  readonly organizationUrl: string;
  readonly credential: CredentialOptions;
  readonly syncTeams: boolean;
  readonly syncOrganizations: boolean;
  readonly skipUnusedRoles: boolean;
  readonly inheritedRows: boolean;
  readonly effective: boolean;
  readonly permissionDetail: "roles" | "standard" | "all";
  readonly optionalTypes: readonly (keyof typeof typeOptions)[];
  readonly personalAccessTokens: "off" | "privileged" | "all";
  readonly provisioning: "off" | "standard" | "privileged";
  readonly changes: Omit<ChangeOptions, "readBackMs">;
  readonly entraMembers: boolean;
  readonly microsoftGraphUrl: string;
  /** The file that gets a record of every change. */
  readonly changeLog: string | undefined;
  readonly listing: "type-scoped" | "per-resource";
  readonly upstreamTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  /** Certificates of further authorities to trust, as PEM. */
  readonly caPem: string | undefined;
  readonly proxy: { readonly url: Secret; readonly except: readonly string[] } | undefined;
  readonly sessionIdleMs: number;
  readonly logLevel: LogLevel;
}

/** Reads the connector's options; fails with everything that is wrong at once. */
export function loadConnectorConfig(settings: Settings): ConnectorConfig {
  const { config, problems } = readConnectorConfig(settings);
  if (config && problems.length === 0) return config;
  throw misused(problems);
}

/** The configuration as far as there is one, and all that is wrong with it. */
export function readConnectorConfig(settings: Settings): {
  readonly config: ConnectorConfig | undefined;
  readonly problems: readonly string[];
} {
  const problems = [...settings.problems];
  const attempt = attemptWith(problems);
  const organizationUrl = settings.text(organizationUrlOption);
  if (!organizationUrl) {
    problems.push(`which organization? give --organization-url or ${organizationUrlOption.env.join(" or ")}`);
  }
  const credential = attempt(() => loadCredential(settings));
  const caPem = attempt(() => loadAuthorities(settings));
  const proxy = attempt(() => loadProxy(settings));
  problems.push(...microsoftGraphProblems(settings, credential?.kind));
  if (!organizationUrl || !credential) return { config: undefined, problems };
  const config: ConnectorConfig = {
    organizationUrl,
    credential,
    syncTeams: settings.flag(syncTeamsOption),
    syncOrganizations: settings.flag(syncOrganizationsOption),
    skipUnusedRoles: settings.flag(skipUnusedRolesOption),
    inheritedRows: settings.flag(inheritedRowsOption),
    effective: settings.flag(effectiveOption),
    permissionDetail: settings.choice(permissionDetailOption, ["roles", "standard", "all"]),
    optionalTypes: Object.entries(typeOptions).flatMap(([type, option]) =>
      settings.flag(option) ? [type as keyof typeof typeOptions] : [],
    ),
    personalAccessTokens: settings.choice(personalAccessTokensOption, ["off", "privileged", "all"]),
    provisioning: settings.choice(provisioningOption, ["off", "standard", "privileged"]),
    changes: loadChangeOptions(settings),
    entraMembers: settings.flag(entraMembersOption),
    microsoftGraphUrl: settings.text(microsoftGraphUrlOption) ?? "",
    changeLog: settings.text(changeLogOption),
    listing: settings.choice(listingOption, ["type-scoped", "per-resource"]),
    upstreamTimeoutMs: settings.amount(upstreamTimeoutOption),
    maxConcurrentRequests: settings.amount(maxConcurrentRequestsOption),
    caPem,
    proxy,
    sessionIdleMs: settings.amount(sessionIdleOption),
    logLevel: settings.choice(logLevelOption, logLevels),
  };
  return { config, problems };
}

/** What signing a person in needs. */
export interface LoginConfig extends Pick<ConnectorConfig, "caPem" | "proxy" | "logLevel"> {
  readonly store: LoginStoreOptions;
  /** Undefined where nobody is to be signed in. */
  readonly application: EntraApplication | undefined;
}

/** Reads what `login` and `logout` need; fails with everything that is wrong at once. */
export function loadLoginConfig(settings: Settings, signsIn: boolean): LoginConfig {
  const problems = [...settings.problems];
  const attempt = attemptWith(problems);
  const store = attempt(() => loadLoginStore(settings));
  const application = signsIn ? attempt(() => loadApplication(settings, "login")) : undefined;
  const [caPem, proxy] = [attempt(() => loadAuthorities(settings)), attempt(() => loadProxy(settings))];
  if (!store || problems.length > 0) throw misused(problems);
  return { store, application, caPem, proxy, logLevel: settings.choice(logLevelOption, logLevels) };
}

/** Runs a part of the reading; what is wrong with it goes to `problems`. */
function attemptWith(problems: string[]) {
  return <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
}

function loadAuthorities(settings: Settings): string | undefined {
  const path = settings.text(caFileOption);
  if (path === undefined) return undefined;
  const pem = readText(settings, caFileOption, path);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const told = `${nameOf(settings, caFileOption)}: ${withoutTokens(path)}`;
  if (blocks.length === 0) throw new Wrong(`${told} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  const bad = blocks.findIndex((block) => !isCertificate(block));
  if (bad >= 0) throw new Wrong(`${told}: certificate ${bad + 1} of ${blocks.length} is damaged`);
  return blocks.join("\n");
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== "";
  } catch {
    return false; // The caller names the file and which of its certificates.
  }
}

function loadProxy(settings: Settings): ConnectorConfig["proxy"] {
  const text = settings.text(proxyOption);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") {
    if (isEncoded(url.username) && isEncoded(url.password)) {
      return { url: new Secret(url.href), except: settings.list(proxyBypassOption) };
    }
    throw new Wrong(`${nameOf(settings, proxyOption)}: write % in the name or the password as %25`);
  }
  throw new Wrong(`${nameOf(settings, proxyOption)} must be a URL that begins with http:// or https://`);
}

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false; // The caller says what to do.
  }
}
