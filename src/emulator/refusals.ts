import type { Beliefs } from "./beliefs.ts";
import { Refusal, refusalBody, unknownPath } from "./problems.ts";
import type { Reply } from "./reply.ts";
import type { Service } from "./service.ts";
import { subjectAt } from "./state.ts";

const plain = { "Content-Type": "text/plain; charset=utf-8" };
const html = { "Content-Type": "text/html; charset=utf-8" };

/** An error body, with its message once more in a header (facts 11.1). */
export function refused(refusal: Refusal): Reply {
  const headers = { "X-TFS-ServiceError": encodeURIComponent(refusal.message) };
  return { status: refusal.status, headers, body: refusalBody(refusal) };
}

/** What the host does not serve. */
export function notServed(path: string): Reply {
  const message = unknownPath(path);
  return { status: 404, headers: { ...plain, "X-TFS-ServiceError": encodeURIComponent(message) }, body: message };
}

/** A path that is served for other methods; the wrapped form of an error (facts 11.1). */
export function wrongMethod(method: string): Reply {
  const Message = `The requested resource does not support http method '${method}'.`;
  return { status: 405, body: { count: 1, value: { Message } } };
}

/** Another organization than the one that lives here: the front door's page, not an error body. */
export function noOrganization(): Reply {
  return {
    status: 404,
    headers: html,
    body: "<!DOCTYPE html><html><title>Azure DevOps Services | Page not found</title></html>",
  };
}

/**
 * 401 with an empty body for clients that suppress the redirect (facts 1.5, 15.4). Entra is asked only of an
 * organization that it backs, and a server takes Windows credentials; what these two write exactly is unverified.
 */
export function unauthenticated({ baseUrl, settings, state }: Service): Reply {
  const hosted = settings.deployment === "hosted";
  const basic = `Basic realm="${hosted ? "https://dev.azure.com/" : baseUrl("core")}"`;
  const entra = `Bearer authorization_uri=https://login.microsoftonline.com/${state.tenantId}`;
  const challenges = [...(settings.entra ? [entra] : []), basic, ...(hosted ? [] : ["Negotiate", "NTLM"])];
  // Public clients read the tenant from this header, zeros being Microsoft accounts (git-credential-manager).
  const tenant = settings.entra ? state.tenantId : "00000000-0000-0000-0000-000000000000";
  const headers = { "WWW-Authenticate": challenges.join(", "), ...(hosted ? { "X-VSS-ResourceTenant": tenant } : {}) };
  return { status: 401, headers };
}

/** The sign-in page that browsers get, and clients that do not suppress it (facts 10.4). */
export function signInPage(base: string, signIn: Beliefs["signIn"]): Reply {
  const address = `${base}/_signin?realm=dev.azure.com`;
  if (signIn === "redirect")
    return {
      status: 302,
      headers: { ...html, Location: address },
      body: `<html><a href="${address}">Object moved</a></html>`,
    };
  return {
    status: 203,
    headers: html,
    body: "<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>",
  };
}

/** A valid token without the scope that the route needs; nothing tells which (facts 9.2). */
export function scopeMissing(service: Service, host: string, holder: number): Reply {
  const { beliefs, state } = service;
  if (beliefs.missingScope === "401") return unauthenticated(service);
  if (beliefs.missingScope === "sign-in") return signInPage(service.baseUrl(host), beliefs.signIn);
  const caller = subjectAt(state, holder);
  const message = `TF400813: The user '${caller.storageKey}' is not authorized to access this resource.`;
  return refused(new Refusal(403, "UnauthorizedRequestException", message));
}

/** A good token of somebody who is not in the organization (facts 9.4); the status is unverified. */
export function notInOrganization(name: string): Reply {
  const message = `TF401444: Please sign-in at least once as ${name} in a web browser to enable access to the service.`;
  return refused(new Refusal(401, "UnauthorizedRequestException", message));
}

/** Retry-After, when there is something to wait for. */
export function retryAfter(seconds: number | undefined): Readonly<Record<string, string>> {
  return seconds === undefined ? {} : { "Retry-After": String(seconds) };
}

/** A request that was blocked for using too much (facts 10.1; its type as seen in microsoft/vscode issue 155632). */
export function blocked(headers: Readonly<Record<string, string>>): Reply {
  const message =
    "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User'.";
  return { status: 429, headers, body: refusalBody(new Refusal(429, "RequestBlockedException", message)) };
}
