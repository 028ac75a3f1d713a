import type { Reply } from "../reply.ts";
import type { Application, Applications } from "./applications.ts";
import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { Directory } from "./directory.ts";
import type { Person } from "./people.ts";
import { personSigningIn } from "./people.ts";
import { EntraProblem, missingParameter } from "./problems.ts";
import { parseScope } from "./resources.ts";
import { consentedScopes } from "./sign-in-reply.ts";

/** Who sits at the browser. */
export interface Browser {
  /** User principal name of whoever is signed in there; a `login_hint` goes before. */
  principalName: string;
  /** Declines instead of signing in. */
  declines: boolean;
}

interface Parts {
  readonly applications: Applications;
  readonly directory: Directory;
  readonly codes: AuthorizationCodes;
  readonly browser: Browser;
  readonly tenantId: string;
}

const html = { "Content-Type": "text/html; charset=utf-8" };

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** A page; nobody reads it but tests and whoever tries the emulator. */
export function page(status: number, title: string, body: string): Reply {
  return { status, headers: html, body: `<!DOCTYPE html><html><title>${escaped(title)}</title>${body}</html>` };
}

/** What cannot be told to the client, since it is not known where that is. */
export function problemPage({ code, message }: EntraProblem): Reply {
  return page(400, "Sign in to your account", `<p>AADSTS${code}: ${escaped(message)}</p>`);
}

/** An address of loopback stands for every port of it (RFC 8252, section 7.3). */
function isRegistered({ redirectUris }: Application, wanted: string): boolean {
  if (redirectUris.includes(wanted)) return true;
  if (!URL.canParse(wanted)) return false;
  const { hostname, pathname, protocol } = new URL(wanted);
  if (protocol !== "http:" || !["localhost", "127.0.0.1"].includes(hostname)) return false;
  return redirectUris.some((each) => {
    const registered = new URL(each);
    return registered.protocol === protocol && registered.hostname === hostname && registered.pathname === pathname;
  });
}

interface Target {
  readonly application: Application;
  readonly redirectUri: string;
}

function targetOf(query: URLSearchParams, { applications, tenantId }: Parts): Target {
  const clientId = query.get("client_id");
  const redirectUri = query.get("redirect_uri");
  if (!clientId) throw missingParameter("client_id");
  const application = applications.byClientId(clientId);
  if (!application) {
    const message = `Application with identifier '${clientId}' was not found in the directory '${tenantId}'.`;
    throw new EntraProblem("unauthorized_client", 700016, message);
  }
  if (!redirectUri || !isRegistered(application, redirectUri)) {
    const message = `The redirect URI '${redirectUri ?? ""}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`;
    throw new EntraProblem("invalid_request", 50011, message);
  }
  return { application, redirectUri };
}

/** The way back to the client. */
function back(redirectUri: string, query: URLSearchParams, parameters: Readonly<Record<string, string>>): Reply {
  const state = query.get("state");
  const all = { ...parameters, ...(state === null ? {} : { state }) };
  if (query.get("response_mode") === "form_post") {
    const fields = Object.entries(all)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`)
      .join("");
    const form = `<form method="post" action="${escaped(redirectUri)}">${fields}</form>`;
    return page(200, "Working...", `<body onload="document.forms[0].submit()">${form}</body>`);
  }
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(all)) location.searchParams.set(name, value);
  return { status: 302, headers: { Location: location.href } };
}

function challengeOf(query: URLSearchParams): string | undefined {
  const challenge = query.get("code_challenge") ?? undefined;
  if (challenge !== undefined && query.get("code_challenge_method") !== "S256") {
    throw new EntraProblem("invalid_request", 9002313, "Invalid request. The code_challenge_method must be 'S256'.");
  }
  return challenge;
}

function person(query: URLSearchParams, { browser, directory, tenantId }: Parts): Person {
  if (browser.declines) {
    throw new EntraProblem("access_denied", 65004, "User declined to consent to access the app.");
  }
  return personSigningIn(directory, query.get("login_hint") ?? browser.principalName, tenantId);
}

function codeFor({ application, redirectUri }: Target, query: URLSearchParams, parts: Parts): string {
  const responseType = query.get("response_type");
  if (responseType !== "code") {
    const message = `The response type '${responseType}' is not supported.`;
    throw new EntraProblem("unsupported_response_type", 70005, message);
  }
  const asked = parseScope(query.get("scope") ?? "", parts.tenantId);
  const challenge = challengeOf(query);
  const signedIn = person(query, parts);
  consentedScopes(application, asked);
  const nonce = query.get("nonce") ?? undefined;
  const signIn = { application, person: signedIn, asked, nonce };
  return parts.codes.issue({ signIn, redirectUri, challenge });
}

/** A browser asks for a code; whoever is signed in there is taken without a question, as with single sign-on. */
export function authorize(query: URLSearchParams, parts: Parts): Reply {
  let target: Target;
  try {
    target = targetOf(query, parts);
  } catch (error) {
    if (error instanceof EntraProblem) return problemPage(error);
    throw error;
  }
  try {
    return back(target.redirectUri, query, { code: codeFor(target, query, parts) });
  } catch (error) {
    if (!(error instanceof EntraProblem)) throw error;
    // Who does not exist cannot sign in, so the browser stays where it is.
    if (error.code === 50034) return problemPage(error);
    const word = error.suberror ?? error.error;
    const description = `AADSTS${error.code}: ${error.message}`;
    return back(target.redirectUri, query, { error: word, error_description: description });
  }
}
