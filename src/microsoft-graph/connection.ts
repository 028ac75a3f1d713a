import { randomUUID } from "node:crypto";
import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Authorizer } from "../azure-devops/credential.ts";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import { type Budget, createBudget } from "../http/budget.ts";
import { createHttpClient, type HttpAnswer, type HttpRequest } from "../http/client.ts";
import type { RetryPolicy } from "../http/retry.ts";
import type { Redactor } from "../redaction.ts";
import { type GraphContext, type Permission, readGraphAnswer, refuseFailure } from "./answers.ts";

/** A request as an operation states it. `path` follows the base URL; the values in it are already encoded. */
export interface GraphRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** The path with placeholders, for counters and messages. */
  readonly template: string;
  readonly body?: unknown;
  readonly permission: Permission;
  /** For a POST that only reads. */
  readonly idempotent?: boolean;
}

export interface GraphConnection {
  readonly baseUrl: URL;
  readonly budget: Budget;
  /** How many requests went out, by route. */
  readonly requests: ReadonlyMap<string, number>;
  read<T>(request: GraphRequest, schema: z.ZodType<T>, call: Call): Promise<T>;
  /** A change whose answer has no body. */
  write(request: GraphRequest, call: Call): Promise<void>;
  /** What reading the answer to a request within a batch has to know. */
  context(request: Pick<GraphRequest, "method" | "template" | "permission">): GraphContext;
}

export interface GraphConnectionOptions {
  /** E.g. `https://graph.microsoft.com/v1.0`. */
  readonly baseUrl: URL;
  readonly authorizer: Authorizer;
  readonly redactor: Redactor;
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly timeoutMs?: number;
  readonly budget?: Budget;
  readonly retry?: RetryPolicy;
  /** Members are to be changed too: then the permission for it is the one to grant, since it is enough for all. */
  readonly manages?: boolean;
}

const maxBytes = 64 * 1024 * 1024;

export function createGraphConnection(options: GraphConnectionOptions): GraphConnection {
  const { baseUrl, authorizer, redactor, dispatcher, userAgent, timeoutMs = 60_000, retry, manages = false } = options;
  // Its limits are its own: what Azure DevOps says holds nothing back here.
  const budget = options.budget ?? createBudget();
  const requests = new Map<string, number>();
  const http = createHttpClient({
    dispatcher,
    budget,
    timeoutMs,
    redact: redactor.redact,
    ...(retry ? { retry } : {}),
    onRequest: (route) => requests.set(route, (requests.get(route) ?? 0) + 1),
  });

  const context: GraphConnection["context"] = ({ method, template, permission }) => ({
    route: `${method} ${template}`,
    permission: manages ? "GroupMember.ReadWrite.All" : permission,
    redactor,
  });

  /** Asks once more with another token where one was refused, which says that nothing was done. */
  async function send<T>(request: GraphRequest, call: Call, read: (answer: HttpAnswer) => T): Promise<T> {
    const refused = await authorizer.authorization(call.signal);
    try {
      return await exchange(request, refused, call, read);
    } catch (error) {
      if (!isConnectorError(error, "unauthenticated")) throw error;
      const renewed = await authorizer.renew(refused, call.signal);
      if (renewed === undefined) throw error;
      return exchange(request, renewed, call, read);
    }
  }

  function exchange<T>(
    request: GraphRequest,
    authorization: string,
    call: Call,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const { method, path, body, idempotent = method === "GET" } = request;
    const sent: HttpRequest = {
      method,
      url: new URL(`${baseUrl.href.replace(/\/+$/, "")}${path}`),
      route: context(request).route,
      headers: {
        authorization,
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": userAgent,
        "client-request-id": randomUUID(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      idempotent,
      maxBytes,
    };
    return http.send(sent, call, read);
  }

  return {
    baseUrl,
    budget,
    requests,
    context,
    read: (request, schema, call) => send(request, call, (answer) => readGraphAnswer(answer, schema, context(request))),
    write: (request, call) => send(request, call, (answer) => refuseFailure(answer, context(request))),
  };
}
