import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt } from "../../src/emulator/index.ts";
import { roleScopes } from "../../src/emulator/role-scopes.ts";
import type { Exchange } from "./exchanges.ts";

function inProject(emulator: Emulator, index: number) {
  const { roleObjects } = emulator.state;
  const here = (each: { readonly project: number }) => each.project === index;
  const queue = roleObjects.queues.find(here);
  const environment = roleObjects.environments.find(here);
  const group = roleObjects.variableGroups.find(({ uses }) => uses.some(here));
  const endpoint = roleObjects.endpoints.find(({ uses }) => uses.some(here));
  if (!queue || !environment || !group || !endpoint) throw new Error("the seed lacks a sample");
  return { queue, environment, group, endpoint };
}

/** Of a feed of the organization, and of one of a project. */
export function feedExchanges(emulator: Emulator): readonly Exchange[] {
  const { feeds } = emulator.state.feeds;
  const document = "{project}/_apis/packaging/feeds";
  const samples = [
    feeds.find(({ project }) => project === undefined),
    feeds.find(({ project }) => project !== undefined),
  ];
  return [
    {
      area: "artifacts",
      method: "GET",
      path: "packaging/globalpermissions",
      query: { includeIds: "true" },
      version: "7.1",
    },
    ...samples.flatMap((feed) => {
      if (!feed) throw new Error("the seed lacks a feed");
      const prefix = feed.project === undefined ? "" : "{project}/";
      const project = feed.project === undefined ? "" : projectAt(emulator.state, feed.project).id;
      const get = (end: string, query: Readonly<Record<string, string>> = {}, path = document): Exchange => ({
        area: "artifacts",
        method: "GET",
        path: `${path}${end}`,
        served: `${prefix}_apis/packaging/feeds${end}`,
        params: { project, feedId: feed.id, viewId: feed.views[1]?.id ?? "" },
        query,
        version: "7.1",
      });
      const below = "{project}/_apis/packaging/Feeds";
      return [
        get("", { includeDeletedUpstreams: "true", feedRole: "reader" }),
        get("", { includeUrls: "false" }),
        get("/{feedId}"),
        get("/{feedId}/permissions", { includeIds: "true" }, below),
        get("/{feedId}/permissions", { excludeInheritedPermissions: "true" }, below),
        get("/{feedId}/views", {}, below),
        get("/{feedId}/views/{viewId}", {}, below),
      ];
    }),
  ];
}

/** One request of each kind to every documented route of what roles govern. */
export function roleExchanges(emulator: Emulator): readonly Exchange[] {
  const project = projectAt(emulator.state, 0);
  const { endpoint, environment, group, queue } = inProject(emulator, 0);
  const get = (area: Exchange["area"], path: string, more: Partial<Exchange> = {}): Exchange => {
    return { area, method: "GET", path, version: "7.1", ...more, params: { project: project.id, ...more.params } };
  };
  const tasks = "{project}/_apis/distributedtask";
  const connections = "{project}/_apis/serviceendpoint/endpoints";
  return [
    get("distributedTask", "distributedtask/pools"),
    get("distributedTask", "distributedtask/pools", { query: { poolType: "deployment" } }),
    get("distributedTask", "distributedtask/pools/{poolId}", { params: { poolId: "2" } }),
    get("distributedTask", `${tasks}/queues`),
    get("distributedTask", `${tasks}/queues`, { query: { queueIds: `${queue.id}` } }),
    get("distributedTask", `${tasks}/queues/{queueId}`, { params: { queueId: `${queue.id}` } }),
    get("distributedTask", `${tasks}/environments`, { query: { $top: "1" } }),
    get("distributedTask", `${tasks}/environments/{environmentId}`, {
      params: { environmentId: `${environment.id}` },
      query: { expands: "resourceReferences" },
    }),
    get("distributedTask", `${tasks}/variablegroups`, { query: { $top: "2", queryOrder: "idAscending" } }),
    get("distributedTask", `${tasks}/variablegroups`, { query: { groupIds: `${group.id}` } }),
    get("distributedTask", `${tasks}/variablegroups/{groupId}`, { params: { groupId: `${group.id}` } }),
    get("serviceEndpoint", connections, { query: { includeFailed: "true", includeDetails: "true" } }),
    get("serviceEndpoint", `${connections}/{endpointId}`, { params: { endpointId: endpoint.id } }),
    ...roleScopes.map(({ id }) =>
      get("securityRoles", "securityroles/scopes/{scopeId}/roledefinitions", {
        params: { scopeId: id },
        version: "7.1-preview.1",
      }),
    ),
    ...[
      ["distributedtask.agentpoolrole", "1"],
      ["distributedtask.globalagentpoolrole", "0"],
      ["distributedtask.agentqueuerole", `${project.id}_${queue.id}`],
      ["distributedtask.environmentreferencerole", `${project.id}_${environment.id}`],
      ["distributedtask.serviceendpointrole", `${project.id}_${endpoint.id}`],
      ["distributedtask.project.serviceendpointrole", project.id],
      ["distributedtask.collection.serviceendpointrole", `collection_${endpoint.id}`],
      ["distributedtask.library", `${project.id}$0`],
      ["distributedtask.variablegroup", `${project.id}$${group.id}`],
      ["ems.manage.ui", "ems-ui"],
    ].map(([scopeId = "", resourceId = ""]) =>
      get("securityRoles", "securityroles/scopes/{scopeId}/roleassignments/resources/{resourceId}", {
        params: { scopeId, resourceId },
        version: "7.1-preview.1",
      }),
    ),
  ];
}
