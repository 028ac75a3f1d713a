import { codeLocations } from "../code-locations.ts";
import { Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okRows } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Service } from "../service.ts";
import type { Repository } from "../state.ts";
import { projectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { projectOf, projectReference } from "./core.ts";

/** Any of these reads repositories (facts 9.2). */
const codeScopes = ["vso.code", "vso.code_write", "vso.code_manage"];

/** Names stand in URLs as they are, percent-encoded; the organization stands before the host, as clients expect it. */
function addressesOf(service: Service, { id, name, project }: Repository) {
  const base = service.baseUrl("core");
  const { organization } = service.settings;
  const projectName = encodeURIComponent(projectAt(service.state, project).name);
  const web = `${base}/${projectName}/_git/${encodeURIComponent(name)}`;
  return {
    url: `${base}/${projectAt(service.state, project).id}/_apis/git/repositories/${id}`,
    remoteUrl: web.replace("://", `://${organization}@`),
    sshUrl: `git@ssh.dev.azure.com:v3/${organization}/${projectName}/${encodeURIComponent(name)}`,
    webUrl: web,
  };
}

function reference(service: Service, repository: Repository): object {
  const { remoteUrl, sshUrl, url } = addressesOf(service, repository);
  const { id, name, parent, project } = repository;
  return {
    id,
    name,
    isFork: parent !== undefined,
    url,
    project: projectReference(service, projectAt(service.state, project)),
    remoteUrl,
    sshUrl,
  };
}

/** `isFork` is there when true only, as the flags of maintenance and of disabling are always. */
function wireRepository(service: Service, repository: Repository): object {
  const { defaultBranch, id, isDisabled, isInMaintenance, name, parent, project, size } = repository;
  const { remoteUrl, sshUrl, url, webUrl } = addressesOf(service, repository);
  return {
    id,
    name,
    url,
    project: projectReference(service, projectAt(service.state, project)),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    size,
    remoteUrl,
    sshUrl,
    webUrl,
    isDisabled,
    isInMaintenance,
    ...(parent === undefined ? {} : { isFork: true }),
  };
}

function linksOf(service: Service, repository: Repository): object {
  const { url, webUrl } = addressesOf(service, repository);
  const below = ["commits", "refs", "pullRequests", "items", "pushes"];
  return {
    self: { href: url },
    project: { href: `vstfs:///Classification/TeamProject/${projectAt(service.state, repository.project).id}` },
    web: { href: webUrl },
    ...Object.fromEntries(below.map((name) => [name, { href: `${url}/${name}` }])),
  };
}

const isTrue = (call: Call, name: string) => call.query.get(name)?.toLowerCase() === "true";

/** The repositories of the project that the path names, or of all. */
function within(call: Call): readonly Repository[] {
  if (call.param("projectId") === "") return call.state.repositories;
  return call.lookup.repositoriesOf(projectOf(call));
}

/** All in one body; those of wikis only when asked for (facts 3.6). */
function repositories(call: Call): Reply {
  const found = within(call).filter(({ isHidden }) => !isHidden || isTrue(call, "includehidden"));
  const ordered = call.readings.slice(found, call.readings.begin(), 0, found.length);
  const withLinks = isTrue(call, "includelinks");
  return okRows(ordered.length, function* () {
    for (const repository of ordered) {
      const row = wireRepository(call, repository);
      yield withLinks ? { ...row, _links: linksOf(call, repository) } : row;
    }
  });
}

/** By id anywhere; by name in a project alone. */
function oneRepository(call: Call): Reply {
  const asked = call.param("repositoryId");
  const id = canonicalGuid(asked);
  const named = (each: Repository) => each.name.toLowerCase() === asked.toLowerCase();
  const inProject = call.param("projectId") !== "";
  const found = within(call).find((each) => (id === undefined ? inProject && named(each) : each.id === id));
  if (!found) {
    const message = `TF401019: The Git repository with name or identifier ${asked} does not exist or you do not have permissions for the operation you are attempting.`;
    throw new Refusal(404, "GitRepositoryNotFoundException", message);
  }
  const parent = found.parent === undefined ? undefined : call.state.repositories[found.parent];
  return ok({
    ...wireRepository(call, found),
    ...(parent ? { parentRepository: reference(call, parent) } : {}),
    _links: linksOf(call, found),
  });
}

function get(path: string, handle: Route["handle"]): Route {
  return { method: "GET", path, location: codeLocations.repositories, scopes: codeScopes, handle };
}

/** Git repositories of the organization and of one project (facts 3.6). */
export const repositoryRoutes: readonly Route[] = [
  get("_apis/git/repositories", repositories),
  get("_apis/git/repositories/{repositoryId}", oneRepository),
  get("{projectId}/_apis/git/repositories", repositories),
  get("{projectId}/_apis/git/repositories/{repositoryId}", oneRepository),
];
