type Holders = ReadonlyMap<string, ReadonlySet<string>>;

/** What a full sync must have stored after expansion: the holders of each entitlement, direct and derived. */
export interface Expansion {
  /** Who holds an entitlement through others alone. */
  readonly derived: Holders;
  /** Entitlements whose groups hold each other in a circle. */
  readonly circular: ReadonlySet<string>;
  /** What a plain transitive closure has more than the platform derives, for each circular entitlement. */
  readonly leftOut: Holders;
}

/**
 * Follows memberships of containers in containers. Where they run in a circle, the platform merges the circle's
 * entitlements into one node and drops the edges inside it: each of them gets what comes from outside the circle, to
 * whichever of them, but not the direct members of the others. Whoever is outside gets everything of the whole circle.
 */
export function expand(direct: Holders): Expansion {
  const nested = new Map([...direct].map(([id, holders]) => [id, membersHeldBy(holders, direct)]));
  const below = new Map([...direct.keys()].map((id) => [id, reach([id], nested)]));
  const derived = new Map<string, ReadonlySet<string>>();
  const circular = new Set<string>();
  const leftOut = new Map<string, ReadonlySet<string>>();
  for (const [id, reachable] of below) {
    const own = direct.get(id) ?? new Set();
    const circle = new Set([id, ...[...reachable].filter((other) => below.get(other)?.has(id))]);
    const entrances = [...circle].flatMap((each) => nested.get(each) ?? []).filter((each) => !circle.has(each));
    const through = unionOf(direct, [...entrances, ...reach(entrances, nested)]);
    derived.set(id, without(through, own));
    if (!reachable.has(id)) continue;
    circular.add(id);
    leftOut.set(id, without(without(unionOf(direct, reachable), own), through));
  }
  return { derived, circular, leftOut };
}

/** The membership entitlements of those holders that have members. */
function membersHeldBy(holders: ReadonlySet<string>, direct: Holders): string[] {
  return [...holders].map((holder) => `${holder}:member`).filter((id) => direct.has(id));
}

/** Everything that can be reached in one step or more. */
function reach(from: readonly string[], nested: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = from.flatMap((id) => nested.get(id) ?? []);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(nested.get(next) ?? []));
  }
  return seen;
}

function unionOf(direct: Holders, ids: Iterable<string>): Set<string> {
  const union = new Set<string>();
  for (const id of ids) for (const holder of direct.get(id) ?? []) union.add(holder);
  return union;
}

function without(set: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...set].filter((each) => !other.has(each)));
}
