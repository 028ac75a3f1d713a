import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import type { Page } from "../../azure-devops/graph.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { compareText, safeId } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { type ChainPage, createChain } from "./chain.ts";

/** All Graph groups: made by people, default ones, teams' and Entra groups. */
export interface GroupReading {
  page(cursor: string, call: Call): Promise<ChainPage<GraphGroup>>;
  /** By resource id, in ascending order of it. */
  all(call: Call): Promise<ReadonlyMap<string, GraphGroup>>;
  /** Groups by storage key, which for a team's group is the team id. */
  byStorageKey(call: Call): Promise<ReadonlyMap<string, GraphGroup>>;
  readonly started: boolean;
}

export function createGroupReading({ graph }: AzureDevOpsClient, life: SharedOptions): GroupReading {
  let started = false;
  const chain = createChain(
    async (cursor, call): Promise<Page<GraphGroup>> => {
      started = true;
      const page = await graph.listGroups(cursor, call);
      return { ...page, items: page.items.map(canonicalGroup) };
    },
    { route: "GET graph/groups", keyOf: ({ descriptor }) => descriptor, ahead: 2, ...life },
  );

  const all = createShared(async (call) => {
    const groups = new Map<string, GraphGroup>();
    for await (const page of chain.pages(call))
      for (const group of page.items) groups.set(safeId(group.descriptor), group);
    return new Map([...groups].sort(([a], [b]) => compareText(a, b)));
  }, life);

  const byStorageKey = createShared(async (call) => {
    const groups = await all.get(call);
    return new Map(
      [...groups.values()].flatMap((group) => {
        const key = storageKeyOf(group);
        return key === undefined ? [] : [[key, group] as const];
      }),
    );
  }, life);

  return {
    page: (cursor, call) => chain.page(cursor, call),
    all: (call) => all.get(call),
    byStorageKey: (call) => byStorageKey.get(call),
    get started() {
      return started;
    },
  };
}

export function canonicalGroup(group: GraphGroup): GraphGroup {
  return { ...group, descriptor: canonicalDescriptor(group.descriptor) };
}

/** Azure DevOps' own groups carry their storage key as origin id; an Entra group's origin id is its Entra object. */
export function storageKeyOf({ descriptor, originId }: GraphGroup): string | undefined {
  return descriptor.startsWith("vssgp.") && originId ? originId.toLowerCase() : undefined;
}
