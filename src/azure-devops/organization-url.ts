import { ConnectorError } from "../errors.ts";
import { withoutTokens } from "../redaction.ts";

/** An organization's address, checked and in one spelling: no trailing slash, no query. */
export interface OrganizationUrl {
  readonly url: URL;
  /** The organization's name as the URL tells it. */
  readonly name: string;
}

/**
 * Takes `https://dev.azure.com/{org}`, `https://{org}.visualstudio.com`, a server's collection URL or a proxy's; plain
 * http only on loopback, since every request carries the credential.
 */
export function parseOrganizationUrl(text: string): OrganizationUrl {
  const url = parseUrl(text);
  if (url.username || url.password || mayHoldCredential(url.pathname)) {
    throw invalid(url, "must not hold a user name or password");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw invalid(url, "must begin with https://");
  }
  url.search = "";
  url.hash = "";
  url.pathname = url.pathname.replace(/\/+$/, "");
  const lastSegment = url.pathname.split("/").pop();
  const name = lastSegment ? safeDecode(lastSegment) : (url.hostname.split(".")[0] ?? "");
  if (!lastSegment && /^dev\.azure\.com$/i.test(url.hostname)) {
    throw invalid(url, "names no organization; it has the form https://dev.azure.com/{organization}");
  }
  if (/^dev\.azure\.com$/i.test(url.hostname) && url.pathname.split("/").length > 2) {
    throw invalid(url, "goes on after the organization; it has the form https://dev.azure.com/{organization}");
  }
  return { url, name };
}

export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d+){3}$/.test(url.hostname);
}

function parseUrl(text: string): URL {
  try {
    return new URL(text.trim());
  } catch {
    // The error's fields hold the text, which can be a token given by mistake.
    throw invalid(undefined, "is not a URL; it has the form https://dev.azure.com/{organization}");
  }
}

function safeDecode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** In `https://https://user:secret@host` the credential is part of the path, and no organization's name has these. */
const mayHoldCredential = (path: string) => /[@:]|%40|%3a/i.test(path);

/** Names no more of the URL than where it leads: user, password, query and fragment can hold a secret. */
function invalid(url: URL | undefined, why: string): ConnectorError {
  const path = !url || mayHoldCredential(url.pathname) ? "" : url.pathname;
  const shown = url?.host ? withoutTokens(`${url.protocol}//${url.host}${path}`).slice(0, 200) : "it";
  return new ConnectorError("invalid-request", `the organization URL is not usable: ${shown} ${why}`);
}
