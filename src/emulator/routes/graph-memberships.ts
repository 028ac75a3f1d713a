import type { GraphMembership } from "../../azure-devops/types.ts";
import { locations } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import type { Linked } from "../wire/subjects.ts";
import { graphSubject, subjectUrl } from "../wire/subjects.ts";
import { withSubject } from "./graph.ts";

const scopes = ["vso.graph", "vso.graph_manage"];
const lookupLimit = 500;
const queryLimit = 100;

/** One membership, seen from either side. */
export function graphMembership(call: Call, member: Subject, container: Subject): GraphMembership & Linked {
  const containerDescriptor = descriptorOf(container);
  const memberDescriptor = descriptorOf(member);
  const self = `${call.baseUrl("vssps")}/_apis/Graph/Memberships/${memberDescriptor}/${containerDescriptor}`;
  return {
    containerDescriptor,
    memberDescriptor,
    _links: {
      self: { href: self },
      member: { href: subjectUrl(call, member) },
      container: { href: subjectUrl(call, container) },
    },
  };
}

/** Direct members only; of an Entra group none, or those that signed in (facts 3.2). */
function membersOf(call: Call, subject: Subject): readonly number[] {
  if (subject.group?.kind === "entra" && call.beliefs.entraMembersInGraph === "none") return [];
  return subject.group?.members ?? [];
}

/** Groups that it is a direct member of; Entra groups only when their members are shown at all. */
function containersOf(call: Call, subject: Subject): readonly number[] {
  if (call.beliefs.entraMembersInGraph === "partial") return subject.memberOf;
  return subject.memberOf.filter((index) => subjectAt(call.state, index).group?.kind !== "entra");
}

function memberships(call: Call, subject: Subject): Reply {
  const direction = (call.query.get("direction") ?? "up").toLowerCase();
  const depth = call.query.get("depth") ?? "1";
  if (depth !== "1") throw badArgument("The depth of a membership query must be 1.");
  if (direction !== "up" && direction !== "down")
    throw badArgument(`The direction "${direction}" is neither up nor down.`);
  const others = direction === "up" ? containersOf(call, subject) : membersOf(call, subject);
  const ordered = call.readings.slice(others, call.readings.begin(), 0, others.length);
  return okList(
    ordered.map((index) => {
      const other = subjectAt(call.state, index);
      return direction === "up" ? graphMembership(call, subject, other) : graphMembership(call, other, subject);
    }),
  );
}

function containerOf(call: Call, subject: Subject): Subject | undefined {
  const container = call.lookup.byDescriptor(call.param("containerDescriptor"));
  const inIt = container !== undefined && subject.memberOf.includes(container.index);
  const hidden = container?.group?.kind === "entra" && call.beliefs.entraMembersInGraph === "none";
  return inIt && !hidden && subject.active ? container : undefined;
}

function checkMembership(call: Call, subject: Subject): Reply {
  return { status: containerOf(call, subject) ? 200 : 404 };
}

function oneMembership(call: Call, subject: Subject): Reply {
  const container = containerOf(call, subject);
  if (container) return ok(graphMembership(call, subject, container));
  const message = `VS403328: No membership of '${call.param("subjectDescriptor")}' in '${call.param("containerDescriptor")}' exists.`;
  throw new Refusal(404, "GraphMembershipNotFoundException", message);
}

function membershipState(call: Call, subject: Subject): Reply {
  const self = `${call.baseUrl("vssps")}/_apis/Graph/MembershipStates/${descriptorOf(subject)}`;
  return ok({ active: subject.active, _links: { self: { href: self }, member: { href: subjectUrl(call, subject) } } });
}

function lookupKeys(body: unknown): readonly string[] {
  const keys = isRecord(body) ? body.lookupKeys : undefined;
  if (!Array.isArray(keys)) throw badArgument("The body must hold lookupKeys.");
  return keys.map((key) => {
    const descriptor = isRecord(key) ? key.descriptor : undefined;
    if (typeof descriptor !== "string") throw badArgument("Each lookup key must hold a descriptor.");
    return descriptor;
  });
}

/** Answers a map keyed by descriptor; at most 500 keys, and the unknown ones are absent or null (facts 2.6). */
function subjectLookup(call: Call): Reply {
  const keys = lookupKeys(call.body);
  if (keys.length > lookupLimit) {
    const message = `TF400049: The request was aborted because ${keys.length} items were requested; the maximum is ${lookupLimit}.`;
    throw new Refusal(400, "TooManyRequestedItemsException", message);
  }
  const value: Record<string, unknown> = {};
  for (const key of keys) {
    const subject = call.lookup.byDescriptor(key);
    if (subject?.known === "graph") value[key] = graphSubject(call, subject);
    else if (call.beliefs.lookupMissing === "null") value[key] = null;
  }
  return ok({ count: Object.keys(value).length, value });
}

const kinds: Readonly<Record<string, (subject: Subject) => boolean>> = {
  user: (subject) => !subject.group,
  group: (subject) => subject.group !== undefined,
};

/** Search by the start of a name; 100 results at most, and no way to more (facts 2.6, 15.1). */
function subjectQuery(call: Call): Reply {
  const body = isRecord(call.body) ? call.body : {};
  const text = body.query;
  if (typeof text !== "string" || text === "") throw badArgument("The body must hold a query.");
  const wanted = text.toLowerCase();
  const asked = Array.isArray(body.subjectKind) ? body.subjectKind.map((kind) => String(kind).toLowerCase()) : ["user"];
  const found: unknown[] = [];
  for (const index of call.lookup.visibility.listed([...call.state.users, ...call.state.groups])) {
    const subject = subjectAt(call.state, index);
    if (!asked.some((kind) => kinds[kind]?.(subject))) continue;
    const names = [subject.displayName, subject.principalName, subject.mail ?? ""];
    if (names.some((name) => name.toLowerCase().startsWith(wanted))) found.push(graphSubject(call, subject));
    if (found.length === queryLimit) break;
  }
  return okList(found);
}

const pair = "_apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}";

/** Memberships, their states, and reads of many subjects at once (facts 3.1, 3.2). */
export const graphMembershipRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "_apis/graph/memberships/{subjectDescriptor}",
    location: locations.memberships,
    scopes,
    handle: withSubject("subjectDescriptor", memberships),
  },
  {
    method: "HEAD",
    path: pair,
    location: locations.membership,
    scopes,
    handle: withSubject("subjectDescriptor", checkMembership),
  },
  {
    method: "GET",
    path: pair,
    location: locations.membership,
    scopes,
    handle: withSubject("subjectDescriptor", oneMembership),
  },
  {
    method: "GET",
    path: "_apis/graph/membershipstates/{subjectDescriptor}",
    location: locations.membershipStates,
    scopes,
    handle: withSubject("subjectDescriptor", membershipState),
  },
  {
    method: "POST",
    path: "_apis/graph/subjectlookup",
    location: locations.subjectLookup,
    scopes,
    handle: subjectLookup,
  },
  { method: "POST", path: "_apis/graph/subjectquery", location: locations.subjectQuery, scopes, handle: subjectQuery },
];
