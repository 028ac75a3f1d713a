/** Tells keepalive from abuse, as gRPC's core does: by pings that come too fast while nothing is sent. */
export interface PingCounter {
  /** True for the ping at which the connection should end. */
  isAbuse(atMs: number, bytesSent: number): boolean;
}

/** So many too fast in a row are forgiven (gRPC's core: `GRPC_ARG_HTTP2_MAX_PING_STRIKES`). */
const maxStrikes = 2;

/** A ping's answer: a frame's head and eight bytes. */
const answerBytes = 17;

export function createPingCounter(minIntervalMs: number): PingCounter {
  let strikes = 0;
  let pings = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let mostSent = 0;
  return {
    isAbuse(atMs, bytesSent) {
      // What was sent besides answers. It is never too much: answers that still wait make it less.
      const sent = bytesSent - answerBytes * pings;
      // Clients that measure bandwidth ping along with the data that they get.
      if (sent > mostSent) strikes = 0;
      else if (atMs - lastMs < minIntervalMs) strikes += 1;
      mostSent = Math.max(mostSent, sent);
      lastMs = atMs;
      pings += 1;
      return strikes > maxStrikes;
    },
  };
}
