import { randomUUID } from "node:crypto";
import type { Reply } from "../reply.ts";

/**
 * A refusal of the token endpoint: the word of OAuth that clients act on, and the number by which Microsoft's list
 * of errors explains it (learn.microsoft.com/entra/identity-platform/reference-error-codes).
 */
export class EntraProblem extends Error {
  readonly error: string;
  readonly code: number;
  readonly status: number;
  readonly suberror: string | undefined;

  constructor(error: string, code: number, message: string, suberror?: string) {
    super(message);
    this.name = "EntraProblem";
    this.error = error;
    this.code = code;
    this.status = error === "invalid_client" ? 401 : 400;
    this.suberror = suberror;
  }
}

/** The sentence with its number and the ids that support asks for. */
function describe({ code, message }: EntraProblem, trace: string, correlation: string, timestamp: string): string {
  return `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
}

/** The error body; `correlation` is the `client-request-id` of the request. */
export function problemReply(problem: EntraProblem, correlation: string = randomUUID()): Reply {
  const trace = randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    status: problem.status,
    body: {
      error: problem.error,
      error_description: describe(problem, trace, correlation, timestamp),
      error_codes: [problem.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${problem.code}`,
      ...(problem.suberror === undefined ? {} : { suberror: problem.suberror }),
    },
  };
}

/** A parameter that has to be there. */
export function missingParameter(name: string): EntraProblem {
  return new EntraProblem(
    "invalid_request",
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}
