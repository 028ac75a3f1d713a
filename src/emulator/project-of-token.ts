import { namespaceIds } from "./namespace-ids.ts";
import type { OrganizationState, Project, SecurityNamespace } from "./state.ts";

interface Tables {
  readonly byId: ReadonlyMap<string, Project>;
  readonly byName: ReadonlyMap<string, Project>;
  readonly byRoot: ReadonlyMap<string, Project>;
}

const tables = new WeakMap<OrganizationState, Tables>();

function tablesOf(state: OrganizationState): Tables {
  const known = tables.get(state);
  if (known) return known;
  const roots = state.classification.filter(({ parent }) => parent === undefined);
  const made: Tables = {
    byId: new Map(state.projects.map((project) => [project.id, project])),
    byName: new Map(state.projects.map((project) => [project.name.toLowerCase(), project])),
    byRoot: new Map(
      roots.flatMap(({ id, project }) => state.projects.slice(project, project + 1).map((each) => [id, each] as const)),
    ),
  };
  tables.set(state, made);
  return made;
}

const guids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * The project that a token lies in: most name its id, areas and iterations begin with a root of their own, and version
 * control has the project's name (facts 4.3). Undefined for tokens of the organization.
 */
export function projectOfToken(
  state: OrganizationState,
  namespace: SecurityNamespace,
  token: string,
): Project | undefined {
  const { byId, byName, byRoot } = tablesOf(state);
  if (namespace.id === namespaceIds.versionControl) return byName.get(token.split("/")[1]?.toLowerCase() ?? "");
  for (const [id] of token.toLowerCase().matchAll(guids)) {
    const project = byId.get(id) ?? byRoot.get(id);
    if (project) return project;
  }
  return undefined;
}
