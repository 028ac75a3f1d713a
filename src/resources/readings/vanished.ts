/**
 * What was listed and not found when it was asked for. It was deleted meanwhile, or the token's owner may not see it:
 * Azure DevOps answers both alike, so nobody can tell that nothing is missing.
 */
export interface Vanished {
  /** Forgets what an earlier reading of this kind did not find. */
  begin(kind: string): void;
  add(kind: string, id: string): void;
  /** How many of each kind, where there are any. */
  counts(): readonly (readonly [kind: string, count: number])[];
}

export function createVanished(): Vanished {
  const byKind = new Map<string, Set<string>>();
  return {
    begin: (kind) => void byKind.delete(kind),
    add(kind, id) {
      const ids = byKind.get(kind) ?? new Set();
      byKind.set(kind, ids.add(id));
    },
    counts: () => [...byKind].map(([kind, ids]) => [kind, ids.size] as const),
  };
}
