import type { Beliefs } from "./beliefs.ts";

/** Tokens of what roles govern, in the namespaces behind them (facts 4.2). */
export interface RoleTokens {
  readonly endpoints: (project: string) => string;
  readonly endpoint: (project: string, endpoint: string) => string;
  /** The side of a connection that no project owns. */
  readonly collectionEndpoint: (endpoint: string) => string;
  readonly library: (project: string) => string;
  readonly variableGroup: (project: string, group: string | number) => string;
  readonly collectionVariableGroup: (group: string | number) => string;
  readonly secureFile: (project: string, file: string) => string;
  readonly environments: (project: string) => string;
  readonly environment: (project: string, environment: string | number) => string;
  readonly pools: () => string;
  readonly pool: (pool: string | number) => string;
  readonly queues: (project: string) => string;
  readonly queue: (project: string, queue: string | number) => string;
  readonly machineGroups: (project: string) => string;
  readonly machineGroup: (project: string, group: string | number) => string;
}

/** The tokens as a belief has them; those of connections and of the library are the same under any. */
export function createRoleTokens({ roleTokens }: Beliefs): RoleTokens {
  const s = roleTokens === "plural" ? "s" : "";
  return {
    endpoints: (project) => `endpoints/${project}`,
    endpoint: (project, endpoint) => `endpoints/${project}/${endpoint}`,
    collectionEndpoint: (endpoint) => `endpoints/Collection/${endpoint}`,
    library: (project) => `Library/${project}`,
    variableGroup: (project, group) => `Library/${project}/VariableGroup/${group}`,
    collectionVariableGroup: (group) => `Library/Collection/VariableGroup/${group}`,
    secureFile: (project, file) => `Library/${project}/SecureFile/${file}`,
    environments: (project) => `Environment${s}/${project}`,
    environment: (project, environment) => `Environment${s}/${project}/${environment}`,
    pools: () => `AgentPool${s}`,
    pool: (pool) => `AgentPool${s}/${pool}`,
    queues: (project) => `AgentQueue${s}/${project}`,
    queue: (project, queue) => `AgentQueue${s}/${project}/${queue}`,
    machineGroups: (project) => `MachineGroup${s}/${project}`,
    machineGroup: (project, group) => `MachineGroup${s}/${project}/${group}`,
  };
}
