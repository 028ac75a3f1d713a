/**
 * Microsoft Graph for the tenant that backs the emulated organization: groups and their members, as far as somebody
 * who manages access needs them. Written from Microsoft's documents and from what users report of its answers.
 */
import type { AccessTokens } from "../entra/access-tokens.ts";
import type { Directory } from "../entra/directory.ts";
import type { Failure } from "../entra/failures.ts";
import { failureReply } from "../entra/failures.ts";
import type { WebRequest } from "../entra/listener.ts";
import type { Materialisation } from "../entra/materialisation.ts";
import { microsoftGraph } from "../entra/resources.ts";
import type { Reply } from "../reply.ts";
import type { Step } from "./batch.ts";
import { answerBatch } from "./batch.ts";
import type { GraphCall } from "./call.ts";
import type { Granted } from "./permissions.ts";
import { grantedBy } from "./permissions.ts";
import { badRequest, GraphProblem, graphProblemReply, invalidToken } from "./problems.ts";
import { routeOf } from "./routes.ts";

/** What Microsoft Graph is made of. */
export interface GraphParts {
  readonly accessTokens: AccessTokens;
  readonly directory: Directory;
  readonly materialisation: Materialisation;
  /** What is to go wrong with a request of a batch. */
  nextFailure(method: string, path: string): Failure | undefined;
  /** Tells of a request of a batch. */
  record(method: string, path: string, status: number): void;
}

export const graphPrefix = "/v1.0/";

function grantedTo({ headers }: WebRequest, { accessTokens }: GraphParts): Granted {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "") ?? [];
  if (token === undefined) throw invalidToken("Access token is empty.");
  const claims = accessTokens.find(token);
  if (claims?.aud === microsoftGraph.audience) return grantedBy(claims);
  if (claims) throw invalidToken("Access token validation failure. Invalid audience.");
  throw invalidToken(
    accessTokens.knows(token)
      ? "Lifetime validation failed, the token is expired."
      : "IDX14100: JWT is not well formed, there are no dots (.).",
  );
}

interface Plain {
  readonly method: string;
  /** Below the version, with its query. */
  readonly target: string;
  readonly consistency: string;
  readonly text: string;
}

function answerPlain(
  { consistency, method, target, text }: Plain,
  base: string,
  granted: Granted,
  parts: GraphParts,
): Reply {
  const url = new URL(target, `${base}/`);
  const segments = url.pathname.slice(graphPrefix.length).split("/").filter(Boolean).map(decodeURIComponent);
  const route = routeOf(method, segments);
  if (!route) throw badRequest(`Resource not found for the segment '${segments[0] ?? ""}'.`);
  const { directory, materialisation } = parts;
  const call: GraphCall = {
    method,
    segments,
    query: url.searchParams,
    consistency: consistency.toLowerCase(),
    text,
    granted,
    directory,
    base,
    changed: materialisation.changed,
  };
  return route(call);
}

function orProblem(answer: () => Reply): Reply {
  try {
    return answer();
  } catch (error) {
    if (error instanceof GraphProblem) return graphProblemReply(error);
    throw error;
  }
}

/** A request of a batch; failures strike it as they would strike it alone, but for the connection, which is whole. */
function answerStep(
  { body, headers = {}, method, url }: Step,
  base: string,
  granted: Granted,
  parts: GraphParts,
): Reply {
  const path = `${graphPrefix}${url.replace(/^\/+/, "")}`;
  const consistency = Object.entries(headers).find(([name]) => name.toLowerCase() === "consistencylevel")?.[1] ?? "";
  const text = body === undefined ? "" : JSON.stringify(body);
  const plain = { method: method.toUpperCase(), target: url.replace(/^\/+/, ""), consistency, text };
  const failure = parts.nextFailure(plain.method, path);
  const act = () => orProblem(() => answerPlain(plain, base, granted, parts));
  if (failure?.isAfter) act();
  const failed = failure && failureReply(failure);
  const reply = typeof failed === "string" ? { status: 504 } : (failed ?? act());
  parts.record(plain.method, path, reply.status);
  return reply;
}

/** Answers a request to Microsoft Graph. */
export function answerGraph(request: WebRequest, parts: GraphParts): Reply {
  const { headers, method, text, url } = request;
  const base = `${url.origin}${graphPrefix.slice(0, -1)}`;
  return orProblem(() => {
    const granted = grantedTo(request, parts);
    if (method === "POST" && url.pathname === `${graphPrefix}$batch`) {
      return answerBatch(text, (step) => answerStep(step, base, granted, parts));
    }
    const consistency = headers.consistencylevel;
    const target = `${url.pathname.slice(graphPrefix.length)}${url.search}`;
    return answerPlain(
      { method, target, consistency: typeof consistency === "string" ? consistency : "", text },
      base,
      granted,
      parts,
    );
  });
}
