/** What one caller, one connection and one call may take of the server, for every listener alike. */
export interface Limits {
  readonly maxMessageBytes: number;
  readonly maxMetadataBytes: number;
  readonly maxStreamsPerConnection: number;
  readonly maxConnections: number;
  readonly maxCallsPerCaller: number;
  /** Pings that come faster, with nothing sent in between, end the connection. */
  readonly minPingIntervalMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly maxConnectionIdleMs: number;
  readonly maxConnectionAgeMs: number;
  readonly maxConnectionAgeGraceMs: number;
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
}

/** The one place of their defaults: options, documents and tests take them from here. */
export const defaultLimits: Limits = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxMetadataBytes: 16 * 1024,
  maxStreamsPerConnection: 100,
  maxConnections: 500,
  maxCallsPerCaller: 64,
  // Clients that keep a connection alive ping every ten seconds at the most (grpc-go's own minimum).
  minPingIntervalMs: 5_000,
  keepaliveIntervalMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  maxConnectionIdleMs: 15 * 60_000,
  maxConnectionAgeMs: 60 * 60_000,
  // A whole sync can be one stream.
  maxConnectionAgeGraceMs: 60 * 60_000,
  requestTimeoutMs: 60_000,
};
