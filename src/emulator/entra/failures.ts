import type { Reply } from "../reply.ts";

/** What goes wrong at the token endpoint or at Microsoft Graph. */
export interface Failure {
  /** Part of the path of the requests concerned; every request when left out. */
  readonly path?: string;
  readonly method?: string;
  /** `cut` ends the connection, and `hang` leaves the client without an answer. */
  readonly status: number | "cut" | "hang";
  readonly retryAfterSeconds?: number;
  readonly body?: unknown;
  /** How often at most; without end when left out. */
  readonly times?: number;
  /** The request acts all the same, and only its answer is lost. */
  readonly isAfter?: boolean;
}

/** Failures that are yet to happen, in the order in which they were added. */
export interface Failures {
  add(failure: Failure): void;
  clear(): void;
}

interface Planned {
  readonly failure: Failure;
  left: number;
}

/** Keeps them, and gives each request the first that fits it. */
export function createFailures(): {
  readonly failures: Failures;
  next(method: string, path: string): Failure | undefined;
} {
  let planned: Planned[] = [];
  return {
    failures: {
      add: (failure) => {
        planned.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
      },
      clear: () => {
        planned = [];
      },
    },
    next: (method, path) => {
      const found = planned.find(
        ({ failure, left }) => left > 0 && path.includes(failure.path ?? "") && (failure.method ?? method) === method,
      );
      if (found) found.left--;
      return found?.failure;
    },
  };
}

/** How a failure looks to the client. */
export function failureReply({ body, retryAfterSeconds, status }: Failure): Reply | "cut" | "hang" {
  if (typeof status === "string") return status;
  const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return { status, headers, ...(body === undefined ? {} : { body }) };
}
