import { entitlementLocations as locations } from "../entitlement-locations.ts";
import { descriptorOf } from "../lookup.ts";
import { wholeNumber } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { groupOf, subjectAt } from "../state.ts";
import { everything, servicePrincipalEntitlement, userEntitlement } from "../wire/entitlements.ts";
import { groupEntitlement } from "../wire/group-entitlements.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { entitlementSummary } from "./entitlement-summary.ts";
import { entitlementScopes as scopes } from "./entitlements.ts";

function subjectOf(call: Call, name: string, is: (subject: Subject) => boolean): Subject {
  const asked = call.param(name);
  const key = canonicalGuid(asked);
  if (key === undefined) throw badArgument(`"${asked}" is not a GUID.`);
  const subject = call.lookup.byStorageKey(key);
  if (subject?.known === "graph" && is(subject)) return subject;
  throw new Refusal(404, "IdentityNotFoundException", `The identity with identifier '${asked}' could not be found.`);
}

const isServicePrincipal = (subject: Subject) => subject.kind === "service-principal";

function oneUser(call: Call): Reply {
  const subject = subjectOf(call, "userId", (each) => !each.group && !isServicePrincipal(each));
  return ok(userEntitlement(call, subject, everything));
}

function oneServicePrincipal(call: Call): Reply {
  return ok(servicePrincipalEntitlement(call, subjectOf(call, "servicePrincipalId", isServicePrincipal)));
}

function groupEntitlements(call: Call): Reply {
  const listed = new Set(call.lookup.visibility.listed(call.state.ruleGroups));
  const rules = call.state.licenceRules.filter(({ group }) => listed.has(group));
  return okList(rules.map((rule) => groupEntitlement(call, rule)));
}

/** A group without a rule is not missing: it answers JSON `null`, or nothing at all (facts 3.4). */
function oneGroup(call: Call): Reply {
  const subject = subjectOf(call, "groupId", (each) => each.group !== undefined);
  const rule = call.state.licenceRules.find(({ group }) => group === subject.index);
  if (rule) return ok(groupEntitlement(call, rule));
  return call.beliefs.missingGroupRule === "null" ? ok(null) : { status: 204 };
}

/**
 * People of a group with a rule; nested groups are left out, and the token is the descriptor of the last one
 * (facts 3.4).
 */
function groupMembers(call: Call): Reply {
  const group = subjectOf(call, "groupId", (each) => each.group !== undefined);
  const people = groupOf(group).members.filter((index) => isListedPerson(call, index));
  const asked = wholeNumber(call, "maxResults", call.settings.pageSizes.entitlements) || people.length;
  const size = Math.min(asked, call.rows);
  const after = call.query.get("pagingtoken");
  const start = after ? people.findIndex((index) => descriptorOf(subjectAt(call.state, index)) === after) + 1 : 0;
  if (after && start === 0) throw badArgument("The paging token names no member of the group.");
  const rows = people.slice(start, start + size).map((index) => subjectAt(call.state, index));
  const last = rows.at(-1);
  const more = last !== undefined && start + rows.length < people.length;
  const members = rows.map((subject) => userEntitlement(call, subject, new Set()));
  return ok({
    members,
    continuationToken: more ? descriptorOf(last) : null,
    totalCount: people.length,
    items: members,
  });
}

function isListedPerson(call: Call, index: number): boolean {
  const subject = subjectAt(call.state, index);
  return subject.entitlement !== undefined && !isServicePrincipal(subject);
}

function get(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return { method: "GET", path: `_apis/${path}`, location, scopes, handle };
}

/** Access levels of one user, service principal or group, and how many seats there are (facts 3.4). */
export const entitlementRoutes: readonly Route[] = [
  get("userentitlements/{userId}", locations.userEntitlement, oneUser),
  get("serviceprincipalentitlements/{servicePrincipalId}", locations.servicePrincipalEntitlement, oneServicePrincipal),
  get("groupentitlements", locations.groupEntitlements, groupEntitlements),
  get("groupentitlements/{groupId}", locations.groupEntitlement, oneGroup),
  get("groupentitlements/{groupId}/members", locations.groupEntitlementMembers, groupMembers),
  get("userentitlementsummary", locations.entitlementSummary, entitlementSummary),
];
