import { randomUUID } from "node:crypto";
import type { Dispatcher } from "undici";
import { z } from "zod";
import type { Call } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import { type Budget, createBudget } from "../http/budget.ts";
import { type AnswerHead, createHttpClient, type HttpRequest } from "../http/client.ts";
import type { Headers } from "../http/rate-limit.ts";
import type { RetryPolicy } from "../http/retry.ts";
import type { Redactor } from "../redaction.ts";
import { type Reading, rowByRow, wholeBody } from "./answer-reading.ts";
import type { AnswerContext } from "./answers.ts";
import type { Credential } from "./credential.ts";
import type { RowCollector } from "./list-answers.ts";
import { createLocations } from "./locations.ts";
import {
  type Answer,
  type AnyOperation,
  defaultMaxBytes,
  type ListOperation,
  type Operation,
  operationUrl,
} from "./operations.ts";
import type { OrganizationUrl } from "./organization-url.ts";

export interface Connection {
  readonly organization: OrganizationUrl;
  readonly budget: Budget;
  /** How many requests went out, by route. */
  readonly requests: ReadonlyMap<string, number>;
  send<T>(operation: Operation<T>, call: Call): Promise<Answer<T>>;
  /** Reads a list row by row while it arrives; each try begins with a collector of its own. */
  stream<Row, T>(
    operation: ListOperation<Row>,
    createCollector: () => RowCollector<Row, T>,
    call: Call,
  ): Promise<Answer<T>>;
  /** The headers with which the organization asks somebody without a credential to sign in. */
  challenge(call: Call): Promise<Headers>;
}

export interface ConnectionOptions {
  readonly organization: OrganizationUrl;
  readonly credential: Credential;
  /** Finds more than the credential in what upstream says: what is sent to a proxy too. */
  readonly redactor?: Redactor;
  readonly dispatcher: Dispatcher;
  /** Product and version, as sent to Azure DevOps. */
  readonly userAgent: string;
  readonly timeoutMs?: number;
  readonly budget?: Budget;
  readonly retry?: RetryPolicy;
}

/** What every valid token may read. */
const identityCheck: Operation<unknown> = {
  area: "core",
  method: "GET",
  path: "connectionData",
  template: "connectionData",
  version: "7.1-preview.1",
  schema: z.unknown(),
  scope: "any",
};

const isIdempotent = ({ method, idempotent }: AnyOperation) => idempotent ?? (method === "GET" || method === "HEAD");

/** Who calls is known, and may not: another token of the same caller may not either. */
const isDenial = (status: number) => status === 403;

export function createConnection(options: ConnectionOptions): Connection {
  const { organization, credential, dispatcher, userAgent, timeoutMs = 120_000, retry } = options;
  const { redactor = credential } = options;
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
  const session = randomUUID();
  /** True once this credential has had an answer: a 401 then means a missing scope, unless nothing is answered any more. */
  let credentialWorked = false;

  async function sendTo<T>(base: URL, operation: AnyOperation, reading: Reading<T>, call: Call): Promise<Answer<T>> {
    let status = 0;
    try {
      return await exchangeRenewing(base, operation, reading, call, (seen) => {
        status = seen;
      });
    } catch (error) {
      if (status === 401 && isConnectorError(error, "forbidden")) await checkCredential(error, call);
      throw error;
    }
  }

  /** Asks once more with another token where one was refused: it may have ended or been revoked halfway. */
  async function exchangeRenewing<T>(
    base: URL,
    operation: AnyOperation,
    reading: Reading<T>,
    call: Call,
    onStatus: (status: number) => void,
  ): Promise<Answer<T>> {
    const refused = await credential.authorization(call.signal);
    let status = 0;
    const send = (authorization: string) =>
      exchange(base, operation, reading, authorization, call, (seen) => {
        status = seen;
        onStatus(seen);
      });
    try {
      return await send(refused);
    } catch (error) {
      // 401 says that nothing was done. A sign-in page says no such thing, so what changes something is not sent again.
      const isRefusal = status === 401 || isIdempotent(operation);
      if (!isRefusal || !isConnectorError(error, "unauthenticated", "forbidden") || isDenial(status)) throw error;
      const renewed = await credential.renew(refused, call.signal);
      if (renewed === undefined) throw error;
      call.log.debug({ route: `${operation.method} ${operation.template}`, status }, "sent again with a renewed token");
      return send(renewed);
    }
  }

  /** Fails when the credential is answered nowhere any more: what looked like a missing scope is a token that is over. */
  async function checkCredential(refusal: ConnectorError, call: Call): Promise<void> {
    let status = 0;
    try {
      await exchangeRenewing(organization.url, identityCheck, wholeBody(identityCheck.schema), call, (seen) => {
        status = seen;
      });
    } catch (error) {
      if (status !== 401 && !isConnectorError(error, "unauthenticated")) throw error;
      const [route] = refusal.message.split(":", 1);
      const told = `${route}: the token worked before and is refused everywhere now; it expired or was revoked: renew it`;
      throw new ConnectorError("unauthenticated", told, { cause: refusal });
    }
  }

  async function exchange<T>(
    base: URL,
    operation: AnyOperation,
    { read, open }: Reading<T>,
    authorization: string,
    call: Call,
    onStatus: (status: number) => void,
  ): Promise<Answer<T>> {
    const { method, template, scope, body, begins = false, isFile = false, writes = false } = operation;
    const route = `${method} ${template}`;
    const request: HttpRequest = {
      method,
      url: operationUrl(base, operation),
      route,
      headers: {
        authorization,
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": userAgent,
        "x-tfs-fedauthredirect": "Suppress",
        "x-vss-forcemsapassthrough": "true",
        "x-tfs-session": session,
        ...(body === undefined ? {} : { "content-type": operation.contentType ?? "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      idempotent: isIdempotent(operation),
      maxBytes: operation.maxBytes ?? defaultMaxBytes,
    };
    const context = (): AnswerContext => ({
      route,
      scope,
      namesObject: template.includes("{"),
      begins,
      writes,
      isFile,
      credentialWorked,
      redactor,
    });
    const answered = (value: T, { headers }: AnswerHead): Answer<T> => {
      // Which hosts there are is told to anybody.
      if (operation.area !== "location") credentialWorked = true;
      return { value, headers };
    };
    return http.send(
      request,
      call,
      (answer) => {
        onStatus(answer.status);
        return answered(read(answer, context()), answer);
      },
      (head) => {
        onStatus(head.status);
        const body = open?.(head, context());
        return body && { push: body.push, end: () => answered(body.end(), head) };
      },
    );
  }

  const locations = createLocations(organization, (operation, call) =>
    sendTo(organization.url, operation, wholeBody(operation.schema), call),
  );

  return {
    organization,
    budget,
    requests,
    challenge(call) {
      const request: HttpRequest = {
        method: "GET",
        url: operationUrl(organization.url, identityCheck),
        route: "GET connectionData",
        headers: { accept: "application/json", "user-agent": userAgent, "x-tfs-fedauthredirect": "Suppress" },
        idempotent: true,
        maxBytes: defaultMaxBytes,
      };
      return http.send(request, call, ({ headers }) => headers);
    },
    async send(operation, call) {
      const base = await locations.baseUrl(operation.area, call);
      return sendTo(base, operation, wholeBody(operation.schema), call);
    },
    async stream(operation, createCollector, call) {
      const base = await locations.baseUrl(operation.area, call);
      return sendTo(base, operation, rowByRow(operation.row, createCollector), call);
    },
  };
}
