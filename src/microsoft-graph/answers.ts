import type { z } from "zod";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import type { HttpAnswer } from "../http/client.ts";
import { headerValue } from "../http/rate-limit.ts";
import type { Redactor } from "../redaction.ts";
import { errorBody } from "./schemas.ts";

/** Application permissions of Microsoft Graph that are of use here, the least that does. */
export type Permission = "GroupMember.Read.All" | "GroupMember.ReadWrite.All";

/** What reading an answer has to know of its request. */
export interface GraphContext {
  readonly route: string;
  readonly permission: Permission;
  readonly redactor: Redactor;
}

const howToGrant = (permission: Permission) =>
  `grant it in the Entra portal, on the application's registration: API permissions, Add a permission, Microsoft Graph, Application permissions, ${permission}, Add permissions, then Grant admin consent; it shows in tokens made after that`;

/** The body of a successful answer, as `schema` says. */
export function readGraphAnswer<T>(answer: HttpAnswer, schema: z.ZodType<T>, context: GraphContext): T {
  const { route, redactor } = context;
  refuseFailure(answer, context);
  if (redactor.holds(answer.text)) {
    const told = "the answer repeats the credential that was sent, which Microsoft Graph does not";
    throw new ConnectorError("unexpected-answer", `${route}: ${told}; check --microsoft-graph-url and the proxies`);
  }
  const result = schema.safeParse(jsonOf(answer, route));
  if (result.success) return result.data;
  const field = redactor.redact(result.error.issues[0]?.path.join(".") ?? "").slice(0, 200) || "the body";
  const told = `the answer's field ${field} is missing or of another type`;
  throw new ConnectorError("unexpected-answer", `${route}: ${told}; check --microsoft-graph-url and the proxies`);
}

/** Throws the error that an answer stands for, where it is none with status 2xx. */
export function refuseFailure(answer: HttpAnswer, { route, permission, redactor }: GraphContext): void {
  const { status } = answer;
  if (status >= 200 && status < 300 && status !== 202 && status !== 206) return;
  const { code, message, requestId } = failureOf(answer);
  const { kind, hint } = meaningOf(status, code, permission);
  const words = redactor.redact(message).slice(0, 300);
  const parts = [`${route}: status ${status}`, hint, [code, words].filter(Boolean).join(": ")];
  throw new ConnectorError(kind, [...parts, requestId && `request id ${requestId}`].filter(Boolean).join("; "));
}

function meaningOf(
  status: number,
  code: string,
  permission: Permission,
): { readonly kind: ErrorKind; readonly hint: string } {
  if (status === 401) {
    return { kind: "unauthenticated", hint: "Microsoft Graph refuses the token; check --microsoft-graph-url" };
  }
  if (code === "Authorization_RequestDenied" || status === 403) {
    return { kind: "forbidden", hint: `missing ${permission}: ${howToGrant(permission)}` };
  }
  if (status === 404 && code === "Request_ResourceNotFound") return { kind: "not-found", hint: "it is gone" };
  if (status === 404) return { kind: "wrong-route", hint: "check --microsoft-graph-url" };
  if (status === 429) return { kind: "rate-limited", hint: "Microsoft Graph limits this application; try again later" };
  if (status === 408) return { kind: "timeout", hint: "try again later" };
  if (status === 409) return { kind: "conflict", hint: "somebody else changes the same; try again" };
  if (status >= 500) return { kind: "unavailable", hint: "Microsoft Graph has trouble; try again later" };
  if (status >= 300 && status < 400) return { kind: "wrong-route", hint: "a redirect; check --microsoft-graph-url" };
  if (status < 300) return { kind: "unexpected-answer", hint: "no whole answer; check the proxies on the way to it" };
  return { kind: "refused", hint: "Microsoft Graph refuses it" };
}

/** Codes are stable, texts are not. */
function failureOf(answer: HttpAnswer): {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
} {
  const { data } = errorBody.safeParse(looseJson(answer));
  const requestId = data?.error.innerError?.["request-id"] ?? headerValue(answer.headers, "request-id") ?? "";
  return {
    code: (data?.error.code ?? "").replace(/[^\w.-]/g, "").slice(0, 100),
    message: data?.error.message ?? "",
    requestId: /^[0-9a-f-]{36}$/i.test(requestId) ? requestId : "",
  };
}

function looseJson({ text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The status alone decides; the text only adds words.
  }
}

function jsonOf({ text }: HttpAnswer, route: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words repeat a part of the text.
    const told = "the answer is not valid JSON; try again, and check the proxies on the way to Microsoft Graph";
    throw new ConnectorError("malformed-answer", `${route}: ${told}`);
  }
}
