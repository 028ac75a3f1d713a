import { defaultLimits, type Limits } from "../limits.ts";
import { type OptionRow, row } from "./row.ts";
import { formatDuration } from "./values.ts";

export const connectListenOption = row("connect-listen", {
  kind: "address",
  help: "HOST:PORT of the services over HTTP and JSON, with the gRPC port's TLS and authentication; off by default",
});

export const tlsCertFileOption = row("tls-cert-file", {
  kind: "file",
  help: "the certificate chain, PEM; with it the gRPC and Connect ports speak TLS only; read again when it changes",
});

export const tlsKeyFileOption = row("tls-key-file", {
  kind: "file",
  help: "the private key of --tls-cert-file, PEM without a passphrase",
});

export const tlsClientCaFileOption = row("tls-client-ca-file", {
  kind: "file",
  help: "authorities, PEM: only clients with a certificate of one of them may connect",
});

export const tlsClientNamesOption = row("tls-client-names", {
  kind: "list",
  help: "client certificate names that may call, exact, with commas: DNS or URI names, or the common name; without it any client of --tls-client-ca-file",
});

export const authTokensFileOption = row("auth-tokens-file", {
  kind: "file",
  help: "bearer tokens that callers may use, one a line as NAME:TOKEN or TOKEN, # for comments; read again when it changes",
});

/** Longer than any timer can be set for is refused. */
const maxTimerMs = 2 ** 31 - 1;

export const reloadIntervalOption = row("reload-interval", {
  kind: "duration",
  min: 1,
  max: maxTimerMs,
  default: "10s",
  help: "how often the files above are looked at for changes",
});

export const drainTimeoutOption = row("drain-timeout", {
  kind: "duration",
  min: 1,
  max: maxTimerMs,
  default: "30s",
  help: "how long running calls may take to end after the first SIGTERM or SIGINT, e.g. 30s or 2m",
});

/** The one table of limits: the compiler asks for a row of each. */
export const limitRows: Readonly<Record<keyof Limits, OptionRow>> = {
  maxMessageBytes: count("max-message-bytes", "maxMessageBytes", [1024, 256 * 1024 * 1024], {
    help: "the largest request; a larger one is RESOURCE_EXHAUSTED",
  }),
  // HTTP/2 itself resets a request of more than 64 KiB of metadata here.
  maxMetadataBytes: count("max-metadata-bytes", "maxMetadataBytes", [1024, 60 * 1024], {
    help: "the most metadata (headers) of a call, with 32 bytes for each field; more is RESOURCE_EXHAUSTED",
  }),
  maxStreamsPerConnection: count("max-streams-per-connection", "maxStreamsPerConnection", [1, 100_000], {
    help: "calls at once on one connection; clients queue what is above",
  }),
  maxConnections: count("max-connections", "maxConnections", [1, 100_000], {
    help: "connections at once on each port; further ones are closed",
  }),
  maxCallsPerCaller: count("max-calls-per-caller", "maxCallsPerCaller", [1, 100_000], {
    help: "calls at once of one caller (token or certificate name); more are UNAVAILABLE, to be tried again",
  }),
  minPingIntervalMs: duration("min-ping-interval", "minPingIntervalMs", {
    help: "keepalive pings that come faster than this end the connection with ENHANCE_YOUR_CALM",
  }),
  keepaliveIntervalMs: duration("keepalive-interval", "keepaliveIntervalMs", {
    help: "how often the gRPC port pings a connection",
  }),
  keepaliveTimeoutMs: duration("keepalive-timeout", "keepaliveTimeoutMs", {
    help: "how long such a ping may stay without answer until the connection is closed",
  }),
  maxConnectionIdleMs: duration("max-connection-idle", "maxConnectionIdleMs", {
    help: "how long a connection may stay without a call",
  }),
  maxConnectionAgeMs: duration("max-connection-age", "maxConnectionAgeMs", {
    help: "how long a connection takes new calls, give or take a tenth",
  }),
  maxConnectionAgeGraceMs: duration("max-connection-age-grace", "maxConnectionAgeGraceMs", {
    help: "how long calls that run at that age may take to end",
  }),
  requestTimeoutMs: duration("request-timeout", "requestTimeoutMs", {
    help: "how long a request may take to arrive",
  }),
};

type Help = Pick<OptionRow, "help">;

function count(name: string, limit: keyof Limits, [min, max]: readonly [number, number], { help }: Help): OptionRow {
  return row(name, { kind: "number", min, max, default: String(defaultLimits[limit]), help });
}

function duration(name: string, limit: keyof Limits, { help }: Help): OptionRow {
  const value = formatDuration(defaultLimits[limit]);
  return row(name, { kind: "duration", min: 1, max: maxTimerMs, default: value, help });
}

/** What `serve` has besides the connector's own options and its two ports. */
export const serverOptions: readonly OptionRow[] = [
  connectListenOption,
  tlsCertFileOption,
  tlsKeyFileOption,
  tlsClientCaFileOption,
  tlsClientNamesOption,
  authTokensFileOption,
  reloadIntervalOption,
  drainTimeoutOption,
  ...Object.values(limitRows),
];
