import type { z } from "zod";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import {
  type AgentPool,
  type AgentQueue,
  agentPool,
  agentQueue,
  type Environment,
  environment,
  type SecureFile,
  secureFile,
  type VariableGroup,
  variableGroup,
} from "./distributed-task-schemas.ts";
import type { Page } from "./graph.ts";
import { type AnyOperation, continuationOf } from "./operations.ts";
import { listOf } from "./schemas.ts";

/** What pipelines run on and with: agent pools and queues, environments, and the library. */
export interface DistributedTaskApi {
  /** All pools of the organization (no paging). */
  listPools(call: Call): Promise<readonly AgentPool[]>;
  /** Undefined when there is no such pool. */
  getPool(id: number, call: Call): Promise<AgentPool | undefined>;
  /** The pools that a project uses (no paging). */
  listQueues(projectId: string, call: Call): Promise<readonly AgentQueue[]>;
  listEnvironments(projectId: string, cursor: string, call: Call): Promise<Page<Environment>>;
  /** Those that a project uses, shared ones among them; of the variables only how many there are. */
  listVariableGroups(projectId: string, cursor: string, call: Call): Promise<Page<VariableGroup>>;
  /** Names, and nothing of what is in the files (no paging). */
  listSecureFiles(projectId: string, call: Call): Promise<readonly SecureFile[]>;
}

const task = { area: "distributed-task", method: "GET", version: "7.1" } as const;
const pools = { ...task, scope: "Agent Pools (Read)" } as const;
/** Asked for; upstream may give fewer. */
const pageSize = 500;
/** Variable groups come with their values. */
const maxGroupBytes = 64 * 1024 * 1024;

export function createDistributedTaskApi(connection: Connection): DistributedTaskApi {
  async function list<T>(operation: AnyOperation, row: z.ZodType<T>, call: Call): Promise<readonly T[]> {
    const schema: z.ZodType<{ value: T[] }> = listOf(row);
    return (await connection.send({ ...operation, schema }, call)).value.value;
  }

  async function page<T>(operation: AnyOperation, row: z.ZodType<T>, cursor: string, call: Call): Promise<Page<T>> {
    const schema: z.ZodType<{ value: T[] }> = listOf(row);
    const query = { $top: pageSize, continuationToken: cursor || undefined };
    const answer = await connection.send({ ...operation, query, schema }, call);
    return { items: answer.value.value, next: continuationOf(answer) };
  }

  return {
    listPools: (call) =>
      list({ ...pools, path: "distributedtask/pools", template: "distributedtask/pools" }, agentPool, call),
    async getPool(id, call) {
      const path = `distributedtask/pools/${encodeURIComponent(id)}`;
      try {
        const operation = { ...pools, path, template: "distributedtask/pools/{pool}", schema: agentPool };
        return (await connection.send(operation, call)).value;
      } catch (error) {
        if (isConnectorError(error, "not-found")) return undefined;
        throw error;
      }
    },
    listQueues: (project, call) =>
      list({ ...pools, project, ...inProject("distributedtask/queues") }, agentQueue, call),
    listEnvironments: (project, cursor, call) =>
      page(
        {
          ...task,
          scope: "Environment (Read & manage)",
          project,
          ...inProject("distributedtask/environments"),
        },
        environment,
        cursor,
        call,
      ),
    listVariableGroups: (project, cursor, call) =>
      page(
        {
          ...task,
          scope: "Variable Groups (Read)",
          project,
          ...inProject("distributedtask/variablegroups"),
          maxBytes: maxGroupBytes,
        },
        variableGroup,
        cursor,
        call,
      ),
    listSecureFiles: (project, call) =>
      list(
        {
          ...task,
          version: "7.1-preview.1",
          scope: "Secure Files (Read)",
          project,
          ...inProject("distributedtask/securefiles"),
        },
        secureFile,
        call,
      ),
  };
}

const inProject = (path: string) => ({ path, template: `{project}/${path}` });
