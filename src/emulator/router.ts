import type { Host, Location } from "./locations.ts";
import type { Service } from "./service.ts";

/** An answer; `body` becomes JSON unless it is a string with a content type of its own. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request as a route sees it. */
export interface Call extends Service {
  readonly host: Host;
  readonly method: string;
  /** Names in lower case: the service reads them without case. */
  readonly query: ReadonlyMap<string, string>;
  readonly body: unknown;
  /** Keeps one reader's order apart from another's: credential and `X-TFS-Session`. */
  readonly reader: string;
  /** A parameter of the path, decoded. */
  param(name: string): string;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly location: Location;
  /** One of these is needed; none means any valid token. */
  readonly scopes: readonly string[];
  handle(call: Call): Reply;
}

interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

function matchPath(template: readonly string[], segments: readonly string[]): ReadonlyMap<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [at, part] of template.entries()) {
    const segment = segments[at] ?? "";
    if (part.startsWith("{")) params.set(part.slice(1, -1), segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return params;
}

/** A function that finds the route of (host, method, path); paths compare without case (facts 15.3). */
export function createRouter(routes: readonly Route[], anyHost: boolean) {
  const table = routes.map((route) => ({ route, template: route.path.split("/") }));
  return (host: Host, method: string, segments: readonly string[]): Match | undefined => {
    for (const { route, template } of table) {
      if (route.method !== method || !(anyHost || route.location.hosts.includes(host))) continue;
      const params = matchPath(template, segments);
      if (params) return { route, params };
    }
    return undefined;
  };
}

/** 200 with a body. */
export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body, headers };
}

/** 200 with `{count, value}`, which is how every list but the paged entitlements is written. */
export function okList(value: readonly unknown[], headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body: { count: value.length, value }, headers };
}
