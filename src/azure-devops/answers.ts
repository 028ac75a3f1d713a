import type { z } from "zod";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import type { HttpAnswer } from "../http/client.ts";
import { headerValue } from "../http/rate-limit.ts";
import type { Redactor } from "../redaction.ts";
import { alreadyKeys, notFoundKeys, refusalOf } from "./type-keys.ts";

/** What reading an answer has to know of the request that it belongs to. */
export interface AnswerContext {
  readonly route: string;
  /** The token scope that the route needs, as Azure DevOps' own token page calls it. */
  readonly scope: string;
  /** True when the path names one object: only then can a 404 mean that the object is gone. */
  readonly namesObject: boolean;
  /** True once this credential has had an answer: a 401 then means a missing scope, not a bad token. */
  readonly credentialWorked: boolean;
  /** True for what begins a work: status 202 is its answer. */
  readonly begins?: boolean;
  /** True for what changes something: its answer may be empty, and a refusal of it is the caller's to know. */
  readonly writes?: boolean;
  /** True for a file, whose content type may be any but a page's. */
  readonly isFile?: boolean;
  /** Finds what was sent in what upstream says. */
  readonly redactor: Redactor;
}

/** The body of a successful answer as `schema` says, or the error that the answer stands for. */
export function readAnswer<T>(answer: HttpAnswer, schema: z.ZodType<T>, context: AnswerContext): T {
  const failure = failureOf(answer, context);
  if (failure) throw failure;
  refuseEcho(answer, context);
  const body = context.writes && answer.text === "" ? undefined : parseJson(answer, context);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw wrongField(result.error.issues[0], context);
}

/** The error for a field that is not as expected. */
export function wrongField(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
  { route, redactor }: AnswerContext,
): ConnectorError {
  const field = redactor.redact(issue?.path.join(".") ?? "").slice(0, 200) || "the body";
  return new ConnectorError(
    "unexpected-answer",
    `${route}: the answer's field ${field} is missing or of another type (${issue?.message ?? "unknown"}); check the proxies on the way to Azure DevOps, and the version of this connector`,
  );
}

function parseJson(answer: HttpAnswer, { route }: AnswerContext): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    // The parser's own words repeat a part of the text.
    throw notJson(route);
  }
}

export function notJson(route: string): ConnectorError {
  return new ConnectorError("malformed-answer", `${route}: the answer is not valid JSON; ${damaged}`);
}

/** No answer of Azure DevOps holds what it was sent: as a name or a cursor it would go on to whoever reads the lists. */
export function refuseEcho({ headers, text }: Omit<HttpAnswer, "status">, { route, redactor }: AnswerContext): void {
  const cursor = headerValue(headers, "x-ms-continuationtoken") ?? "";
  if (!redactor.holds(text) && !redactor.holds(cursor)) return;
  const told = "the answer repeats the credential that was sent, which Azure DevOps does not";
  throw new ConnectorError("unexpected-answer", `${route}: ${told}; check the organization URL and the proxies`);
}

/** The error that an answer stands for, or undefined when it is a JSON answer with status 2xx. */
export function failureOf(answer: HttpAnswer, context: AnswerContext): ConnectorError | undefined {
  const { status } = answer;
  if (isSignInPage(answer)) return signInError(context);
  if ((status === 202 && !context.begins) || status === 206) {
    // Accepted, or a part of it: neither is the whole that was asked for.
    const told = `${context.route}: status ${status} is no whole answer; check the proxies on the way to Azure DevOps`;
    return new ConnectorError("unexpected-answer", told);
  }
  if (status >= 200 && status < 300) {
    if (isJson(answer) || context.isFile || (context.writes && answer.text === "")) return undefined;
    return new ConnectorError("malformed-answer", `${context.route}: the answer is not JSON; ${damaged}`);
  }
  const { kind, hint } = kindOfFailure(answer, context);
  const { redact } = context.redactor;
  const activity = redact(activityOf(answer.headers)).slice(0, 100);
  // Cut after the credential was taken out, or half of it could be left.
  const told = redact(serviceMessage(answer) ?? "").slice(0, 300);
  const parts = [`${context.route}: status ${status}`, told, hint, activity && `activity id ${activity}`];
  const isSoAlready = alreadyKeys.has(errorTypeKey(answer));
  return new ConnectorError(kind, parts.filter(Boolean).join("; "), { isSoAlready });
}

/** What Microsoft's support finds a request by. */
export function activityOf(headers: HttpAnswer["headers"]): string {
  return headerValue(headers, "activityid") ?? headerValue(headers, "x-vss-e2eid") ?? "";
}

