import { continuation, keysetPage } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { AgentPool, AgentQueue, Environment } from "../role-objects.ts";
import type { Call, Route } from "../router.ts";
import { projectAt, subjectAt } from "../state.ts";
import { wireDate } from "../wire/dates.ts";
import { identityReference, projectReference } from "../wire/references.ts";
import { projectOf } from "./core.ts";
import { inAnyOrder, numberParam, numbers } from "./listings.ts";

/** Any of these reads pools and queues, and environments (facts 9.2). */
const poolScopes = ["vso.agentpools", "vso.agentpools_manage"];
const environmentScopes = ["vso.environment_manage"];

function poolReference(pool: AgentPool) {
  const { id, isHosted, isLegacy, name, poolType, scope, size } = pool;
  return { id, scope, name, isHosted, poolType, size, isLegacy, options: "none" };
}

function wirePool(call: Call, pool: AgentPool): object {
  return {
    createdOn: wireDate(pool.created, call.beliefs.dates, pool.id),
    autoProvision: pool.id <= 3,
    autoUpdate: true,
    autoSize: true,
    targetSize: null,
    agentCloudId: pool.isHosted ? 1 : null,
    createdBy: identityReference(call, subjectAt(call.state, pool.createdBy)),
    owner: identityReference(call, subjectAt(call.state, pool.owner)),
    ...poolReference(pool),
  };
}

function poolNamed(call: Call, name: string): AgentPool | undefined {
  return call.state.roleObjects.pools.find((pool) => pool.id === Number(name));
}

/** All pools in one body; without a type those for jobs and those for deployments alike (facts 3.6). */
function pools(call: Call): Reply {
  const type = call.query.get("pooltype")?.toLowerCase();
  if (type !== undefined && !["automation", "deployment"].includes(type))
    throw badArgument(`"${type}" is no type of a pool.`);
  const name = call.query.get("poolname")?.toLowerCase();
  const ids = numbers(call, "poolIds");
  const found = call.state.roleObjects.pools.filter(
    (pool) =>
      (type === undefined || pool.poolType === type) &&
      (name === undefined || pool.name.toLowerCase() === name) &&
      (ids === undefined || ids.has(pool.id)),
  );
  return okList(inAnyOrder(call, found).map((pool) => wirePool(call, pool)));
}

function onePool(call: Call): Reply {
  const asked = numberParam(call, "poolId");
  const pool = call.state.roleObjects.pools.find((each) => each.id === asked);
  if (pool) return ok(wirePool(call, pool));
  const message = `TF400898: No agent pool found with identifier ${asked}.`;
  throw new Refusal(404, "TaskAgentPoolNotFoundException", message);
}

function wireQueue(call: Call, queue: AgentQueue): object {
  const pool = poolNamed(call, String(queue.pool));
  return {
    id: queue.id,
    projectId: projectAt(call.state, queue.project).id,
    name: queue.name,
    ...(pool ? { pool: poolReference(pool) } : {}),
  };
}

/** Queues of a project, in one body (facts 3.6). */
function queues(call: Call): Reply {
  const project = projectOf(call, "project");
  const ids = numbers(call, "queueIds");
  const poolIds = numbers(call, "poolIds");
  const names = (call.query.get("queuenames") ?? call.query.get("queuename"))?.toLowerCase().split(",");
  const found = call.state.roleObjects.queues.filter(
    (queue) =>
      queue.project === project.index &&
      (ids === undefined || ids.has(queue.id)) &&
      (poolIds === undefined || poolIds.has(queue.pool)) &&
      (names === undefined || names.includes(queue.name.toLowerCase())),
  );
  return okList(inAnyOrder(call, found).map((queue) => wireQueue(call, queue)));
}

function oneQueue(call: Call): Reply {
  const project = projectOf(call, "project");
  const asked = numberParam(call, "queueId");
  const queue = call.state.roleObjects.queues.find((each) => each.id === asked && each.project === project.index);
  if (queue) return ok(wireQueue(call, queue));
  const message = `VS800075: No agent queue found with identifier ${asked} in the project ${project.name}.`;
  throw new Refusal(404, "TaskAgentQueueNotFoundException", message);
}

function wireEnvironment(call: Call, environment: Environment, expanded: boolean): object {
  const { dates } = call.beliefs;
  const person = (index: number) => identityReference(call, subjectAt(call.state, index));
  return {
    id: environment.id,
    name: environment.name,
    description: environment.description,
    createdBy: person(environment.createdBy),
    createdOn: wireDate(environment.created, dates, environment.id),
    lastModifiedBy: person(environment.modifiedBy),
    lastModifiedOn: wireDate(environment.modified, dates, environment.id + 1),
    ...(expanded ? { resources: environment.resources.map((resource) => ({ ...resource, tags: [] })) } : {}),
    project: projectReference(projectAt(call.state, environment.project)),
  };
}

function environmentsOf(call: Call): readonly Environment[] {
  const project = projectOf(call, "project");
  return call.state.roleObjects.environments.filter((environment) => environment.project === project.index);
}

/** Base64 of a name: a header carries no other script, and `+`, `/` and `=` do not survive a query unencoded. */
const writeToken = (name: string) => Buffer.from(name, "utf8").toString("base64");

function readToken(call: Call): string | undefined {
  const token = call.query.get("continuationtoken");
  if (token === undefined || token === "") return undefined;
  const name = Buffer.from(token, "base64").toString("utf8");
  if (writeToken(name) === token) return name;
  throw badArgument("The continuation token is not valid.");
}

/** By name, from the name on that the token stands for (facts 3.6). */
function environments(call: Call): Reply {
  const wanted = call.query.get("name")?.toLowerCase();
  const found = environmentsOf(call).filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted));
  const keyset = { keyOf: ({ name }: Environment) => name, descending: false, after: readToken(call) };
  const { rows, token } = keysetPage(call, found, keyset);
  return okList(
    rows.map((environment) => wireEnvironment(call, environment, false)),
    continuation(token === undefined ? undefined : writeToken(token)),
  );
}

function oneEnvironment(call: Call): Reply {
  const asked = numberParam(call, "environmentId");
  const environment = environmentsOf(call).find((each) => each.id === asked);
  const expanded = call.query.get("expands")?.toLowerCase() === "resourcereferences";
  if (environment) return ok(wireEnvironment(call, environment, expanded));
  throw new Refusal(404, "EnvironmentNotFoundException", `Environment with ID ${asked} does not exist.`);
}

function get(path: string, location: Route["location"], scopes: Route["scopes"], handle: Route["handle"]): Route {
  return { method: "GET", path, location, scopes, handle };
}

const inProject = "{project}/_apis/distributedtask";

/** Agent pools, the projects' queues for them, and environments (facts 3.6). */
export const agentRoutes: readonly Route[] = [
  get("_apis/distributedtask/pools", locations.pools, poolScopes, pools),
  get("_apis/distributedtask/pools/{poolId}", locations.pools, poolScopes, onePool),
  get(`${inProject}/queues`, locations.queues, poolScopes, queues),
  get(`${inProject}/queues/{queueId}`, locations.queues, poolScopes, oneQueue),
  get(`${inProject}/environments`, locations.environments, environmentScopes, environments),
  get(`${inProject}/environments/{environmentId}`, locations.environments, environmentScopes, oneEnvironment),
];
