/** A request that came to change something, whatever became of it. */
export interface WriteRecord {
  readonly method: string;
  /** Template of the route; the path when none is served there. */
  readonly route: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** Text of the body; empty when there was none. */
  readonly body: string;
  /** Of the answer; 0 when the client saw none. */
  readonly status: number;
  /** Whether the organization was another one afterwards. */
  readonly changed: boolean;
}

const kept = 10_000;

/** The most recent writes, the oldest first. */
export interface WriteLog {
  readonly all: readonly WriteRecord[];
  /** Those that changed something. */
  readonly changes: readonly WriteRecord[];
  reset(): void;
}

/** A log and the function that adds to it. */
export function createWriteLog(): { readonly log: WriteLog; record(write: WriteRecord): void } {
  const all: WriteRecord[] = [];
  const log: WriteLog = {
    all,
    get changes() {
      return all.filter(({ changed }) => changed);
    },
    reset: () => {
      all.length = 0;
    },
  };
  const record = (write: WriteRecord) => {
    if (all.push(write) > kept) all.shift();
  };
  return { log, record };
}
