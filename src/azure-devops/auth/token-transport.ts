import { createHttpHeaders } from "@azure/core-rest-pipeline";
import type { TokenCredentialOptions } from "@azure/identity";
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import { z } from "zod";
import type { Call } from "../../call.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/client.ts";

/** Why a token was refused, as the endpoint says it (RFC 6749, 5.2, and Entra's own fields). */
export interface Refusal {
  readonly error: string;
  readonly description: string;
  /** Numbers of `AADSTS` errors. */
  readonly codes: readonly number[];
  readonly traceId: string;
}

type PipelineClient = NonNullable<TokenCredentialOptions["httpClient"]>;
type PipelineRequest = Parameters<PipelineClient["sendRequest"]>[0];

/**
 * Carries the requests of one attempt to get a token, for both libraries, over this connector's own connections: they
 * trust what `--ca-file` says, go where `--proxy` says, end with the call, and show what was refused as it was said.
 */
export interface TokenTransport {
  readonly pipeline: PipelineClient;
  readonly network: INetworkModule;
  /** What the endpoint refused last. */
  readonly refusal: Refusal | undefined;
  /** Why the last request had no answer. */
  readonly failure: ConnectorError | undefined;
  /** The newest refresh token that was answered. */
  readonly refreshToken: string | undefined;
}

export interface TokenTransportOptions {
  readonly http: HttpClient;
  readonly call: Call;
  /** Told of every token that comes, before anybody gets it. */
  readonly onToken: (slot: string, token: string) => void;
}

const maxAnswerBytes = 1024 * 1024;

const refusalBody = z.object({
  error: z.string(),
  error_description: z.string().optional(),
  error_codes: z.array(z.number()).optional(),
  trace_id: z.string().optional(),
});

const tokenBody = z.object({
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  device_code: z.string().optional(),
});

export function createTokenTransport({ http, call, onToken }: TokenTransportOptions): TokenTransport {
  let refusal: Refusal | undefined;
  let failure: ConnectorError | undefined;
  let refreshToken: string | undefined;

  function look({ status, text }: HttpAnswer): void {
    const body = jsonOf(text);
    if (status >= 400) {
      const { success, data } = refusalBody.safeParse(body);
      if (success) refusal = refusalOf(data);
      return;
    }
    const { success, data } = tokenBody.safeParse(body);
    if (!success) return;
    for (const [slot, token] of Object.entries(data)) if (token) onToken(slot, token);
    refreshToken = data.refresh_token ?? refreshToken;
  }

  async function send(request: Omit<HttpRequest, "route" | "idempotent" | "maxBytes">): Promise<HttpAnswer> {
    const { method, url } = request;
    const route = `${method} ${url.host}${url.pathname}`;
    // A second token does no harm, but a code is good for one request only.
    const idempotent = !/(^|&)grant_type=authorization_code(&|$)/.test(request.body ?? "");
    refusal = undefined;
    failure = undefined;
    try {
      return await http.send({ ...request, route, idempotent, maxBytes: maxAnswerBytes }, call, (answer) => {
        refuseTrouble(answer, route);
        look(answer);
        return answer;
      });
    } catch (error) {
      if (isConnectorError(error)) failure = error;
      throw error;
    }
  }

  async function sendFor<T>(method: "GET" | "POST", url: string, options: NetworkRequestOptions = {}) {
    const body = options.body === undefined ? {} : { body: options.body };
    const answer = await send({ method, url: new URL(url), headers: options.headers ?? {}, ...body });
    const response: NetworkResponse<T> = {
      status: answer.status,
      headers: headersOf(answer),
      body: jsonOf(answer.text) as T, // The library takes the type that it hopes for, and looks at what came.
    };
    return response;
  }

  return {
    pipeline: {
      async sendRequest(request) {
        const { method, url, headers, body } = toRequest(request);
        const answer = await send({ method, url, headers, ...(body === undefined ? {} : { body }) });
        const { status, text } = answer;
        return { request, status, headers: createHttpHeaders(headersOf(answer)), bodyAsText: text };
      },
    },
    network: {
      sendGetRequestAsync: (url, options) => sendFor("GET", url, options),
      sendPostRequestAsync: (url, options) => sendFor("POST", url, options),
    },
    get refusal() {
      return refusal;
    },
    get failure() {
      return failure;
    },
    get refreshToken() {
      return refreshToken;
    },
  };
}

function toRequest({ method, url, headers, body }: PipelineRequest) {
  if (method !== "GET" && method !== "POST") throw new ConnectorError("bug", `a token is asked for with ${method}`);
  if (typeof body !== "string" && body !== undefined && body !== null) {
    throw new ConnectorError("bug", "a token is asked for with a body that is no text");
  }
  return { method, url: new URL(url), headers: headers.toJSON(), body: body ?? undefined } as const;
}

function headersOf({ headers }: HttpAnswer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(", ")]],
    ),
  );
}

/** What can get better by itself is tried again by the connector's own rules; nothing is sent along a redirect. */
function refuseTrouble({ status }: HttpAnswer, route: string): void {
  if (status === 429) {
    throw new ConnectorError("rate-limited", `${route}: status 429; too many tokens are asked for; try again later`);
  }
  if (status >= 500) {
    throw new ConnectorError("unavailable", `${route}: status ${status}; Microsoft Entra has trouble; try again later`);
  }
  if (status >= 300 && status < 400) {
    const told = `${route}: status ${status}, a redirect, which no secret follows; check --authority-host and the proxies`;
    throw new ConnectorError("wrong-route", told);
  }
}

function refusalOf({ error, error_description, error_codes, trace_id }: z.infer<typeof refusalBody>): Refusal {
  const description = error_description ?? "";
  const told = [...description.matchAll(/AADSTS(\d+)/g)].map(([, code]) => Number(code));
  return {
    error,
    description,
    codes: [...new Set([...(error_codes ?? []), ...told])],
    traceId: trace_id ?? "",
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // A page of a proxy, say; the library says what it misses.
  }
}
