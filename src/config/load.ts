import { readFileSync } from "node:fs";
import { ConnectorError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { type LogLevel, logLevels } from "../telemetry/log.ts";
import {
  bearerTokenFileOption,
  listingOption,
  logLevelOption,
  type OptionRow,
  organizationUrlOption,
  patEnvironment,
  patFileOption,
  skipUnusedRolesOption,
  syncOrganizationsOption,
  syncTeamsOption,
} from "./options.ts";

/** Flags as they were given, by option name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConnectorConfig {
  readonly organizationUrl: string;
  readonly credential: { readonly kind: "personal-access-token" | "bearer-token"; readonly token: Secret };
  readonly syncTeams: boolean;
  readonly syncOrganizations: boolean;
  readonly skipUnusedRoles: boolean;
  readonly listing: "type-scoped" | "per-resource";
  readonly logLevel: LogLevel;
}

/** Reads the connector's options: a flag wins over the environment, the environment over the default. */
export function loadConnectorConfig(flags: Flags, env: Environment): ConnectorConfig {
  const organizationUrl = textValue(organizationUrlOption, flags, env);
  if (!organizationUrl) {
    throw misused(`which organization? give --organization-url or ${organizationUrlOption.env.join(" or ")}`);
  }
  return {
    organizationUrl,
    credential: loadCredential(flags, env),
    syncTeams: flagValue(syncTeamsOption, flags, env),
    syncOrganizations: flagValue(syncOrganizationsOption, flags, env),
    skipUnusedRoles: flagValue(skipUnusedRolesOption, flags, env),
    listing: choiceValue(listingOption, ["type-scoped", "per-resource"], flags, env),
    logLevel: choiceValue(logLevelOption, logLevels, flags, env),
  };
}

/** An option's value as text: flag, environment, default. */
export function textValue(option: OptionRow, flags: Flags, env: Environment): string | undefined {
  const flag = flags[option.name];
  if (typeof flag === "string") return flag;
  return option.env.map((name) => env[name]).find((value) => value !== undefined && value !== "") ?? option.default;
}

function flagValue(option: OptionRow, flags: Flags, env: Environment): boolean {
  const flag = flags[option.name];
  if (typeof flag === "boolean") return flag;
  const text = textValue(option, flags, env);
  if (text === undefined) return false;
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw misused(`${option.env.join(" or ")} must be true or false, not ${JSON.stringify(text.slice(0, 40))}`);
}

function choiceValue<T extends string>(option: OptionRow, choices: readonly T[], flags: Flags, env: Environment): T {
  const text = textValue(option, flags, env);
  const choice = choices.find((value) => value === text);
  if (choice !== undefined) return choice;
  throw misused(`--${option.name} must be one of ${choices.join(", ")}, not ${JSON.stringify(text?.slice(0, 40))}`);
}

function loadCredential(flags: Flags, env: Environment): ConnectorConfig["credential"] {
  const patFile = textValue(patFileOption, flags, env);
  const bearerFile = textValue(bearerTokenFileOption, flags, env);
  if (patFile && bearerFile) throw misused("give --pat-file or --bearer-token-file, not both");
  if (bearerFile) return { kind: "bearer-token", token: readSecret(bearerFile, bearerTokenFileOption) };
  if (patFile) return { kind: "personal-access-token", token: readSecret(patFile, patFileOption) };
  const token = patEnvironment.map((name) => env[name]?.trim()).find((value) => value);
  if (token) return { kind: "personal-access-token", token: new Secret(token) };
  throw misused(`no credential: give --pat-file FILE, or the token in ${patEnvironment.join(" or ")}`);
}

function readSecret(file: string, option: OptionRow): Secret {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ConnectorError("invalid-request", `--${option.name}: ${file} cannot be read`, { cause: error });
  }
  if (text === "") throw misused(`--${option.name}: ${file} is empty`);
  return new Secret(text);
}

function misused(message: string): ConnectorError {
  return new ConnectorError("invalid-request", message);
}
