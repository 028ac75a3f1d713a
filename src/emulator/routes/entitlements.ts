import { entitlementLocations as locations } from "../entitlement-locations.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import type { Selected } from "../wire/entitlements.ts";
import { everything, memberEntitlement, userEntitlement } from "../wire/entitlements.ts";

/** Either reads access levels (facts 9.2). */
export const entitlementScopes = ["vso.memberentitlementmanagement", "vso.memberentitlementmanagement_write"];

interface Position {
  readonly list: string;
  readonly reading: number;
  readonly offset: number;
}

/** Text whose base64 ends in `==`, like the service's own tokens. */
function padded(text: string): string {
  return text + "?".repeat((4 - (Buffer.byteLength(text) % 3)) % 3);
}

/** Looks like the service's: it holds `+`, `=` and `#`, which do not survive a query unencoded (facts 3.4). */
function writeToken(call: Call, { list, offset, reading }: Position): string {
  const text = padded(`${list}/${call.readings.generation}/${reading}/${offset}`);
  const round = Math.ceil(offset / call.settings.pageSizes.entitlements);
  return `+RID:~${Buffer.from(text, "utf8").toString("base64")}#RT:${round}#TRC:${offset}`;
}

function readToken(call: Call, list: string, token: string): Position {
  const [, row = ""] = /^\+RID:~([A-Za-z0-9+/]+)/.exec(token) ?? [];
  const text = Buffer.from(row, "base64").toString("utf8").replace(/\?+$/, "");
  const [owner, , reading, offset] = text.split("/");
  const position = { list: owner ?? "", reading: Number(reading), offset: Number(offset) };
  if (owner === list && writeToken(call, position) === token) return position;
  // The service answers an unencoded or stale token so, not with a 400 (facts 3.4).
  throw new Refusal(
    500,
    "VssServiceException",
    "The continuation token is not of this listing, or is not valid any more.",
  );
}

type Keep = (subject: Subject) => boolean;

const comparisons: Readonly<Record<string, (subject: Subject, wanted: string) => boolean>> = {
  name: (subject, wanted) =>
    [subject.displayName, subject.mail ?? ""].some((name) => name.toLowerCase().startsWith(wanted)),
  licensestatus: (subject, wanted) => subject.entitlement?.status.toLowerCase() === wanted,
  usertype: (subject, wanted) => subject.metaType?.toLowerCase() === wanted,
  licenseid: (subject, wanted) => `account-${subject.entitlement?.level}` === wanted,
};

/** `{field} eq '{value}'`, joined by `and` or by `or` (facts 3.4). */
function readFilter(text: string | undefined): Keep {
  if (!text) return () => true;
  const any = / or /i.test(text);
  const terms = text.split(any ? / or /i : / and /i).map((term): Keep => {
    const [, field = "", value = ""] = /^\s*\(?\s*(\w+)\s+eq\s+'?([^']*?)'?\s*\)?\s*$/i.exec(term) ?? [];
    const compare = comparisons[field.toLowerCase()];
    if (!compare) throw badArgument(`"${term}" is no condition of a filter.`);
    return (subject) => compare(subject, value.toLowerCase());
  });
  return (subject) => (any ? terms.some((term) => term(subject)) : terms.every((term) => term(subject)));
}

function endToken(call: Call): { continuationToken?: string | null } {
  const { entitlementEnd } = call.beliefs;
  if (entitlementEnd === "absent") return {};
  return { continuationToken: entitlementEnd === "empty" ? "" : null };
}

/** A page of rows; its token is in the body. Parameters of older versions (`top`, `skip`) are ignored (facts 3.4). */
function page(call: Call, list: string, all: readonly number[], render: (subject: Subject) => unknown) {
  const indexes = call.lookup.visibility.listed(all);
  const token = call.query.get("continuationtoken");
  const start = token ? readToken(call, list, token) : { list, reading: call.readings.begin(), offset: 0 };
  const filter = call.query.get("$filter");
  const keep = readFilter(filter);
  const items = filter ? indexes.filter((index) => keep(subjectAt(call.state, index))) : indexes;
  const size = Math.min(call.rows, call.settings.pageSizes.entitlements);
  const rows = call.readings.slice(items, start.reading, start.offset, size);
  const offset = start.offset + rows.length;
  const next = offset < items.length ? { continuationToken: writeToken(call, { ...start, offset }) } : endToken(call);
  return { rows: rows.map((index) => render(subjectAt(call.state, index))), totalCount: items.length, next };
}

function entitledUsers(call: Call): readonly number[] {
  const { entitledServicePrincipals, entitledUsers: users } = call.lookup;
  return call.beliefs.servicePrincipalsInUserEntitlements ? [...users, ...entitledServicePrincipals] : users;
}

/** What `select` names; the level is there always (facts 3.4). */
function selected(call: Call): Selected {
  const names = new Set(call.query.get("select")?.toLowerCase().split(","));
  if (names.has("all")) return everything;
  return new Set([...everything].filter((name) => names.has(name)));
}

function userEntitlements(call: Call): Reply {
  const select = selected(call);
  const list = `users ${call.query.get("$filter") ?? ""}`.replaceAll("/", " ");
  const { next, rows, totalCount } = page(call, list, entitledUsers(call), (subject) =>
    userEntitlement(call, subject, select),
  );
  const { entitlementRows } = call.beliefs;
  return ok({
    ...(entitlementRows === "items" ? {} : { members: rows }),
    ...next,
    totalCount,
    ...(entitlementRows === "members" ? {} : { items: rows }),
  });
}

function memberEntitlements(call: Call): Reply {
  const indexes = [...call.lookup.entitledUsers, ...call.lookup.entitledServicePrincipals];
  const select = selected(call);
  const list = `members ${call.query.get("$filter") ?? ""}`.replaceAll("/", " ");
  const { next, rows, totalCount } = page(call, list, indexes, (subject) => memberEntitlement(call, subject, select));
  return ok({ members: rows, ...next, totalCount, items: rows });
}

function get(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return { method: "GET", path: `_apis/${path}`, location, scopes: entitlementScopes, handle };
}

/** Listings of access levels, page by page (facts 3.4, 15.1). */
export const entitlementListRoutes: readonly Route[] = [
  get("userentitlements", locations.userEntitlements, userEntitlements),
  get("memberentitlements", locations.memberEntitlements, memberEntitlements),
];
