import type { Host } from "./locations.ts";

const prefixes: Readonly<Record<string, Host>> = { vssps: "vssps", vsaex: "vsaex", feeds: "feeds", app: "app" };

/** A request's target, taken apart. */
export interface Address {
  readonly host: Host;
  /** Empty on the host of all organizations, whose paths have none. */
  readonly organization: string;
  /** Path below the organization, decoded, without empty segments. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: URLSearchParams;
  /** Length of the request's target as it was sent. */
  readonly length: number;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Takes a request's target apart. In place of a host name, each service host has a first path segment. */
export function parseAddress(target: string): Address {
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const query = new URLSearchParams(question < 0 ? "" : target.slice(question + 1));
  const segments = path.split("/").filter(Boolean).map(decode);
  const host = prefixes[segments[0]?.toLowerCase() ?? ""];
  const below = host ? segments.slice(1) : segments;
  const [organization = "", ...rest] = host === "app" ? ["", ...below] : below;
  return { host: host ?? "core", organization, segments: rest, path, query, length: target.length };
}

/** Base URLs of the service hosts; hosts that serve nothing here have one too. */
export function baseUrls(origin: string, organization: string, hostStyle: "path" | "single") {
  return (host: string) => {
    if (hostStyle === "single" || host === "core") return `${origin}/${organization}`;
    return host === "app" ? `${origin}/app` : `${origin}/${host}/${organization}`;
  };
}
