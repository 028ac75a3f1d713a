/** How many seats of each access level are left, with what this process gave and Azure DevOps does not show yet. */
export interface Seats {
  /** Of a level, by its id, what is left where so many are shown. */
  left(levelId: string, shown: number): number;
  /** From now on so many are left at most, until as few are shown. */
  expect(levelId: string, left: number): void;
}

/** What is not shown by then was given back in the meantime; how far the counts are behind is documented nowhere. */
const maxLagMs = 5 * 60_000;

export function createSeats(now: () => number = Date.now): Seats {
  const expected = new Map<string, { readonly left: number; readonly untilMs: number }>();
  return {
    left(levelId, shown) {
      const known = expected.get(levelId);
      if (known && known.left < shown && now() < known.untilMs) return known.left;
      expected.delete(levelId);
      return shown;
    },
    expect: (levelId, left) => void expected.set(levelId, { left, untilMs: now() + maxLagMs }),
  };
}
