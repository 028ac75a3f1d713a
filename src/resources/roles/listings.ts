import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { parseDate } from "../../azure-devops/descriptors.ts";
import type { AgentPool, AgentQueue } from "../../azure-devops/distributed-task-schemas.ts";
import type { Page } from "../../azure-devops/graph.ts";
import type { IdentityReference } from "../../azure-devops/references.ts";
import type { Call } from "../../call.ts";
import type { Resource } from "../../connector/model.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import { createChain } from "../readings/chain.ts";

/** Something that pipelines use, as the listing of its kind tells it. */
export interface RoleObject extends Pick<Resource, "description" | "createdAt"> {
  /** `<project>_<id>`, or the id alone for what the organization has. */
  readonly id: string;
  readonly name: string;
  readonly projectId?: string;
  readonly profile: NonNullable<Resource["profile"]>;
}

/** The listings of a kind: of the organization, where it has any, and of one project. */
export interface RoleListing {
  ofOrganization?(call: Call): Promise<readonly RoleObject[]>;
  ofProject(projectId: string, call: Call): Promise<readonly RoleObject[]>;
}

export function createRoleListings({
  distributedTask,
  serviceEndpoints,
}: AzureDevOpsClient): Readonly<Record<RoleObjectType, RoleListing>> {
  return {
    "agent-pool": {
      ofOrganization: async (call) => (await distributedTask.listPools(call)).map(poolObject),
      async ofProject(projectId, call) {
        return (await distributedTask.listQueues(projectId, call)).map((queue) => queueObject(projectId, queue));
      },
    },
    environment: {
      async ofProject(projectId, call) {
        const load = (cursor: string, own: Call) => distributedTask.listEnvironments(projectId, cursor, own);
        const environments = await allPages(load, "GET pipelines/environments", call);
        return environments.map(({ id, name, description, createdOn, createdBy, lastModifiedOn }) => ({
          ...inProject(projectId, id, name),
          description: description || undefined,
          createdAt: parseDate(createdOn),
          profile: { ...madeBy(createdBy), last_modified: parseDate(lastModifiedOn)?.toISOString() },
        }));
      },
    },
    "service-connection": {
      async ofProject(projectId, call) {
        const endpoints = await serviceEndpoints.list(projectId, call);
        return endpoints.map(({ id, name, description, createdBy, ...endpoint }) => ({
          ...inProject(projectId, id, name),
          description: description || undefined,
          profile: {
            type: endpoint.type,
            scheme: endpoint.scheme,
            url: endpoint.url,
            shared: endpoint.isShared || endpoint.projects.length > 1,
            shared_with: othersOf(projectId, endpoint.projects),
            owner: endpoint.owner,
            ready: endpoint.isReady,
            ...madeBy(createdBy),
          },
        }));
      },
    },
    "variable-group": {
      async ofProject(projectId, call) {
        const load = (cursor: string, own: Call) => distributedTask.listVariableGroups(projectId, cursor, own);
        const groups = await allPages(load, "GET distributedtask/variablegroups", call);
        return groups.map(({ id, name, description, createdOn, createdBy, ...group }) => ({
          ...inProject(projectId, id, name),
          description: description || undefined,
          createdAt: parseDate(createdOn),
          profile: {
            type: group.type,
            shared: group.isShared || group.projects.length > 1,
            shared_with: othersOf(projectId, group.projects),
            variables: group.variableCount,
            ...madeBy(createdBy),
          },
        }));
      },
    },
    "secure-file": {
      async ofProject(projectId, call) {
        const files = await distributedTask.listSecureFiles(projectId, call);
        return files.map(({ id, name, createdOn, createdBy }) => ({
          ...inProject(projectId, id, name),
          createdAt: parseDate(createdOn),
          profile: madeBy(createdBy),
        }));
      },
    },
  };
}

/** The pool with an id, asked for alone. */
export async function findPool(
  { distributedTask }: AzureDevOpsClient,
  id: string,
  call: Call,
): Promise<RoleObject | undefined> {
  const pool = /^\d{1,9}$/.test(id) ? await distributedTask.getPool(Number(id), call) : undefined;
  return pool && poolObject(pool);
}

function poolObject(pool: AgentPool): RoleObject {
  const { isHosted, poolType, size, createdBy } = pool;
  return {
    id: String(pool.id),
    name: pool.name,
    createdAt: parseDate(pool.createdOn),
    profile: {
      kind: "pool",
      hosted: isHosted,
      self_hosted: !isHosted,
      size,
      pool_type: poolType,
      auto_provision: pool.autoProvision,
      owner: pool.owner?.displayName,
      ...madeBy(createdBy),
    },
  };
}

/** A project's way to a pool, whose id is another one than the pool's. */
function queueObject(projectId: string, { id, name, pool }: AgentQueue): RoleObject {
  return {
    ...inProject(projectId, id, name),
    profile: {
      kind: "queue",
      hosted: pool?.isHosted,
      self_hosted: pool ? !pool.isHosted : undefined,
      pool_type: pool?.poolType,
      pool: pool?.name,
      pool_id: pool?.id,
    },
  };
}

function inProject(projectId: string, id: string | number, name: string) {
  return { id: `${projectId}_${id}`, name, projectId };
}

function madeBy(identity: IdentityReference | null | undefined) {
  return { created_by: identity?.displayName, created_by_id: identity?.descriptor };
}

function othersOf(projectId: string, projects: readonly { readonly id: string }[]): string {
  return projects
    .map(({ id }) => id)
    .filter((id) => id !== projectId)
    .sort()
    .join(" ");
}

async function allPages<T extends { readonly id: number }>(
  load: (cursor: string, call: Call) => Promise<Page<T>>,
  route: string,
  call: Call,
): Promise<T[]> {
  const chain = createChain(load, { route, keyOf: ({ id }) => String(id) });
  const items: T[] = [];
  for await (const page of chain.pages(call)) items.push(...page.items);
  return items;
}
