import type { Reply } from "./reply.ts";

/** What a hook sees of a request before it is answered. */
export interface RequestSeen {
  readonly method: string;
  /** Template of the route, e.g. `_apis/graph/users/{subjectDescriptor}`; the bare path when no route matches. */
  readonly route: string;
  /** Service host: `core`, `vssps` or `vsaex`. */
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Answers instead of the route, or lets it pass by giving nothing; may wait first. */
export type RequestHook = (request: RequestSeen) => Reply | undefined | Promise<Reply | undefined>;

/** A request that was answered. */
export interface RequestRecord {
  readonly method: string;
  readonly route: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
}

const kept = 1_000;

/** Counts requests by `METHOD route-template` and keeps the most recent ones. */
export interface RequestLog {
  readonly total: number;
  readonly byRoute: ReadonlyMap<string, number>;
  readonly recent: readonly RequestRecord[];
  /** How often a `METHOD route-template` was asked. */
  count(route: string): number;
  reset(): void;
}

/** A log and the function that adds to it. */
export function createRequestLog(): { readonly log: RequestLog; record(request: RequestRecord): void } {
  const byRoute = new Map<string, number>();
  const recent: RequestRecord[] = [];
  let total = 0;
  const log: RequestLog = {
    get total() {
      return total;
    },
    byRoute,
    recent,
    count: (route) => byRoute.get(route) ?? 0,
    reset: () => {
      total = 0;
      byRoute.clear();
      recent.length = 0;
    },
  };
  const record = (request: RequestRecord) => {
    const key = `${request.method} ${request.route}`;
    total++;
    byRoute.set(key, (byRoute.get(key) ?? 0) + 1);
    if (recent.push(request) > kept) recent.shift();
  };
  return { log, record };
}
