import { entitlementLocations as locations } from "../entitlement-locations.ts";
import { guid } from "../ids.ts";
import type { Location } from "../locations.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { everything, servicePrincipalEntitlement, userEntitlement } from "../wire/entitlements.ts";
import { canonicalGuid } from "../wire/guids.ts";
import type { MemberKind } from "./entitlement-additions.ts";
import { addMember, isOfKind } from "./entitlement-additions.ts";
import type { MemberError, Result } from "./entitlement-changes.ts";
import { addToProject, memberErrors, removeFromProject, setExtension, setLevel } from "./entitlement-changes.ts";
import { removeFromOrganization } from "./presence.ts";
import type { PatchOperation } from "./writing.ts";
import { patchOf, writing } from "./writing.ts";

const scopes = ["vso.memberentitlementmanagement_write"];
const nobody = "00000000-0000-0000-0000-000000000000";

/** What users and service principals have apart: names of paths and fields, and how they are written. */
interface Members {
  readonly kind: MemberKind;
  readonly path: string;
  readonly idField: "userId" | "servicePrincipalId";
  readonly entitlementField: "userEntitlement" | "servicePrincipalEntitlement";
  readonly many: Location;
  readonly one: Location;
  readonly wire: (call: Call, subject: Subject) => object;
}

const users: Members = {
  kind: "user",
  path: "_apis/userentitlements",
  idField: "userId",
  entitlementField: "userEntitlement",
  many: locations.userEntitlements,
  one: locations.userEntitlement,
  wire: (call, subject) => userEntitlement(call, subject, everything),
};

const servicePrincipals: Members = {
  kind: "servicePrincipal",
  path: "_apis/serviceprincipalentitlements",
  idField: "servicePrincipalId",
  entitlementField: "servicePrincipalEntitlement",
  many: locations.servicePrincipalEntitlements,
  one: locations.servicePrincipalEntitlement,
  wire: servicePrincipalEntitlement,
};

/** What one operation came to, as bodies tell it: status 200 whether it succeeded or not (facts 3.4). */
interface Told {
  readonly isSuccess: boolean;
  readonly errors: readonly MemberError[];
  readonly result: object | null;
  readonly [id: string]: unknown;
}

function told(call: Call, members: Members, subject: Subject | undefined, error: Result): Told {
  const current = subject && call.state.subjects[subject.index];
  return {
    [members.idField]: subject?.storageKey ?? nobody,
    isSuccess: error === undefined,
    errors: error ? [error] : [],
    result: current && !error ? members.wire(call, current) : null,
  };
}

function add(members: Members) {
  return (call: Call): Reply => {
    const added = call.journal.keptIf(
      ({ error }) => error === undefined,
      () => addMember(call, call.body, members.kind),
    );
    const operationResult = told(call, members, added.subject, added.error);
    const { isSuccess, result } = operationResult;
    return ok({ operationResult, isSuccess, [members.entitlementField]: result });
  };
}

/** Somebody who is in the organization, by storage key. */
function memberOf(call: Call, members: Members, asked: string): Subject | undefined {
  const subject = call.lookup.byStorageKey(canonicalGuid(asked) ?? "");
  const isHere = subject !== undefined && isOfKind(subject, members.kind) && (subject.active || subject.entitlement);
  return isHere ? subject : undefined;
}

function notFound(asked: string): Refusal {
  return new Refusal(404, "IdentityNotFoundException", `The identity with identifier '${asked}' could not be found.`);
}

/** One operation on somebody; its path is that of a single entitlement (facts 3.4). */
function apply(call: Call, subject: Subject, { op, path, value }: PatchOperation): Result {
  const [field = "", id] = path.split("/").slice(1);
  const name = field.toLowerCase();
  const isAddition = op === "add" || op === "replace";
  if (name === "accesslevel" && isAddition && id === undefined) return setLevel(call, subject, value, "active");
  const named = id ?? (isRecord(value) ? value.id : undefined);
  if (name === "extensions" && (isAddition || op === "remove") && typeof named === "string")
    return setExtension(call, subject, named, isAddition);
  const reference = isRecord(value) && isRecord(value.projectRef) ? value.projectRef.id : undefined;
  const project = id ?? reference;
  if (name === "projectentitlements" && typeof project === "string") {
    if (isAddition) return addToProject(call, subject, project, value);
    if (op === "remove") return removeFromProject(call, subject, project);
  }
  throw badArgument(`The operation "${op}" cannot be done at the path "${path}".`);
}

