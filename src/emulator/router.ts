import type { Host, Location } from "./locations.ts";
import type { Reply } from "./reply.ts";
import type { Service } from "./service.ts";

/** One request as a route sees it. */
export interface Call extends Service {
  readonly host: Host;
  readonly method: string;
  /** Index of whom the token belongs to. */
  readonly caller: number;
  /** Rows of a page with a token at most, whatever its size is otherwise. */
  readonly rows: number;
  /** Names in lower case: the service reads them without case. */
  readonly query: ReadonlyMap<string, string>;
  readonly body: unknown;
  /** Content type of the body without its parameters, in lower case. */
  readonly contentType: string;
  /** Keeps one reader's order apart from another's: credential and `X-TFS-Session`. */
  readonly reader: string;
  /** A parameter of the path, decoded. */
  param(name: string): string;
}

/** One method of one path: where it is listed, who may use it, and how it answers. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly location: Location;
  /** One of these is needed; none means any valid token. */
  readonly scopes: readonly string[];
  /** It changes something; what is posted in order to read does not. */
  readonly write?: true;
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

/** The route table of every host. */
export interface Router {
  /** The route of (host, method, path); paths compare without case (facts 15.3). */
  find(host: Host, method: string, segments: readonly string[]): Match | undefined;
  /** Whether a path is served for another method. */
  knows(host: Host, segments: readonly string[]): boolean;
}

/** Finds routes by their templates; with `anyHost` every host serves every route. */
export function createRouter(routes: readonly Route[], anyHost: boolean): Router {
  const table = routes.map((route) => ({ route, template: route.path.split("/") }));
  const matches = function* (host: Host, segments: readonly string[]) {
    for (const { route, template } of table) {
      if (!anyHost && !route.location.hosts.includes(host)) continue;
      const params = matchPath(template, segments);
      if (params) yield { route, params };
    }
  };
  return {
    find: (host, method, segments) => matches(host, segments).find(({ route }) => route.method === method),
    // The route tables of OPTIONS have templates that fit anything.
    knows: (host, segments) => matches(host, segments).some(({ route }) => route.method !== "OPTIONS"),
  };
}
