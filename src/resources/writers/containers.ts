import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import {
  canonicalDescriptor,
  isDescriptor,
  isEntraGroup,
  kindOf,
  subjectOfIdentity,
} from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { isConnectorError } from "../../errors.ts";
import { mapFew } from "../readings/few.ts";

/** The groups that a subject is in, nested or not, each with the group by which it was reached first; itself is in it. */
export type Chain = ReadonlyMap<string, string | undefined>;

/** Asks group by group upwards: a group is in few, and this is true now. */
export async function containersOf(
  { client }: { readonly client: Pick<AzureDevOpsClient, "graph" | "identities"> },
  descriptor: string,
  call: Call,
): Promise<Chain> {
  const { graph } = client;
  if (!isDescriptor(descriptor)) return new Map([[descriptor, undefined]]);
  return closure(descriptor, async (each) => {
    const [known, entra] = await Promise.all([
      graph.listContainers(each, call),
      kindOf(each) === "group" ? [] : entraGroupsOf(client, each, call),
    ]);
    return [...(known ?? []), ...entra];
  });
}

/** Groups of Entra that somebody is in: the identity service alone tells of them, where it can be read (facts 3.2). */
export async function entraGroupsOf(
  { identities }: Pick<AzureDevOpsClient, "identities">,
  descriptor: string,
  call: Call,
): Promise<readonly string[]> {
  if (!isDescriptor(descriptor)) return [];
  try {
    const known = await identities.listContainers(descriptor, call);
    return known.map((each) => subjectOfIdentity(each) ?? "").filter(isEntraGroup);
  } catch (error) {
    if (isConnectorError(error, "forbidden", "unauthenticated", "wrong-route")) return [];
    throw error;
  }
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