function patchOne(members: Members) {
  return (call: Call): Reply => {
    const operations = patchOf(call);
    const asked = call.param(members.idField);
    const subject = memberOf(call, members, asked);
    if (!subject) throw notFound(asked);
    const operationResults = operations.map((operation) =>
      told(call, members, subject, apply(call, subjectAt(call.state, subject.index), operation)),
    );
    const isSuccess = operationResults.every((each) => each.isSuccess);
    const entitlement = members.wire(call, subjectAt(call.state, subject.index));
    return ok({ operationResults, isSuccess, [members.entitlementField]: entitlement });
  };
}

/** One operation of many: an empty path adds somebody, another begins with whom it is about (facts 3.4). */
function applyOne(call: Call, members: Members, asked: PatchOperation): Told {
  if (asked.path === "" || asked.path === "/") {
    if (asked.op !== "add") throw badArgument(`The operation "${asked.op}" needs a path.`);
    const added = call.journal.keptIf(
      ({ error }) => error === undefined,
      () => addMember(call, asked.value, members.kind),
    );
    return told(call, members, added.subject, added.error);
  }
  const [, id = "", ...rest] = asked.path.split("/");
  const subject = memberOf(call, members, id);
  if (!subject) throw notFound(id);
  return told(call, members, subject, apply(call, subject, { ...asked, path: `/${rest.join("/")}` }));
}

/** Many changes are an operation, which is over when it is answered (SPEC examples). */
function operation(call: Call, results: readonly Told[]): object {
  const haveResultsSucceeded = results.every((each) => each.isSuccess);
  const status = haveResultsSucceeded ? "succeeded" : "failed";
  const id = guid(call.settings.seed, "operation", call.journal.count);
  return { id, status, completed: true, haveResultsSucceeded, results };
}

function patchMany(members: Members) {
  return (call: Call): Reply => {
    const results = patchOf(call).map((each) => applyOne(call, members, each));
    return ok(operation(call, results));
  };
}

/** 204 (facts 15.4). */
function remove(members: Members) {
  return (call: Call): Reply => {
    const asked = call.param(members.idField);
    const subject = memberOf(call, members, asked);
    const isKnown = call.lookup.byStorageKey(canonicalGuid(asked) ?? "") !== undefined;
    if (!subject && (!isKnown || call.beliefs.absentEntitlement === "404")) throw notFound(asked);
    if (subject) removeFromOrganization(call, subject);
    return { status: 204 };
  };
}

/** Adding and changing is refused in the body, too (error 5032). */
function forbidden(members: Members, form: (result: Told, call: Call) => object) {
  return (call: Call): Reply => ok(form(told(call, members, undefined, memberErrors.forbidden), call));
}

function routesOf(members: Members): readonly Route[] {
  const { idField, many, one, path } = members;
  const none = { isSuccess: false, [members.entitlementField]: null };
  const added = (operationResult: Told) => ({ ...none, operationResult });
  const patched = (result: Told) => ({ ...none, operationResults: [result] });
  const operationOf = (result: Told, call: Call) => operation(call, [result]);
  const whole = { path, location: many, scopes };
  const single = { path: `${path}/{${idField}}`, location: one, scopes };
  return [
    writing({ ...whole, method: "POST", handle: add(members) }, forbidden(members, added)),
    writing({ ...whole, method: "PATCH", handle: patchMany(members) }, forbidden(members, operationOf)),
    writing({ ...single, method: "PATCH", handle: patchOne(members) }, forbidden(members, patched)),
    writing({ ...single, method: "DELETE", handle: remove(members) }),
  ];
}

/** Adding, changing and removing people and service principals with their access levels (facts 3.4, 12.2). */
export const entitlementWriteRoutes: readonly Route[] = [...routesOf(users), ...routesOf(servicePrincipals)];
