import { locations } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import { continuation, graphPage } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { graphGroup, graphServicePrincipal, graphSubject, graphUser, scopeDescriptor } from "../wire/subjects.ts";
import { projectOfScope, scopeFilter } from "./scopes.ts";

const scopes = ["vso.graph", "vso.graph_manage"];
/** Whether a text looks like a subject descriptor. */
export const descriptorForm = /^[a-z]{3,5}\.[A-Za-z0-9_-]+$/i;

function notFound(descriptor: string): Refusal {
  const message = `VS403325: The Graph subject with descriptor '${descriptor}' could not be found.`;
  return new Refusal(404, "GraphSubjectNotFoundException", message);
}

/** A malformed descriptor in a Graph path gets a plain page, not an error body (facts 11.1). */
export const pageNotFound: Reply = {
  status: 404,
  headers: { "Content-Type": "text/plain; charset=utf-8" },
  body: "Page not found.",
};

/** The subject that a path names, as far as Graph knows it. */
export function graphSubjectOf(call: Call, name: string): Subject | undefined {
  const subject = call.lookup.byDescriptor(call.param(name));
  return subject?.known === "graph" ? subject : undefined;
}

/** Wraps a handler that needs a well-formed descriptor of a known subject. */
export function withSubject(name: string, handle: (call: Call, subject: Subject) => Reply) {
  return (call: Call): Reply => {
    const descriptor = call.param(name);
    if (!descriptorForm.test(descriptor)) return pageNotFound;
    const subject = graphSubjectOf(call, name);
    if (!subject) throw notFound(descriptor);
    return handle(call, subject);
  };
}

/** The listing as the query narrows it: by descriptor types, and by project (facts 3.1); and as far as the caller sees. */
function listed(call: Call, all: readonly number[]): readonly number[] {
  const indexes = call.lookup.visibility.listed(all);
  const types = call.query.get("subjecttypes")?.toLowerCase().split(",").filter(Boolean) ?? [];
  const inScope = scopeFilter(call);
  if (types.length === 0 && !inScope) return indexes;
  return indexes.filter((index) => {
    const ofType = types.length === 0 || types.includes(subjectAt(call.state, index).prefix);
    return ofType && (!inScope || inScope(index));
  });
}

function listing(
  name: string,
  indexes: (call: Call) => readonly number[],
  render: (call: Call, subject: Subject) => unknown,
) {
  return (call: Call): Reply => {
    const list = `${name}?${call.query.get("scopedescriptor") ?? ""}&${call.query.get("subjecttypes") ?? ""}`;
    const page = graphPage(call, list, listed(call, indexes(call)));
    return okList(
      page.rows.map((index) => render(call, subjectAt(call.state, index))),
      continuation(page.token),
    );
  };
}

function single(name: string, is: (subject: Subject) => boolean) {
  return withSubject(name, (call, subject) => {
    if (!is(subject)) throw notFound(call.param(name));
    return ok(graphSubject(call, subject));
  });
}

const isServicePrincipal = (subject: Subject) => subject.kind === "service-principal";
const isGroup = (subject: Subject) => subject.group !== undefined;

function descriptorOfKey(call: Call): Reply {
  const asked = call.param("storageKey");
  const key = canonicalGuid(asked);
  if (key === undefined) throw badArgument(`"${asked}" is not a GUID.`);
  const subject = call.lookup.byStorageKey(key);
  const project = call.lookup.project(key);
  const known = subject !== undefined && subject.known !== "nowhere";
  if (!known && !project) {
    throw new Refusal(
      404,
      "SubjectDescriptorNotFoundException",
      `VS403368: No subject descriptor exists for storage key '${asked}'.`,
    );
  }
  const value = known ? descriptorOf(subject) : project ? scopeDescriptor(project) : "";
  const graph = `${call.baseUrl("vssps")}/_apis/Graph`;
  const subjects = known ? (subject.group ? "Groups" : "Users") : "Scopes";
  const _links = {
    self: { href: `${graph}/Descriptors/${key}` },
    storageKey: { href: `${graph}/StorageKeys/${value}` },
    subject: { href: `${graph}/${subjects}/${value}` },
  };
  return ok({ value, _links });
}

function storageKeyOf(call: Call): Reply {
  const descriptor = call.param("subjectDescriptor");
  if (!descriptorForm.test(descriptor)) return pageNotFound;
  const subject = call.lookup.byDescriptor(descriptor);
  const project = projectOfScope(call, descriptor);
  const value = subject?.known === "nowhere" ? undefined : (subject?.storageKey ?? project?.id);
  if (value === undefined) {
    throw new Refusal(404, "StorageKeyNotFoundException", `VS403369: No storage key exists for '${descriptor}'.`);
  }
  const graph = `${call.baseUrl("vssps")}/_apis/Graph`;
  const self = { href: `${graph}/StorageKeys/${descriptor}` };
  return ok({ value, _links: { self, descriptor: { href: `${graph}/Descriptors/${value}` } } });
}

function get(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return { method: "GET", path: `_apis/graph/${path}`, location, scopes, handle };
}

/** Subjects of the Graph area and their ids (facts 2.6, 3.1). */
export const graphRoutes: readonly Route[] = [
  get(
    "users",
    locations.users,
    listing("users", (call) => call.state.users, graphUser),
  ),
  get(
    "users/{userDescriptor}",
    locations.users,
    single("userDescriptor", (s) => !isGroup(s) && !isServicePrincipal(s)),
  ),
  get(
    "groups",
    locations.groups,
    listing("groups", (call) => call.state.groups, graphGroup),
  ),
  get("groups/{groupDescriptor}", locations.groups, single("groupDescriptor", isGroup)),
  get(
    "serviceprincipals",
    locations.servicePrincipals,
    listing("serviceprincipals", (call) => call.state.servicePrincipals, graphServicePrincipal),
  ),
  get(
    "serviceprincipals/{servicePrincipalDescriptor}",
    locations.servicePrincipals,
    single("servicePrincipalDescriptor", isServicePrincipal),
  ),
  get("descriptors/{storageKey}", locations.descriptors, descriptorOfKey),
  get("storagekeys/{subjectDescriptor}", locations.storageKeys, storageKeyOf),
];
