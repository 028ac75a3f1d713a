import type { Address } from "./addresses.ts";
import { partsReadBy, settled } from "./changes/reads.ts";
import type { Credentials } from "./credentials.ts";
import { isAllowed } from "./credentials.ts";
import { badArgument, Refusal } from "./problems.ts";
import {
  noOrganization,
  notInOrganization,
  notServed,
  refused,
  scopeMissing,
  signInPage,
  unauthenticated,
  wrongMethod,
} from "./refusals.ts";
import type { Reply } from "./reply.ts";
import type { RequestSeen } from "./requests.ts";
import type { Call, Route } from "./router.ts";
import { createRouter } from "./router.ts";
import type { Service } from "./service.ts";
import { negotiateVersion, requestedVersion } from "./versions.ts";

/** A request as it came, with its body read. */
export interface Incoming {
  readonly method: string;
  readonly address: Address;
  readonly headers: RequestSeen["headers"];
  readonly text: string;
  /** Rows of a page at most, when fewer than the service would give. */
  readonly rows?: number;
}

/** What is sent, and for the log which route it was. */
export interface Answer {
  readonly route: string;
  readonly reply: Reply;
  /** Version that answers; the content type of a JSON body repeats it (facts 15.2). */
  readonly version?: string;
}

/** Longest request target; beyond it long comma lists fail (facts 3.2). */
const longestTarget = 16_384;

function headerOf(headers: RequestSeen["headers"], name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function readBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badArgument("The body is not JSON.");
  }
}

function lowerNames(query: URLSearchParams): ReadonlyMap<string, string> {
  return new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
}

/** Answers requests: organization, credentials, route, scope, version, and then the route itself, in this order. */
export function createAnswerer(service: Service, credentials: Credentials, routes: readonly Route[]) {
  const { beliefs, settings } = service;
  const onServer = settings.deployment === "onPremises";
  const router = createRouter(routes, settings.hostStyle === "single");

  function unauthorized({ address, headers }: Incoming): Reply {
    const suppressed = headerOf(headers, "x-tfs-fedauthredirect")?.toLowerCase() === "suppress";
    return suppressed || onServer
      ? unauthenticated(service)
      : signInPage(service.baseUrl(address.host), beliefs.signIn);
  }

  function call(incoming: Incoming, params: ReadonlyMap<string, string>, caller: number): Call {
    const { address, headers, method } = incoming;
    return {
      ...service,
      host: address.host,
      method,
      caller,
      rows: incoming.rows ?? Number.POSITIVE_INFINITY,
      query: lowerNames(address.query),
      body: readBody(incoming.text),
      contentType: (headerOf(headers, "content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "",
      reader: `${headerOf(headers, "authorization")} ${headerOf(headers, "x-tfs-session")}`,
      param: (name) => params.get(name) ?? "",
    };
  }

  function routed(
    incoming: Incoming,
    found: { route: Route; params: ReadonlyMap<string, string> },
    caller: number,
  ): Answer {
    const name = found.route.path;
    const { headers, method } = incoming;
    try {
      const accept = headerOf(headers, "accept");
      const requested = requestedVersion(lowerNames(incoming.address.query), accept);
      const version = negotiateVersion(found.route.location, method, requested);
      const handle = () => found.route.handle(call(incoming, found.params, caller));
      const parts = found.route.write ? [] : partsReadBy(found.route.path);
      const early = service.journal.isEarly(parts);
      return { route: name, reply: early ? service.journal.asRead(parts, () => settled(handle())) : handle(), version };
    } catch (error) {
      if (error instanceof Refusal) return { route: name, reply: refused(error) };
      throw error;
    }
  }

  /** A server has no other hosts; the path of one would be that of another collection. */
  const isOurs = ({ host, organization }: Address) =>
    (host === "app" || organization.toLowerCase() === settings.organization.toLowerCase()) &&
    !(onServer && host !== "core");

  /** Which route a request is for, before anything is checked. */
  const routeOf = ({ address, method }: Incoming) =>
    isOurs(address) ? router.find(address.host, method, address.segments) : undefined;

  function answer(incoming: Incoming): Answer {
    const { address, headers } = incoming;
    const path = `/${address.segments.join("/")}`;
    if (!isOurs(address)) return { route: path, reply: noOrganization() };
    const found = routeOf(incoming);
    const name = found?.route.path ?? path;
    if (address.length > longestTarget) {
      return { route: name, reply: { status: 414 } };
    }
    const token = credentials.find(headerOf(headers, "authorization"));
    if (!token) return { route: name, reply: unauthorized(incoming) };
    const { holder } = token;
    if (holder === undefined) return { route: name, reply: notInOrganization(token.name) };
    if (!found) {
      const known = router.knows(address.host, address.segments);
      return { route: name, reply: known ? wrongMethod(incoming.method) : notServed(path) };
    }
    if (!isAllowed(token, found.route.scopes)) {
      return { route: name, reply: scopeMissing(service, address.host, holder) };
    }
    return routed(incoming, found, holder);
  }

  /** Whether a request would change something, were it granted; of what is not served nobody knows. */
  function isWrite(incoming: Incoming): boolean {
    const found = routeOf(incoming);
    return found ? found.route.write === true : !["GET", "HEAD", "OPTIONS"].includes(incoming.method);
  }

  return { answer, isWrite, routeName: (incoming: Incoming) => routeOf(incoming)?.route.path };
}
