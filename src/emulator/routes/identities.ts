import { locations } from "../locations.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import type { MembershipQuery } from "../wire/identities.ts";
import { wireIdentity } from "../wire/identities.ts";

const scopes = ["vso.identity", "vso.identity_manage"];
const membershipQueries: readonly MembershipQuery[] = ["none", "direct", "expanded", "expandedup", "expandeddown"];

type Find = (call: Call, name: string) => Subject | undefined;

/** The three ways to name identities in one request, and how each finds them (facts 2.6). */
const finders: Readonly<Record<string, Find>> = {
  descriptors: (call, name) => call.lookup.byIdentity(name),
  identityIds: (call, name) => call.lookup.byStorageKey(canonicalGuid(name) ?? ""),
  subjectDescriptors: (call, name) => call.lookup.byDescriptor(name),
};

function readQuery(value: unknown): MembershipQuery {
  const byNumber = typeof value === "number" ? membershipQueries[value] : undefined;
  const wanted = byNumber ?? String(value ?? "none").toLowerCase();
  const found = membershipQueries.find((query) => query === wanted);
  if (!found) throw badArgument(`"${value}" is no value of queryMembership.`);
  return found;
}

/** How a request wants its identities. */
interface Wanted {
  readonly query: MembershipQuery;
  /** With those, too, that limited visibility hides (facts 3.3). */
  readonly restricted: boolean;
}

function isShown(call: Call, { index, known }: Subject, { restricted }: Wanted): boolean {
  return known !== "nowhere" && (restricted || !call.lookup.visibility.isHidden(index));
}

/** Positional answers: what is unknown is null in its place (facts 2.6). */
function positional(call: Call, find: Find, names: readonly string[], wanted: Wanted): (object | null)[] {
  return names.map((name) => {
    const subject = find(call, name);
    return subject && isShown(call, subject, wanted) ? wireIdentity(call, subject, wanted.query) : null;
  });
}

function batch(call: Call): Reply {
  const body = call.body;
  if (!isRecord(body)) throw badArgument("The body must be an IdentityBatchInfo.");
  const wanted = { query: readQuery(body.queryMembership), restricted: body.includeRestrictedVisibility === true };
  for (const [field, find] of Object.entries(finders)) {
    const names = body[field];
    if (!Array.isArray(names) || names.length === 0) continue;
    if (!names.every((name) => typeof name === "string")) throw badArgument(`${field} must hold strings.`);
    return okList(positional(call, find, names, wanted));
  }
  throw badArgument("The body names no identity: descriptors, identityIds and subjectDescriptors are empty.");
}

const filters: Readonly<Record<string, (subject: Subject, wanted: string) => boolean>> = {
  general: (subject, wanted) =>
    [subject.displayName, subject.principalName, subject.mail ?? "", subject.directoryAlias ?? ""].some(
      (name) => name.toLowerCase() === wanted,
    ),
  accountname: (subject, wanted) => subject.principalName.toLowerCase() === wanted,
  displayname: (subject, wanted) => subject.displayName.toLowerCase() === wanted,
  mailaddress: (subject, wanted) => subject.mail?.toLowerCase() === wanted,
  directoryalias: (subject, wanted) => subject.directoryAlias?.toLowerCase() === wanted,
  localgroupname: (subject, wanted) => subject.group !== undefined && subject.displayName.toLowerCase() === wanted,
};

function search(call: Call, filter: string, wanted: Wanted): Reply {
  const matches = filters[filter.toLowerCase()];
  const value = call.query.get("filtervalue")?.toLowerCase();
  if (!matches) throw badArgument(`"${filter}" is no search filter.`);
  if (value === undefined || value === "") throw badArgument("A search needs a filterValue.");
  const found = call.state.subjects.filter((subject) => isShown(call, subject, wanted) && matches(subject, value));
  return okList(found.map((subject) => wireIdentity(call, subject, wanted.query)));
}

function wantedOf({ query }: Call): Wanted {
  return {
    query: readQuery(query.get("querymembership") || undefined),
    restricted: query.get("includerestrictedvisibility")?.toLowerCase() === "true",
  };
}

function identities(call: Call): Reply {
  const wanted = wantedOf(call);
  for (const [field, find] of Object.entries(finders)) {
    const names = call.query.get(field.toLowerCase());
    if (names) return okList(positional(call, find, names.split(","), wanted));
  }
  const filter = call.query.get("searchfilter");
  if (filter) return search(call, filter, wanted);
  throw badArgument("The query names no identity and no search.");
}

function oneIdentity(call: Call): Reply {
  const asked = call.param("identityId");
  const subject = call.lookup.byStorageKey(canonicalGuid(asked) ?? "");
  const wanted = wantedOf(call);
  if (subject && isShown(call, subject, wanted)) return ok(wireIdentity(call, subject, wanted.query));
  throw new Refusal(404, "IdentityNotFoundException", `The identity with identifier '${asked}' could not be found.`);
}

/** Identities, one by one in the query or many in a body (facts 2.6, 3.3). */
export function identityRoutes(previewBatch: boolean): readonly Route[] {
  const location = { ...locations.identityBatch, released: previewBatch ? "0.0" : "7.1" };
  return [
    { method: "GET", path: "_apis/identities", location: locations.identities, scopes, handle: identities },
    {
      method: "GET",
      path: "_apis/identities/{identityId}",
      location: locations.identities,
      scopes,
      handle: oneIdentity,
    },
    { method: "POST", path: "_apis/identitybatch", location, scopes, handle: batch },
  ];
}
