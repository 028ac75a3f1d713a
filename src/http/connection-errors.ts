import { abortError, ConnectorError, type ErrorKind, isConnectorError } from "../errors.ts";
import { connectTimeoutMs } from "./dispatcher.ts";

/** What a connection was for, and whose call it was. */
export interface ConnectionAttempt {
  readonly route: string;
  readonly host: string;
  readonly timeoutMs: number;
  readonly callSignal: AbortSignal;
  readonly redact: (text: string) => string;
}

/** What a failure of the connection means and what can be done about it; the cause is kept for the log. */
export function connectionError(error: unknown, attempt: ConnectionAttempt): ConnectorError {
  const { route, callSignal } = attempt;
  if (callSignal.aborted) return abortError(callSignal);
  if (isConnectorError(error)) return new ConnectorError(error.kind, `${route}: ${error.message}`, { cause: error });
  const timedOut = error instanceof DOMException && error.name === "TimeoutError";
  const code = timedOut ? "ETIMEDOUT" : errorCode(error);
  if (code === undefined) return new ConnectorError("bug", `${route}: ${String(error)}`, { cause: error });
  const refusal = proxyRefusal(error);
  const { kind, told } = refusal ? { kind: "unavailable" as const, told: refusal } : meaningOf(code, attempt);
  return new ConnectorError(kind, `${route}: ${told} (${code})`, { cause: plain(error, attempt) });
}

/** The error's words alone: its fields can hold what was received, which can repeat what was sent. */
function plain(error: unknown, { redact }: ConnectionAttempt): Error {
  return new Error(redact(error instanceof Error ? error.message : String(error)));
}

function meaningOf(code: string, { host, timeoutMs }: ConnectionAttempt): { kind: ErrorKind; told: string } {
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    const told = `no connection to ${host} within ${connectTimeoutMs / 1000} s; check the network, its firewall and --proxy`;
    return { kind: "timeout", told };
  }
  if (code === "ETIMEDOUT") {
    const told = `${host} did not answer within ${timeoutMs / 1000} s; try again later, or allow it more time (--upstream-timeout)`;
    return { kind: "timeout", told };
  }
  if (/^(Z_|ERR_ZLIB|HPE_)/.test(code) || damagedCodes.has(code)) {
    const told = `the answer of ${host} is cut or damaged; try again, and check the proxies on the way to it`;
    return { kind: "malformed-answer", told };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    const told = `the host ${host} does not resolve; check the organization URL and the name servers`;
    return { kind: "unavailable", told };
  }
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/.test(code)) {
    const told = `no secure connection to ${host}; check its certificate, and that the authority which signed it is trusted here (--ca-file)`;
    return { kind: "unavailable", told };
  }
  if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") {
    return { kind: "unavailable", told: `${host} closed the connection; try again later` };
  }
  return { kind: "unavailable", told: `${host} cannot be reached; check the network, its firewall and --proxy` };
}

/** A proxy that opens no tunnel: undici tells its status in words only. */
function proxyRefusal(error: unknown): string | undefined {
  const status = error instanceof Error ? /^Proxy response \((\d+)\)/.exec(error.message)?.[1] : undefined;
  if (status === undefined) return undefined;
  const remedy =
    status === "407" ? "give --proxy the name and password that it wants" : "check --proxy and what it allows";
  return `the proxy refused with status ${status}; ${remedy}`;
}

const brokenHttp = "HTTPParserError";

const damagedCodes = new Set([
  brokenHttp,
  "ERR_BUFFER_TOO_LARGE",
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // What is no HTTP has no code of its own.
  if (error.name === brokenHttp) return brokenHttp;
  return error.cause === undefined ? undefined : errorCode(error.cause);
}
