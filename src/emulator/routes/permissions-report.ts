import { codeLocations } from "../code-locations.ts";
import type { Location } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { fileOfRows, ok, okList } from "../reply.ts";
import type { ReportToken } from "../report-tokens.ts";
import { reportToken } from "../report-tokens.ts";
import type { Report, ReportResource } from "../reports.ts";
import type { Call, Route } from "../router.ts";
import type { Action, SecurityNamespace, Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { listIndex, trimmedToken } from "../tokens.ts";
import { canonicalGuid } from "../wire/guids.ts";

function reportUrl(call: Call, { id }: Report): string {
  return `${call.baseUrl("core")}/_apis/permissionsreport/${id}`;
}

function wireReport(call: Call, report: Report): object {
  const { error, id, reportName, requestedAt, status, statusAt } = report;
  return {
    id,
    reportName,
    reportStatus: status,
    requestedTime: new Date(requestedAt).toISOString(),
    reportStatusLastUpdatedTime: new Date(statusAt).toISOString(),
    requestor: subjectAt(call.state, call.caller).displayName,
    error: status === "completedWithErrors" ? error : "",
  };
}

/** Reports are for members of Project Collection Administrators (DOCS download-permissions-report). */
function checkCaller(call: Call): void {
  const { caller } = call.state;
  if (call.lookup.isAdministrator(caller)) return;
  const message = `TF400813: The user '${subjectAt(call.state, caller).storageKey}' is not authorized to access this resource.`;
  throw new Refusal(403, "UnauthorizedRequestException", message);
}

function textList(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badArgument("descriptors must be a list.");
  return value.map(String);
}

function resourceOf(value: unknown): ReportResource {
  if (!isRecord(value)) throw badArgument("Each resource must be an object.");
  const { resourceId, resourceName, resourceType } = value;
  if (typeof resourceId !== "string" || typeof resourceType !== "string")
    throw badArgument("Each resource must have a resourceId and a resourceType.");
  return { resourceId, resourceType, ...(typeof resourceName === "string" ? { resourceName } : {}) };
}

/** Begins a report: 202, and where it and its file will be (as clients read it; the document says 200 and links). */
function create(call: Call): Reply {
  checkCaller(call);
  const body = isRecord(call.body) ? call.body : {};
  const { reportName, resources } = body;
  if (typeof reportName !== "string" || reportName === "") throw badArgument("reportName must not be empty.");
  if (!Array.isArray(resources) || resources.length === 0) throw badArgument("resources must not be empty.");
  const asked = resources.map(resourceOf);
  const missing = asked.filter((resource) => !reportToken(call, resource));
  const error = missing.map(({ resourceId }) => `The resource '${resourceId}' does not exist.`).join(" ");
  const request = { reportName, descriptors: textList(body.descriptors), resources: asked, error };
  const href = reportUrl(call, call.reports.add(request));
  return { ...ok({ _link: { href }, _downloadLink: { href: `${href}/download` } }), status: 202 };
}

function unknownReport(call: Call): Refusal {
  const message = `The permissions report '${call.param("id")}' does not exist or is not complete.`;
  return new Refusal(404, "PermissionsReportNotFoundException", message);
}

const idOf = (call: Call) => canonicalGuid(call.param("id")) ?? "";

function one(call: Call): Reply {
  checkCaller(call);
  const report = call.reports.ask(idOf(call));
  if (!report) throw unknownReport(call);
  return ok(wireReport(call, report));
}

function all(call: Call): Reply {
  checkCaller(call);
  const reports = call.reports.list().flatMap(({ id }) => call.reports.ask(id) ?? []);
  return okList(reports.map((report) => wireReport(call, report)));
}

/** "Each user who has logged into the Azure DevOps organization and each group" (DOCS permissionsreport). */
function everybody({ state }: Call): readonly Subject[] {
  const people = [...state.users, ...state.servicePrincipals].map((index) => subjectAt(state, index));
  const known = people.filter(({ entitlement }) => entitlement !== undefined && entitlement.lastAccess > 0);
  return [...known, ...state.groups.map((index) => subjectAt(state, index))];
}

const words = { allow: "Allow", deny: "Deny", unset: "NotSet" } as const;

/** By the lists alone: membership and the tree of resources (DOCS permissionsreport); no licence, no exception of administrators. */
function wirePermission(call: Call, subject: Subject, { namespaceId, token }: ReportToken, action: Action): object {
  const { bit, name, title } = action;
  const namespace = call.state.namespaces.find(({ id }) => id === namespaceId);
  const decision = call.lookup.evaluator.decide({ subject: subject.index, namespaceId, token, bit });
  return {
    PermissionName: call.beliefs.reportPermissions === "names" ? name : title,
    EffectivePermission: words[decision],
    IsPermissionInherited: decision !== "unset" && !(namespace && isOwn(call, namespace, token, subject, bit)),
  };
}

function isOwn(call: Call, namespace: SecurityNamespace, token: string, subject: Subject, bit: number): boolean {
  const lists = listIndex(call.state, namespace).get(trimmedToken(token, namespace)) ?? [];
  return lists.some(({ entries }) =>
    entries.some(({ allow, deny, who }) => who === subject.index && ((allow | deny) & bit) !== 0),
  );
}

/** One person or group on one resource, in the file's own spelling. */
function wireRow(call: Call, subject: Subject, resource: ReportResource, at: ReportToken): object {
  const { displayName, group, principalName, storageKey } = subject;
  const actions = call.state.namespaces.find(({ id }) => id === at.namespaceId)?.bits ?? [];
  return {
    Descriptor: descriptorOf(subject),
    Id: storageKey,
    AccountName: principalName,
    DisplayName: group ? principalName : displayName,
    Resource: {
      ResourceId: resource.resourceId,
      ResourceName: resource.resourceName ?? null,
      ResourceType: resource.resourceType,
    },
    Permissions: actions.map((action) => wirePermission(call, subject, at, action)),
    Error: null,
  };
}

function subjectsOf(call: Call, { descriptors }: Report): readonly Subject[] {
  if (descriptors.length === 0) return everybody(call);
  return descriptors.flatMap((text) => call.lookup.byDescriptor(text) ?? call.lookup.byIdentity(text) ?? []);
}

/** The file, once there is one; what could not be found is not in it. */
function download(call: Call): Reply {
  checkCaller(call);
  const report = call.reports.get(idOf(call));
  if (!report?.status.startsWith("completed")) throw unknownReport(call);
  const found = report.resources.flatMap((resource) => {
    const at = reportToken(call, resource);
    return at ? [{ resource, at }] : [];
  });
  const subjects = subjectsOf(call, report);
  return fileOfRows(found.length * subjects.length, function* () {
    for (const { at, resource } of found) {
      for (const subject of subjects) yield wireRow(call, subject, resource, at);
    }
  });
}

function route(method: string, path: string, location: Location, handle: Route["handle"]): Route {
  return { method, path: `_apis/permissionsreport${path}`, location, scopes: ["vso.security_manage"], handle };
}

/** Effective permissions of everybody on some resources, made while the caller waits (facts 3.7). */
export const reportRoutes: readonly Route[] = [
  route("POST", "", codeLocations.permissionsReports, create),
  route("GET", "", codeLocations.permissionsReports, all),
  route("GET", "/{id}", codeLocations.permissionsReports, one),
  route("GET", "/{id}/download", codeLocations.permissionsReportDownload, download),
];
