/** Units of one credential in a window that slides, to the millisecond. */
export interface Window {
  /** Units in the window now. */
  used(): number;
  add(units: number): void;
  /** Milliseconds until fewer than so many units are left in the window, if nothing is added. */
  untilBelow(units: number): number;
  /** When the window will be empty, in epoch milliseconds, if nothing is added. */
  emptyAt(): number;
}

/** An empty window. */
export function createWindow(lengthMs: number, now: () => number): Window {
  const entries: { readonly at: number; readonly units: number }[] = [];
  let total = 0;

  function slide(): void {
    const gone = entries.findIndex(({ at }) => at + lengthMs > now());
    for (const { units } of entries.splice(0, gone < 0 ? entries.length : gone)) total -= units;
    if (entries.length === 0) total = 0; // Fractions of units leave no rest behind.
  }

  return {
    used: () => {
      slide();
      return total;
    },
    add: (units) => {
      slide();
      entries.push({ at: now(), units });
      total += units;
    },
    untilBelow: (units) => {
      slide();
      let left = total;
      for (const entry of entries) {
        if (left < units) break;
        left -= entry.units;
        if (left < units) return entry.at + lengthMs - now();
      }
      return 0;
    },
    emptyAt: () => {
      slide();
      return (entries.at(-1)?.at ?? now() - lengthMs) + lengthMs;
    },
  };
}
