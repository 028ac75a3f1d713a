import type { Answer, Incoming } from "../answer.ts";
import type { Beliefs } from "../beliefs.ts";
import type { PageSizes } from "../options.ts";
import { isRecord } from "../records.ts";

/** What faults know of listings: where rows and tokens stand in requests and answers (facts 3.1, 3.4 to 3.6). */

const rowFields = ["value", "items", "members"];
const tokenHeader = "X-MS-ContinuationToken";

const projects = "_apis/projects";
const variableGroups = "{project}/_apis/distributedtask/variablegroups";
const ruleMembers = "_apis/groupentitlements/{groupId}/members";
const tokenListings: ReadonlySet<string> = new Set([
  "_apis/graph/users",
  "_apis/graph/groups",
  "_apis/graph/serviceprincipals",
  "_apis/userentitlements",
  "_apis/memberentitlements",
  ruleMembers,
  variableGroups,
  "{project}/_apis/distributedtask/environments",
]);
/** Listings whose token is a whole number. */
const numbered: ReadonlySet<string> = new Set([projects, variableGroups]);
const skipListings: ReadonlySet<string> = new Set([
  "_apis/teams",
  "_apis/projects/{projectId}/teams",
  "_apis/projects/{projectId}/teams/{teamId}/members",
]);

/** How a listing pages; with `skip` a row more or less on a page moves the next one. */
export function pagingOf(route: string, { projectContinuation }: Beliefs): "token" | "skip" | undefined {
  if (route === projects) return projectContinuation === "header" ? "token" : "skip";
  if (tokenListings.has(route)) return "token";
  return skipListings.has(route) ? "skip" : undefined;
}

function parameterOf(incoming: Incoming, name: string): string | undefined {
  return [...incoming.address.query].find(([each]) => each.toLowerCase() === name)?.[1];
}

/** The request with another value of a query parameter, or without it. */
export function withParameter(incoming: Incoming, name: string, value: string | undefined): Incoming {
  const kept = [...incoming.address.query].filter(([each]) => each.toLowerCase() !== name.toLowerCase());
  const query = new URLSearchParams(value === undefined ? kept : [...kept, [name, value]]);
  return { ...incoming, address: { ...incoming.address, query } };
}

/** Whether a listing would refuse a token that is no number. */
export const hasNumberTokens = (route: string): boolean => numbered.has(route);

/** The members of a group with a rule have a parameter of their own for it (facts 3.4). */
function tokenNameOf({ address }: Incoming): string {
  return /\/groupentitlements\/[^/]+\/members$/i.test(address.path) ? "pagingToken" : "continuationToken";
}

/** The token that a request sends. */
export function sentToken(incoming: Incoming): string | undefined {
  return parameterOf(incoming, tokenNameOf(incoming).toLowerCase()) || undefined;
}

/** The request with another token, or for the first page. */
export function withSentToken(incoming: Incoming, token: string | undefined): Incoming {
  return withParameter(incoming, tokenNameOf(incoming), token);
}

/** How many rows a request skips. */
export function sentSkip(incoming: Incoming): number {
  return Number(parameterOf(incoming, "$skip") ?? 0);
}

/** How many rows a full page of a listing by `$skip` has. */
export function topOf(incoming: Incoming, route: string, { projects: ofProjects, teams }: PageSizes): number {
  return Number(parameterOf(incoming, "$top") || (route === projects ? ofProjects : teams));
}

/** The token that an answer hands out. */
export function nextToken({ reply }: Answer): string | undefined {
  const inBody = isRecord(reply.body) ? reply.body.continuationToken : undefined;
  return reply.headers?.[tokenHeader] ?? (typeof inBody === "string" && inBody !== "" ? inBody : undefined);
}

/** The answer with another token, where this listing has it. */
export function withNextToken(answer: Answer, token: string): Answer {
  const { reply } = answer;
  if (!/entitlements$/.test(answer.route) && answer.route !== ruleMembers) {
    return { ...answer, reply: { ...reply, headers: { ...reply.headers, [tokenHeader]: token } } };
  }
  const body = isRecord(reply.body) ? { ...reply.body, continuationToken: token } : reply.body;
  return { ...answer, reply: { ...reply, body } };
}

/** Rows of a listing; undefined when the answer is none. */
export function rowsOf({ reply }: Answer): readonly unknown[] | undefined {
  const { body } = reply;
  if (reply.status !== 200 || !isRecord(body)) return undefined;
  return rowFields.map((field) => body[field]).find((rows) => Array.isArray(rows));
}

/** The answer with other rows, in each field that holds them. */
export function withRows(answer: Answer, change: (rows: readonly unknown[]) => readonly unknown[]): Answer | undefined {
  const { reply } = answer;
  if (rowsOf(answer) === undefined || !isRecord(reply.body)) return undefined;
  const body: Record<string, unknown> = { ...reply.body };
  for (const field of rowFields) {
    const rows: unknown = body[field];
    if (!Array.isArray(rows)) continue;
    const changed = change(rows);
    body[field] = changed;
    if ("count" in body) body.count = changed.length;
  }
  return { ...answer, reply: { ...reply, body } };
}

/** The answer with each row changed; undefined when it has no row. */
export function mapRows(answer: Answer, change: (row: unknown, at: number) => unknown): Answer | undefined {
  if (!rowsOf(answer)?.length) return undefined;
  return withRows(answer, (rows) => rows.map(change));
}

/** Remembers which request handed out which token, so that the page before can be given again. */
export function createTrail() {
  const kept = 1_000;
  const asked = new Map<string, Incoming>();
  const key = ({ address }: Incoming, token: string) => `${address.path.toLowerCase()} ${token}`;
  return {
    note: (incoming: Incoming, answer: Answer) => {
      const token = nextToken(answer);
      if (token === undefined) return;
      asked.set(key(incoming, token), incoming);
      const [oldest] = asked.keys();
      if (asked.size > kept && oldest !== undefined) asked.delete(oldest);
    },
    previous: (incoming: Incoming): Incoming | undefined => {
      const token = sentToken(incoming);
      return token === undefined ? undefined : asked.get(key(incoming, token));
    },
  };
}
