/** Tells keepalive from abuse, as gRPC's core does: by pings that come too fast while nothing is sent. */
export interface PingCounter {
  /** True for the ping at which the connection should end. */
  isAbuse(atMs: number, bytesSent: number): boolean;
}

/** So many too fast in a row are forgiven (gRPC's core: `GRPC_ARG_HTTP2_MAX_PING_STRIKES`). */
const maxStrikes = 2;

/** The answers to a few pings, of 17 bytes each. Clients that measure bandwidth ping along with the data they get. */
const onlyAnswersBytes = 64;

export function createPingCounter(minIntervalMs: number): PingCounter {
  let strikes = 0;
  let last: { readonly atMs: number; readonly bytesSent: number } | undefined;
  return {
    isAbuse(atMs, bytesSent) {
      const sentMore = last !== undefined && bytesSent - last.bytesSent > onlyAnswersBytes;
      const tooFast = last !== undefined && atMs - last.atMs < minIntervalMs;
      if (sentMore) strikes = 0;
      else if (tooFast) strikes += 1;
      last = { atMs, bytesSent };
      return strikes > maxStrikes;
    },
  };
}
