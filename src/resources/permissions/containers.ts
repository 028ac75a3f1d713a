import type { Call } from "../../call.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { GroupReading } from "../readings/groups.ts";
import type { MemberRefs } from "../readings/member-refs.ts";

/** Who is in which groups, nested ones included; subjects by id, teams by the id of their group. */
export interface Containers {
  /** The groups that somebody is in, directly or not, and the subject itself. */
  around(subjectId: string): ReadonlySet<string>;
  /** Whoever is in a group, directly or not, and is no group; of somebody who is no group, themselves. */
  people(subjectId: string): ReadonlySet<string>;
  /** A shortest chain of memberships from somebody to a group, both ends included; empty when there is none. */
  path(subjectId: string, groupId: string): readonly string[];
  isGroup(subjectId: string): boolean;
}

export interface ContainerReadings {
  readonly groups: GroupReading;
  readonly members: Pick<MemberRefs, "ofContainer">;
}

/** The memberships of the whole organization as a graph; read only where a deny makes them matter. */
export function createContainerReading(
  { groups, members }: ContainerReadings,
  life: SharedOptions,
): (call: Call) => Promise<Containers> {
  const shared = createShared(async (call: Call) => {
    const parents = new Map<string, string[]>();
    const children = new Map<string, readonly string[]>();
    for (const [id, group] of await groups.all(call)) {
      const direct = ((await members.ofContainer(id, group, call)) ?? []).map(({ subjectId }) => subjectId);
      children.set(id, direct);
      for (const member of direct) {
        const known = parents.get(member);
        if (known) known.push(id);
        else parents.set(member, [id]);
      }
    }
    return createContainers(parents, children);
  }, life);
  return shared.get;
}

export function createContainers(
  parents: ReadonlyMap<string, readonly string[]>,
  children: ReadonlyMap<string, readonly string[]>,
): Containers {
  const surroundings = new Map<string, ReadonlySet<string>>();
  const peopleOf = new Map<string, ReadonlySet<string>>();
  return {
    around(subjectId) {
      const known = surroundings.get(subjectId);
      if (known) return known;
      const found = reach(subjectId, parents);
      surroundings.set(subjectId, found);
      return found;
    },
    people(subjectId) {
      const known = peopleOf.get(subjectId);
      if (known) return known;
      const found = new Set(
        reach(subjectId, children)
          .values()
          .filter((id) => !children.has(id)),
      );
      peopleOf.set(subjectId, found);
      return found;
    },
    path: (subjectId, groupId) => shortestPath(subjectId, groupId, parents),
    isGroup: (subjectId) => children.has(subjectId),
  };
}

/** Everything that can be reached, the start included; groups may contain each other in circles. */
function reach(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const at of reached) for (const to of next.get(at) ?? []) reached.add(to);
  return reached;
}

function shortestPath(from: string, to: string, next: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const at of cameFrom.keys()) {
    if (at === to) break;
    for (const above of next.get(at) ?? []) if (!cameFrom.has(above)) cameFrom.set(above, at);
  }
  if (!cameFrom.has(to)) return [];
  const path: string[] = [];
  for (let at: string | undefined = to; at !== undefined; at = cameFrom.get(at)) path.unshift(at);
  return path;
}
