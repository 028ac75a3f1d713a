import { isDeepStrictEqual } from "node:util";
import type { Call } from "../call.ts";
import type { Change } from "../connector/changes.ts";
import { ConnectorError } from "../errors.ts";
import type { ChangeRecord } from "./records.ts";
import { readBack } from "./writing.ts";

/** A change, and what its record tells of it. */
export interface Ordered {
  readonly change: Change;
  readonly facts: Partial<ChangeRecord>;
}

/**
 * Knows the writes that upstream may have made and does not show yet. Until they show, reads tell of what was before
 * them, and nothing is to be decided by that.
 */
export interface Unseen {
  note(order: Ordered): void;
  /** It shows by now, or was given up. */
  forget(order: Ordered): void;
  /** Waits for what an order depends on. Fails with `unavailable` where it does not show in time. */
  settle(order: Ordered, call: Call): Promise<void>;
}

/** So long reads are not trusted. Lags of seconds are known (facts 4.6, 12.1); what shows later, nobody has told of. */
const distrustMs = 5 * 60_000;

/** Of so many writes; the oldest are forgotten. */
const maxWrites = 1_000;

export function createUnseen(readBackMs: number): Unseen {
  const writes = new Map<Ordered, number>();

  function forget(order: Ordered): void {
    for (const earlier of writes.keys()) if (isSame(earlier, order)) writes.delete(earlier);
  }

  return {
    forget,
    note(order) {
      forget(order);
      writes.set(order, Date.now() + distrustMs);
      const [oldest] = writes.keys();
      if (writes.size > maxWrites && oldest) writes.delete(oldest);
    },
    async settle(order, call) {
      for (const [earlier, untilMs] of [...writes]) {
        if (Date.now() > untilMs) writes.delete(earlier);
        // The same asked again is right to repeat.
        else if (!isSame(earlier, order) && dependsOn(order, earlier)) {
          const { state } = await readBack(earlier.change, readBackMs, call);
          if (!state?.done) throw notShown(earlier);
          writes.delete(earlier);
        }
      }
    },
  };
}

const isSame = (one: Ordered, other: Ordered) => isDeepStrictEqual(one.facts, other.facts);

/** What two people have of one thing does not depend on each other, unless both need something else to themselves. */
function dependsOn(order: Ordered, earlier: Ordered): boolean {
  const keys = keysOf(order);
  if (!keysOf(earlier).some((key) => keys.includes(key))) return false;
  const also = order.change.alsoLocks ?? [];
  if (earlier.change.alsoLocks?.some((key) => also.includes(key))) return true;
  const [one, other] = [order.facts.principal, earlier.facts.principal];
  return !one || !other || isDeepStrictEqual(one, other);
}

const keysOf = ({ change: { lock, alsoLocks = [] } }: Ordered) => [lock, ...alsoLocks];

function notShown({ change }: Ordered): ConnectorError {
  const told = `${change.summary}: Azure DevOps was told so and does not show it yet, so that what is so now is not known; ask again in a minute`;
  return new ConnectorError("unavailable", told);
}
