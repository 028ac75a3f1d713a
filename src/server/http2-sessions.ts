import type { EventEmitter } from "node:events";
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Log } from "../telemetry/log.ts";
import { createPingCounter } from "./ping-counter.ts";

/** The HTTP/2 connections of one server. */
export interface Http2Sessions {
  /** Lets connections go: those without a call at once, others with their last; new calls may only be refused. */
  drain(): void;
}

/** The last stream that a client is told of before it has to open another connection (RFC 9113, section 6.8). */
const anyStream = 2 ** 31 - 1;

export interface Http2SessionOptions {
  readonly minPingIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly log: Log;
}

/** Watches the sessions of an HTTP/2 server, grpc-js' own or Node's: nobody else counts what clients ping. */
export function watchSessions(server: EventEmitter, options: Http2SessionOptions): Http2Sessions {
  const { minPingIntervalMs, requestTimeoutMs, log } = options;
  const streams = new Map<ServerHttp2Session, number>();
  let draining = false;

  server.on("session", (session: ServerHttp2Session) => {
    const peer = `${session.socket.remoteAddress}:${session.socket.remotePort}`;
    const pings = createPingCounter(minPingIntervalMs);
    // Many more pings can be there already, before the session is destroyed.
    let isEnding = false;
    streams.set(session, 0);
    session.on("close", () => streams.delete(session));
    session.on("ping", () => {
      if (isEnding || session.closed || !pings.isAbuse(performance.now(), session.socket.bytesWritten)) return;
      isEnding = true;
      log.warn({ peer, minPingIntervalMs }, "connection ended: it pings faster than --min-ping-interval allows");
      endForPings(session);
    });
    session.on("stream", (stream: ServerHttp2Stream) => {
      streams.set(session, (streams.get(session) ?? 0) + 1);
      stream.once("close", () => ended(session));
      limitArrival(stream, requestTimeoutMs);
    });
    if (draining) session.close();
  });

  function ended(session: ServerHttp2Session): void {
    if (!streams.has(session)) return;
    const left = (streams.get(session) ?? 1) - 1;
    streams.set(session, left);
    if (!draining || session.closed) return;
    if (left === 0) session.close();
    // A call ended, refused most likely, beside others that still run: the next should go elsewhere.
    else session.goaway(constants.NGHTTP2_NO_ERROR, anyStream);
  }

  return {
    drain() {
      draining = true;
      for (const [session, count] of streams) if (count === 0 && !session.closed) session.close();
    },
  };
}

/** Ends what is not a whole request in time; one that is answered already goes on sending, as reflection's may. */
function limitArrival(stream: ServerHttp2Stream, requestTimeoutMs: number): void {
  const timer = setTimeout(() => {
    if (stream.state.remoteClose !== 1 && !stream.headersSent) stream.close(constants.NGHTTP2_CANCEL);
  }, requestTimeoutMs);
  stream.once("close", () => clearTimeout(timer));
}

function endForPings(session: ServerHttp2Session): void {
  session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
  // Not before the frame is on its way.
  setImmediate(() => session.destroy());
}
