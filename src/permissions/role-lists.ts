import { type RoleNamespace, roleNamespaces } from "./role-namespaces.ts";
import { scopes } from "./role-scopes.ts";
import type { RoleScope } from "./roles.ts";

/** The list that the roles on something stand in. */
export interface RoleList {
  readonly namespace: RoleNamespace;
  /** Its token: the singular and the plural where only one was seen and none is documented (facts 4.2). */
  readonly tokens: readonly string[];
}

/** By the ids of the project and of the object; of all of a kind, of the project or nothing. */
type Tokens = (projectId: string, id: string) => readonly string[];

interface Row {
  /** Of the namespace. */
  readonly slug: string;
  readonly tokens: Tokens;
}

type Rest = (projectId: string, id: string) => string;

function either(slug: string, singular: string, rest: Rest): Row {
  return { slug, tokens: (...ids) => ["s", ""].map((plural) => `${singular}${plural}${rest(...ids)}`) };
}

const tasks = (singular: string, rest: Rest) => either("distributed-task", singular, rest);
const environments = (rest: Rest) => either("environment", "Environment", rest);
const endpoints = (rest: Rest): Row => ({
  slug: "service-endpoint",
  tokens: (...ids) => [`endpoints/${rest(...ids)}`],
});
const library = (rest: Rest): Row => ({ slug: "library", tokens: (...ids) => [`Library/${rest(...ids)}`] });

const rows: ReadonlyMap<RoleScope, Row> = new Map([
  [scopes.pool, tasks("AgentPool", (_, id) => `/${id}`)],
  [scopes.pools, tasks("AgentPool", () => "")],
  [scopes.queue, tasks("AgentQueue", (projectId, id) => `/${projectId}/${id}`)],
  [scopes.queues, tasks("AgentQueue", (projectId) => `/${projectId}`)],
  [scopes.deploymentGroups, tasks("MachineGroup", (projectId) => `/${projectId}`)],
  [scopes.environment, environments((projectId, id) => `/${projectId}/${id}`)],
  [scopes.environments, environments((projectId) => `/${projectId}`)],
  [scopes.endpoint, endpoints((projectId, id) => `${projectId}/${id}`)],
  [scopes.collectionEndpoint, endpoints((_, id) => `Collection/${id}`)],
  [scopes.endpoints, endpoints((projectId) => projectId)],
  [scopes.variableGroup, library((projectId, id) => `${projectId}/VariableGroup/${id}`)],
  [scopes.secureFile, library((projectId, id) => `${projectId}/SecureFile/${id}`)],
  [scopes.library, library((projectId) => projectId)],
]);

/** Where the roles of a scope stand on the resource with an id: an object, or the project or organization of a hub. */
export function roleListOf(scope: RoleScope, resourceId: string): RoleList {
  const row = rows.get(scope);
  const namespace = roleNamespaces.find(({ slug }) => slug === row?.slug);
  if (!row || !namespace) throw new RangeError(`no list is known of the scope ${scope.id}`);
  const [projectId = "", id = resourceId] = resourceId.split("_");
  return { namespace, tokens: row.tokens(projectId, id) };
}
