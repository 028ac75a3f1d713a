import { defaultLimits, type Limits } from "../limits.ts";
import { misused } from "./misuse.ts";
import { listenOption, type OptionRow, operationsListenOption } from "./options.ts";
import {
  authTokensFileOption,
  connectListenOption,
  drainTimeoutOption,
  limitRows,
  reloadIntervalOption,
  tlsCertFileOption,
  tlsClientCaFileOption,
  tlsClientNamesOption,
  tlsKeyFileOption,
} from "./server-options.ts";
import type { Settings } from "./settings.ts";

/** How the connector is served: ports, who may call, and how much. */
export interface ServerConfig {
  readonly listen: string;
  readonly operationsListen: string;
  readonly connectListen: string | undefined;
  readonly tls: TlsConfig | undefined;
  readonly authTokensFile: string | undefined;
  readonly reloadIntervalMs: number;
  readonly drainTimeoutMs: number;
  readonly limits: Limits;
}

export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string | undefined;
  /** Names of which a client's certificate needs one; none: any client of the authority. */
  readonly clientNames: readonly string[];
}

/** Reads the options of the server; fails with everything that is wrong with them at once. */
export function loadServerConfig(settings: Settings): ServerConfig {
  const problems = [...settings.problems, ...serverProblems(settings)];
  if (problems.length > 0) throw misused(problems);
  return {
    listen: settings.text(listenOption) ?? "",
    operationsListen: settings.text(operationsListenOption) ?? "",
    connectListen: settings.text(connectListenOption),
    tls: tlsConfig(settings),
    authTokensFile: settings.text(authTokensFileOption),
    reloadIntervalMs: settings.amount(reloadIntervalOption),
    drainTimeoutMs: settings.amount(drainTimeoutOption),
    limits: limitValues(settings),
  };
}

/** Options that need one another. */
export function serverProblems(settings: Settings): string[] {
  const has = (option: OptionRow) => settings.of(option).value !== undefined;
  const needs = [
    [tlsCertFileOption, tlsKeyFileOption],
    [tlsKeyFileOption, tlsCertFileOption],
    [tlsClientCaFileOption, tlsCertFileOption],
    [tlsClientNamesOption, tlsClientCaFileOption],
  ] as const;
  return needs
    .filter(([option, other]) => has(option) && !has(other))
    .map(([option, other]) => `--${option.name} needs --${other.name} too`);
}

function tlsConfig(settings: Settings): TlsConfig | undefined {
  const certFile = settings.text(tlsCertFileOption);
  const keyFile = settings.text(tlsKeyFileOption);
  if (certFile === undefined || keyFile === undefined) return undefined;
  const clientCaFile = settings.text(tlsClientCaFileOption);
  return { certFile, keyFile, clientCaFile, clientNames: settings.list(tlsClientNamesOption) };
}

function limitValues(settings: Settings): Limits {
  const limits: { -readonly [K in keyof Limits]: number } = { ...defaultLimits };
  for (const [name, option] of Object.entries(limitRows)) {
    if (isLimit(name)) limits[name] = settings.amount(option);
  }
  return limits;
}

const isLimit = (name: string): name is keyof Limits => name in defaultLimits;
