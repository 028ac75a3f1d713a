import type { DirectoryObject } from "../entra/directory.ts";
import type { Reply } from "../reply.ts";
import type { GraphCall } from "./call.ts";
import { selectOf } from "./call.ts";
import { mayRead } from "./permissions.ts";
import { badRequest, GraphProblem } from "./problems.ts";
import { memberOf } from "./wire.ts";

const largestPage = 999;
const usualPage = 100;

function pageSize({ query }: GraphCall): number {
  const text = query.get("$top");
  if (text === null) return usualPage;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= largestPage) return size;
  throw badRequest(`Invalid page size specified: '${text}'. Must be between 1 and ${largestPage} inclusive.`);
}

/** A token holds where the page before ended, so that changes between two pages lose nobody else. */
function positionOf({ query }: GraphCall): string {
  const token = query.get("$skiptoken");
  if (token === null) return "";
  const id = Buffer.from(token, "base64url").toString("utf8");
  if (/^[0-9a-f-]{36}$/.test(id)) return id;
  throw new GraphProblem(
    400,
    "Directory_ExpiredPageToken",
    "The specified page token value has expired and can no longer be included in your request.",
  );
}

function nextLink(call: GraphCall, last: string): string {
  const query = new URLSearchParams(call.query);
  query.set("$skiptoken", Buffer.from(last, "utf8").toString("base64url"));
  return `${call.base}/${call.segments.join("/")}?${query}`;
}

/** Counts and casts read an index that may be late, which the request has to allow (learn.microsoft.com/graph/aad-advanced-queries). */
const isEventual = ({ consistency }: GraphCall) => consistency === "eventual";

const castPrefix = "microsoft.graph.";

/** Of these objects those of the type that the path is cast to. */
function cast(
  call: GraphCall,
  objects: readonly DirectoryObject[],
  type: string | undefined,
): readonly DirectoryObject[] {
  if (type === undefined) return objects;
  if (!isEventual(call) || call.query.get("$count") !== "true") {
    throw new GraphProblem(
      400,
      "Request_UnsupportedQuery",
      "The specified filter to the reference property query is currently not supported.",
    );
  }
  return objects.filter(({ kind }) => kind.toLowerCase() === type.slice(castPrefix.length).toLowerCase());
}

/** The members that a path below a group asks for, page by page, or how many there are. */
export function listMembers(call: GraphCall, ids: Iterable<string>): Reply {
  const { base, directory, granted, query, segments } = call;
  const behind = segments.slice(3);
  const isCount = behind.at(-1) === "$count";
  const type = behind.find((each) => each.toLowerCase().startsWith(castPrefix));
  const objects = cast(
    call,
    [...ids].sort().flatMap((id) => directory.find(id) ?? []),
    type,
  );
  if (isCount) {
    if (!isEventual(call)) throw badRequest("$count is not currently supported.");
    return { status: 200, headers: { "Content-Type": "text/plain" }, body: String(objects.length) };
  }
  const size = pageSize(call);
  const position = positionOf(call);
  const rest = objects.filter(({ id }) => id > position);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const select = selectOf(call);
  return {
    status: 200,
    body: {
      "@odata.context": `${base}/$metadata#directoryObjects`,
      ...(query.get("$count") === "true" && isEventual(call) ? { "@odata.count": objects.length } : {}),
      ...(last && rest.length > page.length ? { "@odata.nextLink": nextLink(call, last.id) } : {}),
      value: page.map((object) => memberOf(object, select, mayRead(granted, object.kind))),
    },
  };
}
