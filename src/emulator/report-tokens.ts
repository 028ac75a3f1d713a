import type { Lookup } from "./lookup.ts";
import { namespaceIds } from "./namespace-ids.ts";
import type { ReportResource } from "./reports.ts";
import type { OrganizationState, Project, Repository } from "./state.ts";

/** The namespace and token that a resource of a report stands for. */
export interface ReportToken {
  readonly namespaceId: string;
  readonly token: string;
}

interface Organization {
  readonly state: OrganizationState;
  readonly lookup: Lookup;
}

const git = (token: string): ReportToken => ({ namespaceId: namespaceIds.git, token });

function repositoryAt({ lookup, state }: Organization, path: readonly string[]): Repository | undefined {
  const [first = "", second] = path;
  if (second === undefined) return state.repositories.find(({ id }) => id === first.toLowerCase());
  const project = lookup.project(first);
  if (!project) return undefined;
  const wanted = second.toLowerCase();
  return lookup.repositoriesOf(project).find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
}

function repositoryToken({ state }: Organization, { id, project }: Repository): string {
  return `repoV2/${state.projects[project]?.id}/${id}`;
}

function utf16Hex(segment: string): string {
  return Buffer.from(segment, "utf16le").toString("hex");
}

/** `RepoGuid/Refs/head/master`, `ProjectName/RepoName/Refs/head/master` or `ProjectGuid/RepoGuid/Refs/tags` (SPEC). */
function refToken(organization: Organization, resourceId: string): ReportToken | undefined {
  const [, path = "", kind = "", name = ""] = /^(.+?)\/refs\/(head|tag)s?(?:\/(.*))?$/i.exec(resourceId) ?? [];
  const repository = repositoryAt(organization, path.split("/"));
  if (!repository) return undefined;
  const root = `${repositoryToken(organization, repository)}/refs/${kind.toLowerCase()}s`;
  return git([root, ...name.split("/").filter(Boolean).map(utf16Hex)].join("/"));
}

function inProject({ lookup }: Organization, id: string, token: (project: Project) => ReportToken) {
  const project = lookup.project(id);
  return project && token(project);
}

/** What a resource stands for; undefined when there is no such thing (SPEC `ResourceType`). */
export function reportToken(organization: Organization, resource: ReportResource): ReportToken | undefined {
  const { resourceId, resourceType } = resource;
  const [first = "", ...rest] = resourceId.split("/");
  switch (resourceType.toLowerCase()) {
    case "repo": {
      const repository = repositoryAt(organization, resourceId.split("/"));
      return repository && git(repositoryToken(organization, repository));
    }
    case "ref":
      return refToken(organization, resourceId);
    case "projectgit":
      return inProject(organization, resourceId, ({ id }) => git(`repoV2/${id}`));
    case "release":
      return inProject(organization, first, ({ id }) => {
        return { namespaceId: namespaceIds.release, token: [id, ...rest].join("/") };
      });
    case "tfvc":
      return { namespaceId: namespaceIds.versionControl, token: resourceId };
    default:
      return undefined;
  }
}