const damaged = "try again, and check the proxies on the way to Azure DevOps";

function isJson(answer: HttpAnswer): boolean {
  return /\bjson\b/i.test(headerValue(answer.headers, "content-type") ?? "");
}

/** Bad credentials often get a sign-in page: 203, a redirect, or 200 with HTML (facts 10.4). */
function isSignInPage(answer: HttpAnswer): boolean {
  const { status, headers } = answer;
  if (status === 203) return true;
  const html = /\bhtml\b/i.test(headerValue(headers, "content-type") ?? "");
  if (status >= 200 && status < 300) return html;
  const location = headerValue(headers, "location") ?? "";
  return (status === 302 || status === 303) && /signin|login/i.test(location);
}

function signInError({ route, scope }: AnswerContext): ConnectorError {
  const lacks = scope === "any" ? "" : `, or lacks the scope ${scope}`;
  return new ConnectorError(
    "unauthenticated",
    `${route}: Azure DevOps answered with its sign-in page; the token is invalid, expired, or of another organization${lacks}: renew it`,
  );
}

function kindOfFailure(answer: HttpAnswer, context: AnswerContext): { kind: ErrorKind; hint?: string } {
  const { status } = answer;
  const { scope } = context;
  const missingScope = `the token lacks the scope ${scope}, or its owner the permission: give it`;
  const typeKey = errorTypeKey(answer);
  const refusal = context.writes ? refusalOf(typeKey) : undefined;
  if (refusal) return refusal;
  if (status === 401 && isNoMember(answer)) return { kind: "refused", hint: addMember };
  if (status === 401 && context.credentialWorked) return { kind: "forbidden", hint: missingScope };
  if (status === 401) {
    const needed = scope === "any" ? "" : ` and has the scope ${scope}`;
    return { kind: "unauthenticated", hint: `check that the token is valid for this organization${needed}` };
  }
  if (status === 403) return { kind: "forbidden", hint: missingScope };
  if (status === 404) return context.namesObject && typeKey && notFoundKeys.has(typeKey) ? gone : wrongRoute;
  if (status === 429) return { kind: "rate-limited", hint: "this identity uses too much; try again later" };
  if (status === 408) return { kind: "timeout", hint: "try again later" };
  if (status === 409) return { kind: context.writes ? "contended" : "conflict", hint: contention };
  if (status >= 500) return { kind: "unavailable", hint: "Azure DevOps has trouble; try again later" };
  if (status >= 300 && status < 400)
    return { kind: "wrong-route", hint: "Azure DevOps redirects elsewhere; check the URL" };
  // What reads does so with requests that we made up: a refused one is ours to mend.
  if (status === 400) return context.writes ? { kind: "invalid-request" } : { kind: "bug" };
  return { kind: "refused", hint: "check the proxies and firewalls on the way to Azure DevOps" };
}

/** The number stays when the text is in another language (facts 9.4). */
const isNoMember = (answer: HttpAnswer) => /\bTF401444\b/.test(serviceMessage(answer) ?? "");

const addMember =
  "the identity is not in the organization: add it there (Organization settings, Users), with an access level; of a service principal or managed identity by the object id of its enterprise application";

const contention = "somebody else changes the same; try again";

const gone = { kind: "not-found", hint: "it is gone; sync again" } as const;

const wrongRoute = {
  kind: "wrong-route",
  hint: "this service does not exist there; check the organization URL",
} as const;

function errorTypeKey(answer: HttpAnswer): string | undefined {
  const body = looseJson(answer);
  return typeof body?.typeKey === "string" ? body.typeKey : undefined;
}

/** The service's own words, cut short; localised upstream, so they are shown and never matched. */
function serviceMessage(answer: HttpAnswer): string | undefined {
  const body = looseJson(answer);
  const wrapped = body?.value;
  const nested = typeof wrapped === "object" && wrapped !== null && "Message" in wrapped ? wrapped.Message : undefined;
  const header = headerValue(answer.headers, "x-tfs-serviceerror");
  const message = [body?.message, nested, header && decodeHeader(header)].find((part) => typeof part === "string");
  return typeof message === "string" ? message.slice(0, 10_000) : undefined;
}

function looseJson(answer: HttpAnswer): Record<string, unknown> | undefined {
  if (!isJson(answer)) return undefined;
  try {
    const body: unknown = JSON.parse(answer.text);
    return typeof body === "object" && body !== null ? { ...body } : undefined;
  } catch {
    return undefined; // The status alone decides; the text only adds words.
  }
}

function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}
