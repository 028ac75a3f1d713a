import {
  distributedTaskNamespace,
  endpointNamespace,
  environmentNamespace,
  libraryNamespace,
} from "./namespace-ids.ts";
import type { RoleDefinition } from "./role-definitions.ts";
import {
  agentCloudRoles,
  endpointHubRoles,
  endpointRoles,
  environmentHubRoles,
  environmentRoles,
  extensionRoles,
  libraryHubRoles,
  libraryRoles,
  machineGroupRoles,
  poolHubRoles,
  poolRoles,
  queueHubRoles,
  queueRoles,
} from "./role-definitions.ts";
import type { RoleTokens } from "./role-tokens.ts";

/** A token, and that of all of its kind, whose roles it inherits. */
export interface RoleTarget {
  readonly token: string;
  readonly hub?: string;
}

/** What a scope of roles is about: its roles, and the list that a resource's assignments stand in (facts 5.2). */
export interface RoleScope {
  readonly id: string;
  readonly roles: readonly RoleDefinition[];
  /** Roles of all of the kind, which their assignments are read by. */
  readonly hubRoles: readonly RoleDefinition[];
  /** The namespace behind it; none has lists here when it is left out. */
  readonly namespace?: string;
  /** Where the assignments of a resource stand; undefined when the id is not of the scope's form. */
  readonly target: (tokens: RoleTokens, resource: string) => RoleTarget | undefined;
}

type Target = RoleScope["target"];

const project = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/** Takes ids apart by a pattern, whose groups are the parts. */
function parts(pattern: string, make: (tokens: RoleTokens, first: string, second: string) => RoleTarget): Target {
  const form = new RegExp(`^${pattern}$`);
  return (tokens, resource) => {
    const [all, first = "", second = ""] = form.exec(resource) ?? [];
    return all === undefined ? undefined : make(tokens, first.toLowerCase(), second.toLowerCase());
  };
}

const ofProject = (make: (tokens: RoleTokens, project: string) => string) =>
  parts(`(${project})`, (tokens, id) => ({ token: make(tokens, id) }));

const nothing: Target = (_, resource) => ({ token: resource });

function scope(
  id: string,
  namespace: string | undefined,
  [roles, hubRoles]: readonly [readonly RoleDefinition[], readonly RoleDefinition[]],
  target: Target,
): RoleScope {
  return {
    id: id === "ems.manage.ui" ? id : `distributedtask.${id}`,
    roles,
    hubRoles,
    target,
    ...(namespace ? { namespace } : {}),
  };
}

const pool = parts("(\\d+)", (tokens, id) => ({ token: tokens.pool(id), hub: tokens.pools() }));
const allPools = parts("0", (tokens) => ({ token: tokens.pools() }));
const queue = parts(`(${project})_(\\d+)`, (t, id, key) => ({ token: t.queue(id, key), hub: t.queues(id) }));
const machineGroup = parts(`(${project})_(\\d+)`, (t, id, key) => ({
  token: t.machineGroup(id, key),
  hub: t.machineGroups(id),
}));
const environment = parts(`(${project})_(\\d+)`, (t, id, key) => ({
  token: t.environment(id, key),
  hub: t.environments(id),
}));
const endpoint = parts(`(${project})_(${project})`, (t, id, key) => ({
  token: t.endpoint(id, key),
  hub: t.endpoints(id),
}));
const variableGroup = parts(`(${project})\\$(\\d+)`, (t, id, key) => ({
  token: t.variableGroup(id, key),
  hub: t.library(id),
}));
const secureFile = parts(`(${project})\\$(${project})`, (t, id, key) => ({
  token: t.secureFile(id, key),
  hub: t.library(id),
}));
const allEndpoints = ofProject((tokens, id) => tokens.endpoints(id));

const forPools = [poolRoles, poolHubRoles] as const;
const forAllPools = [poolHubRoles, poolHubRoles] as const;
const forMachineGroups = [machineGroupRoles, machineGroupRoles] as const;
const forClouds = [agentCloudRoles, agentCloudRoles] as const;
const tasks = distributedTaskNamespace;

/** Every scope that the facts name; no call lists them (facts 5.1, 5.2). */
export const roleScopes: readonly RoleScope[] = [
  scope("agentpoolrole", tasks, forPools, pool),
  scope("globalagentpoolrole", tasks, forAllPools, allPools),
  scope("deploymentpoolrole", tasks, forPools, pool),
  scope("globaldeploymentpoolrole", tasks, forAllPools, allPools),
  scope("agentqueuerole", tasks, [queueRoles, queueHubRoles], queue),
  scope(
    "globalagentqueuerole",
    tasks,
    [queueHubRoles, queueHubRoles],
    ofProject((tokens, id) => tokens.queues(id)),
  ),
  scope("machinegrouprole", tasks, forMachineGroups, machineGroup),
  scope(
    "globalmachinegrouprole",
    tasks,
    forMachineGroups,
    ofProject((tokens, id) => tokens.machineGroups(id)),
  ),
  scope("environmentreferencerole", environmentNamespace, [environmentRoles, environmentHubRoles], environment),
  scope(
    "globalenvironmentreferencerole",
    environmentNamespace,
    [environmentHubRoles, environmentHubRoles],
    ofProject((tokens, id) => tokens.environments(id)),
  ),
  scope("serviceendpointrole", endpointNamespace, [endpointRoles, endpointHubRoles], endpoint),
  // The same id with a connection's behind it is the connection as that project sees it (facts 5.2).
  scope(
    "project.serviceendpointrole",
    endpointNamespace,
    [endpointHubRoles, endpointHubRoles],
    (tokens, resource) => allEndpoints(tokens, resource) ?? endpoint(tokens, resource),
  ),
  scope(
    "collection.serviceendpointrole",
    endpointNamespace,
    [endpointRoles, endpointRoles],
    parts(`collection_(${project})`, (tokens, id) => ({ token: tokens.collectionEndpoint(id) })),
  ),
  scope(
    "library",
    libraryNamespace,
    [libraryHubRoles, libraryHubRoles],
    parts(`(${project})\\$0`, (tokens, id) => ({ token: tokens.library(id) })),
  ),
  scope("variablegroup", libraryNamespace, [libraryRoles, libraryHubRoles], variableGroup),
  scope("securefile", libraryNamespace, [libraryRoles, libraryHubRoles], secureFile),
  scope("agentcloudrole", undefined, forClouds, nothing),
  scope("globalagentcloudrole", undefined, forClouds, nothing),
  scope("ems.manage.ui", undefined, [extensionRoles, extensionRoles], nothing),
];
