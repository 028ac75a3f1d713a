import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt } from "../../src/emulator/index.ts";
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
  ];
}
