import { z } from "zod";
import { Refusal, refusalBody } from "../problems.ts";
import { blocked, retryAfter, scopeMissing, signInPage, unauthenticated } from "../refusals.ts";
import type { Reply } from "../reply.ts";
import type { Exchange, Fault, FaultKind } from "./fault.ts";
import { defineFault, seconds } from "./fault.ts";

/** Answers in place of the service's own, by status, content type or body. */

const html = { "Content-Type": "text/html; charset=utf-8" };
const json = { "Content-Type": "application/json; charset=utf-8" };

function replying(reply: (exchange: Exchange) => Reply): Fault {
  return { answer: (exchange) => ({ route: exchange.seen.route, reply: reply(exchange) }) };
}

function page(status: number, title: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: html, body };
}

const internal = new Refusal(500, "VssServiceException", "TF400898: An Internal Error Occurred.");
const after = seconds("Retry-After of the answer; none when left out").optional();
const soon = [{ retryAfterSeconds: 1 }];

const statusKinds: readonly FaultKind[] = [
  defineFault({
    kind: "status",
    summary: "an error of any status, in the service's own form",
    parameters: {
      status: z.number().int().min(200).max(599).default(500).describe("status of the answer"),
      typeKey: z.string().default("VssServiceException").describe("typeKey of the error"),
      message: z.string().default("TF400898: An Internal Error Occurred.").describe("message of the error"),
      retryAfterSeconds: after,
    },
    create: ({ message, retryAfterSeconds, status, typeKey }) =>
      replying(() => {
        const body = refusalBody(new Refusal(status, typeKey, message));
        return { status, headers: retryAfter(retryAfterSeconds), body };
      }),
  }),
  defineFault({
    kind: "too-many-requests",
    summary: "429 with TF400733",
    parameters: { retryAfterSeconds: after },
    variants: soon,
    create: ({ retryAfterSeconds }) => replying(() => blocked(retryAfter(retryAfterSeconds))),
  }),
  defineFault({
    kind: "server-error",
    summary: "500 with TF400898",
    parameters: {},
    create: () => replying(() => ({ status: 500, body: refusalBody(internal) })),
  }),
  defineFault({
    kind: "bad-gateway",
    summary: "502 with a page of the front door",
    parameters: {},
    create: () => replying(() => page(502, "502 Bad Gateway")),
  }),
  defineFault({
    kind: "unavailable-html",
    summary: "503 with an HTML page",
    parameters: { retryAfterSeconds: after },
    variants: soon,
    create: ({ retryAfterSeconds }) =>
      replying(() => {
        const reply = page(503, "Azure DevOps Services Unavailable");
        return { ...reply, headers: { ...reply.headers, ...retryAfter(retryAfterSeconds) } };
      }),
  }),
  defineFault({
    kind: "unavailable-bom",
    summary: "503 with JSON that begins with a byte order mark",
    parameters: {},
    create: () =>
      replying(() => ({ status: 503, headers: json, body: `\uFEFF${JSON.stringify(refusalBody(internal))}` })),
  }),
  defineFault({
    kind: "gateway-timeout",
    summary: "504 with a page of the front door",
    parameters: {},
    create: () => replying(() => page(504, "504 Gateway Time-out")),
  }),
  defineFault({
    kind: "request-timeout",
    summary: "408 with an empty body",
    parameters: {},
    create: () => replying(() => ({ status: 408 })),
  }),
  defineFault({
    kind: "bad-request",
    summary: "400 with ArgumentException",
    parameters: {},
    create: () => {
      const refusal = new Refusal(400, "ArgumentException", "TF400049: The request is not valid.");
      return replying(() => ({ status: 400, body: refusalBody(refusal) }));
    },
  }),
  defineFault({
    kind: "not-found-html",
    summary: "404 with a page of the front door",
    parameters: {},
    create: () => replying(() => page(404, "Azure DevOps Services | Page not found")),
  }),
];

const credentialKinds: readonly FaultKind[] = [
  defineFault({
    kind: "unauthorized",
    summary: "401 with an empty body",
    parameters: {},
    create: () => replying(({ service }) => unauthenticated(service)),
  }),
  defineFault({
    kind: "forbidden",
    summary: "403 with TF400813 and a known user",
    parameters: {},
    create: () =>
      replying(({ seen, service }) =>
        scopeMissing(
          { ...service, beliefs: { ...service.beliefs, missingScope: "403" } },
          seen.host,
          service.state.caller,
        ),
      ),
  }),
  defineFault({
    kind: "sign-in-203",
    summary: "203 with the sign-in page",
    parameters: {},
    create: () => replying(({ seen, service }) => signInPage(service.baseUrl(seen.host), "html")),
  }),
  defineFault({
    kind: "sign-in-302",
    summary: "302 to the sign-in page",
    parameters: {},
    create: () => replying(({ seen, service }) => signInPage(service.baseUrl(seen.host), "redirect")),
  }),
  defineFault({
    kind: "sign-in-200",
    summary: "200 with the sign-in page",
    parameters: {},
    create: () => replying(({ seen, service }) => ({ ...signInPage(service.baseUrl(seen.host), "html"), status: 200 })),
  }),
  defineFault({
    kind: "token-expires",
    summary: "from here on the credential of this request is refused, whatever it asks",
    lasting: true,
    parameters: {
      answer: z.enum(["401", "sign-in-203", "sign-in-302"]).default("401").describe("how it is refused"),
    },
    variants: [{ answer: "sign-in-203" }, { answer: "sign-in-302" }],
    create: ({ answer }) => {
      let expired: unknown;
      return {
        answer: ({ incoming, seen, service }) => {
          const { authorization } = incoming.headers;
          expired ??= authorization;
          if (authorization === undefined || authorization !== expired) return undefined;
          const signIn = answer === "sign-in-302" ? "redirect" : "html";
          const reply = answer === "401" ? unauthenticated(service) : signInPage(service.baseUrl(seen.host), signIn);
          return { route: seen.route, reply };
        },
      };
    },
  }),
  defineFault({
    kind: "redirect-host",
    summary: "a redirect to another host",
    parameters: {
      status: z
        .union([z.literal(302), z.literal(307)])
        .default(302)
        .describe("302 or 307"),
      location: z.string().optional().describe("where to; the same path on https://elsewhere.invalid when left out"),
    },
    variants: [{ status: 307 }],
    create: ({ location, status }) =>
      replying(({ seen }) => {
        const Location = location ?? `https://elsewhere.invalid${seen.path}`;
        return { status, headers: { ...html, Location }, body: `<html><a href="${Location}">Object moved</a></html>` };
      }),
  }),
];

/** Kinds that answer in place of the service. */
export const replyKinds: readonly FaultKind[] = [...statusKinds, ...credentialKinds];
