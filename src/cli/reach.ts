import type { Grant } from "../../gen/c1/connector/v2/grant_pb.js";

/** A group and how many people are in it, directly and through groups in groups. */
export interface Reach {
  readonly id: string;
  readonly people: number;
}

/** Membership as a graph: who is in which group or team. */
export interface ReachCounter {
  add(grant: Grant): void;
  /** The groups that reach most people, largest first. */
  largest(count: number): readonly Reach[];
  /** Whoever is in a group or team, `type:id`, directly or not, and is neither. */
  within(id: string): ReadonlySet<string>;
}

export function createReachCounter(): ReachCounter {
  const members = new Map<string, { readonly single: string[]; readonly groups: string[] }>();
  return {
    add({ entitlement, principal }) {
      const container = entitlement?.resource?.id;
      const member = principal?.id;
      if (!container || !member || entitlement.slug !== "member") return;
      const key = `${container.resourceType}:${container.resource}`;
      const lists = members.get(key) ?? { single: [], groups: [] };
      members.set(key, lists);
      const id = `${member.resourceType}:${member.resource}`;
      if (member.resourceType === "group" || member.resourceType === "team") lists.groups.push(id);
      else lists.single.push(id);
    },
    largest(count) {
      const isUser = (id: string) => id.startsWith("user:");
      const reaches = [...members.keys()].map((id) => ({ id, people: [...within(id)].filter(isUser).length }));
      return reaches.sort((a, b) => b.people - a.people || (a.id < b.id ? -1 : 1)).slice(0, count);
    },
    within,
  };

  /** Groups can contain each other in circles, so each is entered once. */
  function within(root: string): Set<string> {
    const found = new Set<string>();
    const seen = new Set([root]);
    for (const waiting = [root]; waiting.length > 0; ) {
      const lists = members.get(waiting.pop() ?? "");
      for (const id of lists?.single ?? []) found.add(id);
      for (const group of lists?.groups ?? []) {
        if (seen.has(group)) continue;
        seen.add(group);
        waiting.push(group);
      }
    }
    return found;
  }
}
