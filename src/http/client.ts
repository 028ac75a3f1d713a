import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { type Call, sleep } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import { type BodyLimits, bodyChunks, readBody } from "./body.ts";
import type { Budget, Outcome } from "./budget.ts";
import { connectionError } from "./connection-errors.ts";
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

/** What of an answer is there before its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

export interface HttpAnswer extends AnswerHead {
  readonly text: string;
}

/** Reads a body while it arrives; what either method throws ends the try. */
export interface BodyReader<T> {
  push(chunk: Buffer): void;
  /** Called once the body ended as it should. */
  end(): T;
}

/** A fresh reader for the body of an answer, on each try; without one the body is read as text. */
export type OpenReader<T> = (head: AnswerHead) => BodyReader<T> | undefined;

export interface HttpClientOptions {
  readonly dispatcher: Dispatcher;
  readonly budget: Budget;
  /** One try's limit from sending to the last byte. */
  readonly timeoutMs: number;
  readonly retry?: RetryPolicy;
  /** Takes what was sent out of what is said of it. */
  readonly redact?: (text: string) => string;
  readonly onRequest?: (route: string) => void;
}

export interface HttpClient {
  /**
   * Sends with retries. `read` turns an answer into the value or throws the ConnectorError that it stands for; both
   * its errors and those of the connection are retried by the same rules. `open` does so for bodies that it streams.
   */
  send<T>(request: HttpRequest, call: Call, read: (answer: HttpAnswer) => T, open?: OpenReader<T>): Promise<T>;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { budget, retry = defaultRetryPolicy } = options;
  return {
    async send(request, call, read, open) {
      for (let tries = 1; ; tries += 1) {
        const outcome = await tryOnce(options, request, call, { read, open });
        if ("value" in outcome) return outcome.value;
        const { error, retryAfterMs } = outcome;
        const { idempotent, route } = request;
        const nowMs = Date.now();
        const question = { error, tries, idempotent, retryAfterMs, nowMs, deadlineMs: call.deadlineMs };
        const delay = retryDelay(question, retry);
        const { pausedUntilMs } = budget.state;
        if (delay === undefined) {
          const retryAtMs = retryAfterMs === undefined ? pausedUntilMs : nowMs + retryAfterMs;
          throw retryAtMs === undefined ? error : comeBackAt(error, retryAtMs);
        }
        call.log.debug({ route, tries, delayMs: Math.round(delay), kind: error.kind, pausedUntilMs }, "retrying");
        // The budget holds the next try for as long as the service asked, and tells who waits for it.
        if (retryAfterMs === undefined) await sleep(delay, call.signal);
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

interface AnswerReader<T> {
  readonly read: (answer: HttpAnswer) => T;
  readonly open: OpenReader<T> | undefined;
}

async function tryOnce<T>(
  options: HttpClientOptions,
  request: HttpRequest,
  call: Call,
  reader: AnswerReader<T>,
): Promise<TryOutcome<T>> {
  const permit = await options.budget.acquire(call, request.route);
  call.upstream.requests += 1;
  options.onRequest?.(request.route);
  try {
    const answer = await exchange(options, request, call.signal, reader);
    const sign = readRateLimit(answer.headers, Date.now(), options.redact);
    permit.release({ kind: outcomeOf(answer.status), sign });
    try {
      return { value: answer.value() };
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return { error, retryAfterMs: sign.retryAfterMs };
    }
  } catch (error) {
    const { route, url } = request;
    const { timeoutMs, redact = asItIs } = options;
    const attempt = { route, host: redact(url.host), timeoutMs, callSignal: call.signal, redact };
    const failure = connectionError(error, attempt);
    permit.release({ kind: isConnectorError(failure, "timeout", "unavailable") ? "overloaded" : "unknown" });
    if (isConnectorError(failure, "canceled", "bug") || call.signal.aborted) throw failure;
    return { error: failure, retryAfterMs: undefined };
  }
}

const asItIs = (text: string) => text;

/** Of a failure the status decides and the body only adds words, so it must not be able to hide the status. */
function bodyLimits(status: number, encoding: string | undefined, maxBytes: number): BodyLimits {
  return status >= 200 && status < 300 ? { encoding, maxBytes } : { encoding, maxBytes: maxFailureBytes, cut: true };
}

const maxFailureBytes = 64 * 1024;

function outcomeOf(status: number): Exclude<Outcome["kind"], "unknown"> {
  if (status === 429) return "refused";
  return status === 408 || (status >= 502 && status <= 504) ? "overloaded" : "answered";
}

/** An answer whose body was read; `value` gives or throws what the reader made of it. */
interface ReadAnswer<T> extends AnswerHead {
  readonly value: () => T;
}

async function exchange<T>(
  { dispatcher, timeoutMs }: HttpClientOptions,
  { method, url, headers, body, maxBytes }: HttpRequest,
  callSignal: AbortSignal,
  reader: AnswerReader<T>,
): Promise<ReadAnswer<T>> {
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
    const head = { status: answer.statusCode, headers: answer.headers };
    const limits = bodyLimits(head.status, headerValue(head.headers, "content-encoding"), maxBytes);
    return { ...head, value: await readAnswer(head, answer.body, limits, reader) };
  } finally {
    clearTimeout(timer);
  }
}

async function readAnswer<T>(
  head: AnswerHead,
  body: Readable,
  limits: BodyLimits,
  { open, read }: AnswerReader<T>,
): Promise<() => T> {
  const opened = settled(() => open?.(head));
  if ("error" in opened) {
    // What is left unread ends with an error that nobody waits for.
    body.on("error", () => undefined).destroy();
    return rethrow(opened.error);
  }
  const { value: streamed } = opened;
  if (!streamed) {
    const text = await readBody(body, limits);
    return () => read({ ...head, text });
  }
  for await (const chunk of bodyChunks(body, limits)) {
    const pushed = settled(() => streamed.push(chunk));
    if ("error" in pushed) return rethrow(pushed.error);
  }
  return () => streamed.end();
}

/** What a reader throws belongs to the answer, and not to the connection that it came by. */
function settled<T>(run: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

function rethrow(error: unknown): () => never {
  return () => {
    throw error;
  };
}
