import { ConnectorError } from "../errors.ts";

/** Names the sync that a call belongs to; without an id, calls of one caller share short-lived readings. */
export interface SessionKey {
  readonly caller: string;
  readonly syncId: string;
}

/** The readings that calls of one sync share, and when they end. */
export interface SessionStore<R> {
  readings(key: SessionKey): R;
  /**
   * Readings for one call alone, a stream that is a whole sync by itself, until they are released. There are as many
   * at once as there are sessions; one more is `rate-limited`.
   */
  private(): { readonly readings: R; release(): void };
  /** Ends a sync: its readings are let go. Unknown syncs are nobody's error. */
  end(key: SessionKey): void;
  /** Lets go of the readings that calls without a sync id share: after a write they could be untrue. */
  endAnonymous(): void;
  readonly size: number;
  close(): void;
}

export interface SessionStoreOptions<R> {
  /** Makes the readings of a new session; `anonymous` ones must not live long. */
  readonly create: (options: { readonly anonymous: boolean }) => R;
  /** A session that no call has used for this long is let go. */
  readonly idleMs: number;
  /** The session unused for longest makes room for one more. */
  readonly maxSessions: number;
}

export function createSessionStore<R>({ create, idleMs, maxSessions }: SessionStoreOptions<R>): SessionStore<R> {
  const sessions = new Map<string, { readonly readings: R; usedAtMs: number }>();
  let privates = 0;
  const nameOf = ({ caller, syncId }: SessionKey) => JSON.stringify([caller, syncId]);

  const sweep = setInterval(
    () => {
      const limit = Date.now() - idleMs;
      for (const [name, session] of sessions) if (session.usedAtMs < limit) sessions.delete(name);
    },
    Math.min(idleMs, 60_000),
  );
  sweep.unref();

  return {
    readings(key) {
      const name = nameOf(key);
      const known = sessions.get(name);
      const session = known ?? { readings: create({ anonymous: key.syncId === "" }), usedAtMs: 0 };
      session.usedAtMs = Date.now();
      // Taken out and put back in, so that the map's order is the order of use.
      sessions.delete(name);
      sessions.set(name, session);
      const oldest = sessions.keys().next().value;
      if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
      return session.readings;
    },
    private() {
      if (privates >= maxSessions) throw tooManyStreams(maxSessions);
      privates += 1;
      let released = false;
      return {
        readings: create({ anonymous: false }),
        release() {
          if (!released) privates -= 1;
          released = true;
        },
      };
    },
    end: (key) => void sessions.delete(nameOf(key)),
    endAnonymous() {
      for (const name of sessions.keys()) if (name.endsWith(',""]')) sessions.delete(name);
    },
    get size() {
      return sessions.size;
    },
    close: () => clearInterval(sweep),
  };
}

/** Each holds a whole organization in memory. */
function tooManyStreams(limit: number): ConnectorError {
  return new ConnectorError(
    "rate-limited",
    `${limit} streams without an active_sync_id are running, each with readings of its own: wait for one to end, or name the sync to share its readings`,
    { retryAtMs: Date.now() + 10_000 },
  );
}
