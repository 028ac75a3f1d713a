import { ConnectorError } from "../errors.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { parseDuration } from "./duration.ts";
import { type Environment, type Flags, textValue } from "./load.ts";
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

export function loadServerConfig(flags: Flags, env: Environment): ServerConfig {
  const text = (option: OptionRow) => textValue(option, flags, env) || undefined;
  return {
    listen: text(listenOption) ?? "",
    operationsListen: text(operationsListenOption) ?? "",
    connectListen: text(connectListenOption),
    tls: tlsConfig(text),
    authTokensFile: text(authTokensFileOption),
    reloadIntervalMs: durationValue(reloadIntervalOption, text),
    drainTimeoutMs: durationValue(drainTimeoutOption, text),
    limits: limitValues(text),
  };
}

type Text = (option: OptionRow) => string | undefined;

function tlsConfig(text: Text): TlsConfig | undefined {
  const certFile = text(tlsCertFileOption);
  const keyFile = text(tlsKeyFileOption);
  const clientCaFile = text(tlsClientCaFileOption);
  const names = text(tlsClientNamesOption);
  const clientNames = (names ?? "").split(",").flatMap((name) => name.trim() || []);
  if (names !== undefined && clientNames.length === 0) throw misused("--tls-client-names has no name in it");
  if (names !== undefined && !clientCaFile) throw misused("--tls-client-names needs --tls-client-ca-file too");
  if (certFile && keyFile) return { certFile, keyFile, clientCaFile, clientNames };
  if (certFile) throw misused("--tls-cert-file needs --tls-key-file too");
  if (keyFile) throw misused("--tls-key-file needs --tls-cert-file too");
  if (clientCaFile) throw misused("--tls-client-ca-file needs --tls-cert-file and --tls-key-file too");
  return undefined;
}

function limitValues(text: Text): Limits {
  const limits: { -readonly [K in keyof Limits]: number } = { ...defaultLimits };
  for (const [name, { option, unit, min, max }] of Object.entries(limitRows)) {
    if (!isLimit(name)) continue;
    limits[name] = unit === "duration" ? durationValue(option, text) : countValue(option, { min, max }, text);
  }
  return limits;
}

const isLimit = (name: string): name is keyof Limits => name in defaultLimits;

function countValue(option: OptionRow, { min, max }: { readonly min: number; readonly max: number }, text: Text) {
  const given = text(option) ?? "";
  const value = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw misused(`--${option.name} must be a whole number from ${min} to ${max}, not ${shown(given)}`);
}

function durationValue(option: OptionRow, text: Text): number {
  const given = text(option) ?? "";
  const value = parseDuration(given);
  if (value !== undefined && value >= 1) return value;
  throw misused(`--${option.name} must be a duration such as 500ms, 30s, 5m or 1h, not ${shown(given)}`);
}

const shown = (text: string) => JSON.stringify(text.slice(0, 40));

function misused(message: string): ConnectorError {
  return new ConnectorError("invalid-request", message);
}
