/** Seats that this process gave and that Azure DevOps does not count yet. */
export interface Seats {
  /** How many of a level, by its id, are taken beyond those that are shown. */
  unseen(levelId: string, shown: number): number;
  /** From now on so many are taken, until as many are shown. */
  expect(levelId: string, taken: number): void;
}

/** What is not shown by then was given back in the meantime; how far the counts are behind is documented nowhere. */
const maxLagMs = 5 * 60_000;

export function createSeats(now: () => number = Date.now): Seats {
  const expected = new Map<string, { readonly taken: number; readonly untilMs: number }>();
  return {
    unseen(levelId, shown) {
      const known = expected.get(levelId);
      if (known && known.taken > shown && now() < known.untilMs) return known.taken - shown;
      expected.delete(levelId);
      return 0;
    },
    expect: (levelId, taken) => void expected.set(levelId, { taken, untilMs: now() + maxLagMs }),
  };
}
