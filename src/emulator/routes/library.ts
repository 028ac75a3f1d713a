import { continuation, keysetPage, wholeNumber } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { Authorship, SecureFile, VariableGroup } from "../role-objects.ts";
import type { Call, Route } from "../router.ts";
import type { Project } from "../state.ts";
import { subjectAt } from "../state.ts";
import { wireDate } from "../wire/dates.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { identityReference } from "../wire/references.ts";
import { projectOf } from "./core.ts";
import { projectReferences } from "./endpoints.ts";
import { inAnyOrder, numberParam, numbers } from "./listings.ts";

/** Any of these reads variable groups, and secure files (facts 9.2). */
const groupScopes = ["vso.variablegroups_read", "vso.variablegroups_write", "vso.variablegroups_manage"];
const fileScopes = ["vso.securefiles_read", "vso.securefiles_write", "vso.securefiles_manage"];

function authorship(call: Call, { created, createdBy, modified, modifiedBy }: Authorship, row: number) {
  const { dates } = call.beliefs;
  return {
    createdBy: identityReference(call, subjectAt(call.state, createdBy)),
    createdOn: wireDate(created, dates, row),
    modifiedBy: identityReference(call, subjectAt(call.state, modifiedBy)),
    modifiedOn: wireDate(modified, dates, row + 1),
  };
}

/** Variables by name; of a secret one only the name is told, and of those in a vault not even a plain value. */
function variables({ vault }: VariableGroup): object {
  if (vault !== undefined) return { "signing-key": { isSecret: true, value: null, enabled: true, contentType: "" } };
  return { environment: { value: "production" }, "api.key": { value: null, isSecret: true } };
}

function wireGroup(call: Call, group: VariableGroup, project: Project): object {
  const { id, uses, vault } = group;
  const use = uses.find((each) => each.project === project.index);
  return {
    variables: variables(group),
    id,
    type: vault === undefined ? "Vsts" : "AzureKeyVault",
    name: use?.name,
    description: use?.description,
    ...authorship(call, group, id),
    isShared: uses.length > 1,
    ...(vault === undefined ? {} : { providerData: { serviceEndpointId: vault, vault: `kv-fabrikam-${id}` } }),
    variableGroupProjectReferences: projectReferences(call, uses),
  };
}

function groupsOf(call: Call, project: Project): readonly VariableGroup[] {
  return call.state.roleObjects.variableGroups.filter(({ uses }) => uses.some((use) => use.project === project.index));
}

/** Highest id first unless told otherwise; the token is the last id. By ids there are no pages (facts 3.6). */
function variableGroups(call: Call): Reply {
  const project = projectOf(call, "project");
  const ids = numbers(call, "groupIds");
  const wanted = call.query.get("groupname")?.toLowerCase();
  const order = call.query.get("queryorder")?.toLowerCase() ?? "iddescending";
  if (order !== "iddescending" && order !== "idascending") throw badArgument(`"${order}" is no order of a query.`);
  const found = groupsOf(call, project).filter(
    ({ id, uses }) =>
      (ids === undefined || ids.has(id)) &&
      (wanted === undefined || uses.some((use) => use.project === project.index && use.name.toLowerCase() === wanted)),
  );
  if (ids) return okList(inAnyOrder(call, found).map((group) => wireGroup(call, group, project)));
  const sent = call.query.get("continuationtoken") ? wholeNumber(call, "continuationToken", 0) : undefined;
  const keyset = { keyOf: ({ id }: VariableGroup) => id, descending: order === "iddescending", after: sent };
  const { rows, token } = keysetPage(call, found, keyset);
  return okList(
    rows.map((group) => wireGroup(call, group, project)),
    continuation(token),
  );
}

function oneGroup(call: Call): Reply {
  const project = projectOf(call, "project");
  const asked = numberParam(call, "groupId");
  const group = groupsOf(call, project).find(({ id }) => id === asked);
  if (group) return ok(wireGroup(call, group, project));
  const message = `VS402968: Variable group with ID ${asked} does not exist or is not shared with the project.`;
  throw new Refusal(404, "VariableGroupNotFoundException", message);
}

function wireFile(call: Call, file: SecureFile): object {
  return { id: file.id, name: file.name, ...authorship(call, file, file.project), properties: {} };
}

function filesOf(call: Call): readonly SecureFile[] {
  const project = projectOf(call, "project");
  return call.state.roleObjects.secureFiles.filter((file) => file.project === project.index);
}

/** Files of a project's library, in one body; their contents are never given here (facts 3.6). */
function secureFiles(call: Call): Reply {
  const pattern = call.query.get("namepattern")?.toLowerCase().replaceAll("*", "") ?? "";
  const ids = call.query.get("securefileids")?.toLowerCase().split(",");
  const found = filesOf(call).filter(
    ({ id, name }) => name.toLowerCase().includes(pattern) && (ids === undefined || ids.includes(id)),
  );
  return okList(inAnyOrder(call, found).map((file) => wireFile(call, file)));
}

function oneFile(call: Call): Reply {
  const asked = call.param("secureFileId");
  const file = filesOf(call).find(({ id }) => id === canonicalGuid(asked));
  if (file) return ok(wireFile(call, file));
  throw new Refusal(404, "SecureFileNotFoundException", `Secure file with ID ${asked} does not exist.`);
}

function get(name: string, location: Route["location"], scopes: Route["scopes"], handle: Route["handle"]): Route {
  return { method: "GET", path: `{project}/_apis/distributedtask/${name}`, location, scopes, handle };
}

/** What a project's library holds (facts 3.6). */
export const libraryRoutes: readonly Route[] = [
  get("variablegroups", locations.variableGroups, groupScopes, variableGroups),
  get("variablegroups/{groupId}", locations.variableGroups, groupScopes, oneGroup),
  get("securefiles", locations.secureFiles, fileScopes, secureFiles),
  get("securefiles/{secureFileId}", locations.secureFiles, fileScopes, oneFile),
];
