import { type Call, mayWaitUntilMs, sleep } from "../call.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import { readRateLimit } from "../http/rate-limit.ts";
import { readGraphAnswer } from "./answers.ts";
import type { GraphConnection } from "./connection.ts";
import { batchBody, type MemberBody, memberPage } from "./schemas.ts";

/** A member of a group of Microsoft Entra, by object id. */
export interface EntraMember {
  readonly id: string;
  readonly kind: "user" | "group" | "service-principal" | "other";
  /** Undefined where the application may not read objects of this kind. */
  readonly displayName: string | undefined;
  readonly principalName: string | undefined;
}

/** Who is in a group itself, or through groups in it as well. */
export type Depth = "direct" | "transitive";

/** Members of a group, or what it is a member of itself. */
export type Relation = Depth | "above";

const collections: Readonly<Record<Relation, string>> = {
  direct: "members",
  transitive: "transitiveMembers",
  above: "transitiveMemberOf",
};

/** By id of the group; undefined when it is gone. Nobody is left out, or the reading fails. */
export type Members = ReadonlyMap<string, readonly EntraMember[] | undefined>;

/** The service takes no more requests in one (learn.microsoft.com/graph/json-batching). */
const batchSize = 20;
const pageSize = 999;
/** Batches at once; each request in them counts towards the limits. */
const workers = 3;
const maxTries = 5;
const firstWaitMs = 1_000;

interface Question {
  readonly groupId: string;
  /** Relative to the base URL, as a batch takes it. */
  readonly url: string;
  readonly tries: number;
}

const permission = "GroupMember.Read.All";

/** Reads the members of many groups (or what they are in), twenty in a request, and then the pages that are left. */
export async function readMembers(
  connection: GraphConnection,
  groupIds: readonly string[],
  relation: Relation,
  call: Call,
): Promise<Members> {
  const ids = [...new Set(groupIds)];
  const members = new Map<string, EntraMember[] | undefined>(ids.map((id) => [id, []]));
  const collection = collections[relation];
  const template = `groups/{id}/${collection}`;
  const context = connection.context({ method: "GET", template, permission });
  const waiting: Question[] = ids.map((groupId) => ({
    groupId,
    url: `/groups/${encodeURIComponent(groupId)}/${collection}?$select=id,displayName,userPrincipalName&$top=${pageSize}`,
    tries: 1,
  }));

  async function work(): Promise<void> {
    // Questions that follow are this worker's own, so that none ends while another still makes some.
    let own: Question[] = [];
    while (true) {
      own.push(...waiting.splice(0, batchSize - own.length));
      if (own.length === 0) return;
      const asked = own.splice(0, batchSize);
      const { again, waitMs } = await ask(asked);
      if (waitMs > 0) await pause(waitMs, call);
      own = [...own, ...again];
    }
  }

  async function ask(asked: readonly Question[]): Promise<{ readonly again: Question[]; readonly waitMs: number }> {
    const body = { requests: asked.map(({ url }, index) => ({ id: String(index), method: "GET", url })) };
    const request = {
      method: "POST",
      path: "/$batch",
      template: "$batch",
      body,
      permission,
      idempotent: true,
    } as const;
    const { responses } = await connection.read(request, batchBody, call);
    const again: Question[] = [];
    let waitMs = 0;
    for (const [index, question] of asked.entries()) {
      const response = responses.find(({ id }) => id === String(index));
      if (!response) {
        throw new ConnectorError("unexpected-answer", `${context.route}: the batch's answer leaves one out; try again`);
      }
      const headers = Object.fromEntries(
        Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const text = JSON.stringify(response.body ?? null);
      try {
        const page = readGraphAnswer({ status: response.status, headers, text }, memberPage, context);
        members.get(question.groupId)?.push(...page.value.map(memberOf));
        const next = page["@odata.nextLink"];
        if (next !== undefined) again.push({ ...question, url: relative(next, question, connection), tries: 1 });
      } catch (error) {
        if (isConnectorError(error, "not-found")) {
          members.set(question.groupId, undefined);
          continue;
        }
        if (!isConnectorError(error, "rate-limited", "unavailable", "timeout") || question.tries >= maxTries)
          throw error;
        const asks = readRateLimit(headers, Date.now()).retryAfterMs ?? firstWaitMs * 2 ** (question.tries - 1);
        waitMs = Math.max(waitMs, asks);
        again.push({ ...question, tries: question.tries + 1 });
      }
    }
    return { again, waitMs };
  }

  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(ids.length / batchSize)) }, work));
  return members;
}

async function pause(waitMs: number, call: Call): Promise<void> {
  const untilMs = Date.now() + waitMs;
  // Whoever shares this reading decides for themselves how long they wait for it.
  call.held?.(untilMs, "POST $batch");
  if (!call.held && untilMs > mayWaitUntilMs(call)) {
    const told = "Microsoft Graph limits this application for longer than this call may wait; try again then";
    throw new ConnectorError("rate-limited", told, { retryAtMs: untilMs });
  }
  await sleep(waitMs, call.signal);
}

/** The next page's address within a batch; one that leads elsewhere would take the token along. */
function relative(next: string, { url }: Question, { baseUrl }: GraphConnection): string {
  const base = baseUrl.href.replace(/\/+$/, "");
  const path = next.startsWith(`${base}/`) ? next.slice(base.length) : undefined;
  if (path !== undefined && path !== url) return path;
  throw new ConnectorError(
    "unexpected-answer",
    `groups/{id}/members: the next page leads elsewhere or to the same page; check --microsoft-graph-url and the proxies`,
  );
}

const kinds: Readonly<Record<string, EntraMember["kind"]>> = {
  "#microsoft.graph.user": "user",
  "#microsoft.graph.group": "group",
  "#microsoft.graph.servicePrincipal": "service-principal",
};

function memberOf({ "@odata.type": type, id, displayName, userPrincipalName }: MemberBody): EntraMember {
  return {
    id: id.toLowerCase(),
    kind: kinds[type ?? ""] ?? "other",
    displayName: displayName ?? undefined,
    principalName: userPrincipalName ?? undefined,
  };
}
