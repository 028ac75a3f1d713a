import type { TeamProject } from "../../azure-devops/types.ts";
import { locations } from "../locations.ts";
import { continuation, wholeNumber } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Service } from "../service.ts";
import type { Project } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";

/** Any of these reads projects and teams (facts 9.2). */
export const projectScopes = ["vso.project", "vso.project_write", "vso.project_manage", "vso.profile"];
const states = ["deleting", "new", "wellformed", "createpending", "all", "unchanged", "deleted"];
const processId = "adcc42ab-9882-485e-a3ed-7678f01f66bc";

/** URL of a project. */
export function projectUrl(service: Service, project: Project): string {
  return `${service.baseUrl("core")}/_apis/projects/${project.id}`;
}

/** A project as other things refer to it. */
export function projectReference(service: Service, project: Project): TeamProject {
  return {
    id: project.id,
    name: project.name,
    ...(project.description === null ? {} : { description: project.description }),
    url: projectUrl(service, project),
    state: project.state,
    revision: project.revision,
    visibility: project.visibility,
    lastUpdateTime: new Date(project.updated).toISOString(),
  };
}

/** The project of a path; a deleted one is gone for all but the listing of deleted ones. */
export function projectOf(call: Call, name = "projectId"): Project {
  const asked = call.param(name);
  const project = call.lookup.project(asked);
  if (project && project.state !== "deleted") return project;
  const byName = canonicalGuid(asked) === undefined;
  const typeKey = byName ? "ProjectDoesNotExistWithNameException" : "ProjectDoesNotExistException";
  throw new Refusal(404, typeKey, `TF200016: The following project does not exist: ${asked}.`);
}

/** Without a filter only well-formed projects; `all` leaves out the deleted ones (facts 3.5). */
function stateMatches(project: Project, filter: string): boolean {
  if (filter === "all") return project.state !== "deleted";
  return project.state.toLowerCase() === filter;
}

/** The continuation is the number of projects already given; `$skip` says the same (facts 15.1). */
function projects(call: Call): Reply {
  const filter = (call.query.get("statefilter") || "wellFormed").toLowerCase();
  if (!states.includes(filter)) throw badArgument(`"${filter}" is no project state.`);
  const items = call.state.projects.filter((project) => stateMatches(project, filter));
  const top = Math.min(call.rows, wholeNumber(call, "$top", call.settings.pageSizes.projects));
  const skip = wholeNumber(call, "continuationToken", wholeNumber(call, "$skip", 0));
  const reading = call.readings.continued(`projects ${filter}`, call.reader, skip === 0);
  const rows = call.readings.slice(items, reading, skip, top);
  const more = skip + rows.length < items.length && call.beliefs.projectContinuation === "header";
  return okList(
    rows.map((project) => projectReference(call, project)),
    continuation(more ? String(skip + rows.length) : undefined),
  );
}

function defaultTeam(call: Call, project: Project): object {
  const team = project.defaultTeam === undefined ? undefined : call.state.teams[project.defaultTeam];
  if (!team) return {};
  return { defaultTeam: { id: team.id, name: team.name, url: `${projectUrl(call, project)}/teams/${team.id}` } };
}

function oneProject(call: Call): Reply {
  const project = projectOf(call);
  const capabilities = {
    processTemplate: { templateName: "Agile", templateTypeId: processId },
    versioncontrol: { sourceControlType: "Git", gitEnabled: "True", tfvcEnabled: "False" },
  };
  const base = call.baseUrl("core");
  return ok({
    ...projectReference(call, project),
    ...(call.query.get("includecapabilities")?.toLowerCase() === "true" ? { capabilities } : {}),
    _links: {
      self: { href: projectUrl(call, project) },
      collection: { href: `${base}/_apis/projectCollections/${call.state.collectionId}` },
      web: { href: `${base}/${encodeURIComponent(project.name)}` },
    },
    ...defaultTeam(call, project),
  });
}

/** `keys` is a comma list of names, in which `*` stands for anything (SPEC example). */
function keyMatches(name: string, keys: string): boolean {
  return keys.split(",").some((key) => {
    const parts = key.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(name);
  });
}

function properties(call: Call): Reply {
  const project = projectOf(call);
  const team = project.defaultTeam === undefined ? undefined : call.state.teams[project.defaultTeam];
  const values: readonly (readonly [string, string])[] = [
    ["System.CurrentProcessTemplateId", processId],
    ["System.OriginalProcessTemplateId", processId],
    ["System.ProcessTemplateType", processId],
    ["System.Process Template", "Agile"],
    ...(team ? ([["System.Microsoft.TeamFoundation.Team.Default", team.id]] as const) : []),
    ["System.SourceControlCapabilityFlags", "2"],
    ["System.SourceControlGitEnabled", "True"],
    ["System.SourceControlGitPermissionsInitialized", "True"],
  ];
  const keys = call.query.get("keys");
  const wanted = keys ? values.filter(([name]) => keyMatches(name, keys)) : values;
  return okList(wanted.map(([name, value]) => ({ name, value })));
}

function get(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return { method: "GET", path: `_apis/${path}`, location, scopes: projectScopes, handle };
}

/** Projects (facts 3.5). */
export const coreRoutes: readonly Route[] = [
  get("projects", locations.projects, projects),
  get("projects/{projectId}", locations.projects, oneProject),
  get("projects/{projectId}/properties", locations.projectProperties, properties),
];
