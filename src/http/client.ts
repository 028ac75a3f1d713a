import type { Dispatcher } from "undici";
import { type Call, sleep } from "../call.ts";
import { abortError, ConnectorError, isConnectorError } from "../errors.ts";
import { readBody } from "./body.ts";
import type { Budget } from "./budget.ts";
import { type Headers, headerValue, readRateLimit } from "./rate-limit.ts";
import { defaultRetryPolicy, type RetryPolicy, retryDelay } from "./retry.ts";

/** A request as the client of one API states it. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  /** Method and template, e.g. `GET graph/users`: what counters and errors call this request. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True when sending it twice does what sending it once does; only then is it tried again. */
  readonly idempotent: boolean;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface HttpClientOptions {
  readonly dispatcher: Dispatcher;
  readonly budget: Budget;
  /** One try's limit from sending to the last byte. */
  readonly timeoutMs: number;
  readonly retry?: RetryPolicy;
  readonly onRequest?: (route: string) => void;
}

export interface HttpClient {
  /**
   * Sends with retries. `read` turns an answer into the value or throws the ConnectorError that it stands for; both
   * its errors and those of the connection are retried by the same rules.
   */
  send<T>(request: HttpRequest, call: Call, read: (answer: HttpAnswer) => T): Promise<T>;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { budget, retry = defaultRetryPolicy } = options;
  return {
    async send(request, call, read) {
      for (let tries = 1; ; tries += 1) {
        const outcome = await tryOnce(options, request, call, read);
        if ("value" in outcome) return outcome.value;
        const { error, retryAfterMs } = outcome;
        const { idempotent, route } = request;
        const nowMs = Date.now();
        const question = { error, tries, idempotent, retryAfterMs, nowMs, deadlineMs: call.deadlineMs };
        const delay = retryDelay(question, retry);
        if (delay === undefined) throw retryAfterMs === undefined ? error : comeBackAt(error, nowMs + retryAfterMs);
        const { pausedUntilMs } = budget.state;
        call.log.debug({ route, tries, delayMs: Math.round(delay), kind: error.kind, pausedUntilMs }, "retrying");
        await sleep(delay, call.signal);
      }
    },
  };
}

/** The same failure, with the moment at which the service wants to be asked again. */
function comeBackAt(error: ConnectorError, retryAtMs: number): ConnectorError {
  return new ConnectorError(error.kind, error.message, { cause: error.cause ?? error, retryAtMs });
}

type TryOutcome<T> =
  | { readonly value: T }
  | { readonly error: ConnectorError; readonly retryAfterMs: number | undefined };

async function tryOnce<T>(
  options: HttpClientOptions,
  request: HttpRequest,
  call: Call,
  read: (answer: HttpAnswer) => T,
): Promise<TryOutcome<T>> {
  const permit = await options.budget.acquire(call);
  call.upstream.requests += 1;
  options.onRequest?.(request.route);
  try {
    const answer = await exchange(options, request, call.signal);
    const sign = readRateLimit(answer.headers, Date.now());
    permit.release({ sign, throttled: answer.status === 429 || answer.status === 503 });
    try {
      return { value: read(answer) };
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return { error, retryAfterMs: sign.retryAfterMs };
    }
  } catch (error) {
    const failure = connectionError(error, request.route, call.signal);
    permit.release({ throttled: failure.kind === "timeout" || failure.kind === "unavailable" });
    if (isConnectorError(failure, "canceled", "bug") || call.signal.aborted) throw failure;
    return { error: failure, retryAfterMs: undefined };
  }
}

async function exchange(
  { dispatcher, timeoutMs }: HttpClientOptions,
  { method, url, headers, body, maxBytes }: HttpRequest,
  callSignal: AbortSignal,
): Promise<HttpAnswer> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new DOMException("no answer in time", "TimeoutError")), timeoutMs);
  const signal = AbortSignal.any([callSignal, timeout.signal]);
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      body: body ?? null,
      signal,
    });
    const encoding = headerValue(answer.headers, "content-encoding");
    const text = await readBody(answer.body, { encoding, maxBytes });
    return { status: answer.statusCode, headers: answer.headers, text };
  } finally {
    clearTimeout(timer);
  }
}

/** What a failure of the connection means; the cause is kept for the log. */
function connectionError(error: unknown, route: string, callSignal: AbortSignal): ConnectorError {
  if (callSignal.aborted) return abortError(callSignal);
  if (isConnectorError(error)) return new ConnectorError(error.kind, `${route}: ${error.message}`, { cause: error });
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ConnectorError("timeout", `${route}: Azure DevOps did not answer in time`, { cause: error });
  }
  const code = errorCode(error);
  if (code === undefined) return new ConnectorError("bug", `${route}: ${String(error)}`, { cause: error });
  if (timeoutCodes.has(code)) {
    return new ConnectorError("timeout", `${route}: Azure DevOps did not answer in time (${code})`, { cause: error });
  }
  if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE") {
    return new ConnectorError("malformed-answer", `${route}: the answer's compression is damaged`, { cause: error });
  }
  return new ConnectorError("unavailable", `${route}: Azure DevOps could not be reached (${code})`, { cause: error });
}

const timeoutCodes = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause === undefined ? undefined : errorCode(error.cause);
}
