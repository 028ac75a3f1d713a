import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ChangeOptions } from "../provisioning/options.ts";
import { withoutTokens } from "../redaction.ts";
import { Secret } from "../secret.ts";
import { type LogLevel, logLevels } from "../telemetry/log.ts";
import { changeLogOption } from "./change-options.ts";
import { loadChangeOptions } from "./changes.ts";
import { misused } from "./misuse.ts";
import {
  bearerTokenFileOption,
  caFileOption,
  effectiveOption,
  inheritedRowsOption,
  listingOption,
  logLevelOption,
  maxConcurrentRequestsOption,
  type OptionRow,
  organizationUrlOption,
  patFileOption,
  patOption,
  permissionDetailOption,
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
  readonly credential: { readonly kind: "personal-access-token" | "bearer-token"; readonly token: Secret };
  readonly syncTeams: boolean;
  readonly syncOrganizations: boolean;
  readonly skipUnusedRoles: boolean;
  readonly inheritedRows: boolean;
  readonly effective: boolean;
  readonly permissionDetail: "roles" | "standard" | "all";
  readonly optionalTypes: readonly (keyof typeof typeOptions)[];
  readonly provisioning: "off" | "standard" | "privileged";
  readonly changes: Omit<ChangeOptions, "readBackMs">;
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
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const organizationUrl = settings.text(organizationUrlOption);
  if (!organizationUrl) {
    problems.push(`which organization? give --organization-url or ${organizationUrlOption.env.join(" or ")}`);
  }
  const credential = attempt(() => loadCredential(settings));
  const caPem = attempt(() => loadAuthorities(settings));
  const proxy = attempt(() => loadProxy(settings));
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
    provisioning: settings.choice(provisioningOption, ["off", "standard", "privileged"]),
    changes: loadChangeOptions(settings),
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

/** Which of the options that hold or name a credential is used: the one from the highest place, a file before a text. */
export function credentialOption(settings: Settings): OptionRow | undefined {
  const given = [bearerTokenFileOption, patFileOption, patOption].filter((option) => settings.text(option));
  const rank = (option: OptionRow) => settings.of(option).source.rank;
  const highest = Math.max(...given.map(rank));
  return given.find((option) => rank(option) === highest);
}

function loadCredential(settings: Settings): ConnectorConfig["credential"] {
  const used = credentialOption(settings);
  const value = used && settings.text(used);
  if (!value) {
    throw new Wrong(`no credential: give --pat-file FILE, or the token in ${patOption.env.join(" or ")}`);
  }
  const rank = settings.of(used).source.rank;
  if (
    settings.text(patFileOption) &&
    used === bearerTokenFileOption &&
    settings.of(patFileOption).source.rank === rank
  ) {
    throw new Wrong("give --pat-file or --bearer-token-file, not both");
  }
  const kind = used === bearerTokenFileOption ? "bearer-token" : "personal-access-token";
  const token = used === patOption ? value : readText(settings, used, value);
  const fault = faultOfToken(token);
  if (fault !== undefined) throw new Wrong(`${nameOf(settings, used)}: ${fault}; give the token alone, as it was made`);
  return { kind, token: new Secret(token) };
}

/** What no header can carry, told without any of it. */
function faultOfToken(token: string): string | undefined {
  const lines = token.split(/\r\n|\n|\r/).length;
  if (lines > 1) return `the token has ${lines} lines`;
  const at = token.search(/[^ -~]/);
  return at < 0 ? undefined : `the token's character ${at + 1} is no letter, digit or sign of ASCII`;
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

function readText(settings: Settings, option: OptionRow, file: string): string {
  const name = nameOf(settings, option);
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new Wrong(`${name}: ${withoutTokens(file)} cannot be read${code}; check the path and who may read it`);
  }
  if (text === "") throw new Wrong(`${name}: ${withoutTokens(file)} is empty`);
  return text;
}

/** The option as it was given, so that the wrong place is the one to look at. */
function nameOf(settings: Settings, option: OptionRow): string {
  const { kind, name } = settings.of(option).source;
  return kind === "file" ? `${name}: ${option.name}` : kind === "environment" ? name : `--${option.name}`;
}

/** Something that is wrong with the configuration: told with all else that is. */
class Wrong extends Error {}
