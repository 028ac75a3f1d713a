import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import type { GraphApi } from "../../azure-devops/graph.ts";
import type { Call } from "../../call.ts";
import { mapFew } from "../readings/few.ts";

/** The groups that a subject is in, nested or not, each with the group by which it was reached first; itself is in it. */
export type Chain = ReadonlyMap<string, string | undefined>;

/** Asks group by group upwards: a group is in few, and this is true now. */
export async function containersOf(graph: GraphApi, descriptor: string, call: Call): Promise<Chain> {
  return closure(descriptor, async (each) => (await graph.listContainers(each, call)) ?? []);
}

/** Everything that is reached from `start`, level by level, and from where. */
export async function closure(start: string, next: (descriptor: string) => Promise<readonly string[]>): Promise<Chain> {
  const found = new Map<string, string | undefined>([[start, undefined]]);
  let level: readonly string[] = [start];
  while (level.length > 0) {
    const reached = await mapFew(level, next);
    const fresh: string[] = [];
    for (const [index, from] of level.entries()) {
      for (const to of (reached[index] ?? []).map(canonicalDescriptor)) {
        if (found.has(to)) continue;
        found.set(to, from);
        fresh.push(to);
      }
    }
    level = fresh;
  }
  return found;
}

/** From the subject, itself left out, to `target`: the groups on the way, the nearest first. */
export function pathTo(chain: Chain, target: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = target; at !== undefined && chain.get(at) !== undefined; at = chain.get(at)) {
    path.unshift(at);
  }
  return path;
}
