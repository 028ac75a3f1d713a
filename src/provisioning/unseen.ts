import { isDeepStrictEqual } from "node:util";
import type { Call } from "../call.ts";
import type { Change } from "../connector/changes.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { Performed } from "./performed.ts";
import type { ChangeRecord } from "./records.ts";
import { readBack, undone } from "./writing.ts";

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
  /** With how it came about: made, or made and put back. */
  note(order: Ordered, shows: NonNullable<Performed["shows"]>): void;
  /** It shows by now, or was given up. */
  forget(order: Ordered): void;
  /** Waits for what an order depends on. Fails with `unavailable` where it does not show in time. */
  settle(order: Ordered, call: Call): Promise<void>;
}

/** So long reads are not trusted. Lags of seconds are known (facts 4.6, 12.1); what shows later, nobody has told of. */
const distrustMs = 2 * 60_000;

/** Of so many writes; the oldest are forgotten. */
const maxWrites = 1_000;

interface Write extends Ordered {
  readonly untilMs: number;
  /** What was put back says nothing of the same asked again. */
  readonly isUndone: boolean;
}

export function createUnseen(readBackMs: number): Unseen {
  const writes = new Set<Write>();

  function forget(order: Ordered): void {
    for (const earlier of writes) if (isSame(earlier, order)) writes.delete(earlier);
  }

  return {
    forget,
    note({ change, facts }, shows) {
      forget({ change, facts });
      const isUndone = shows === "undone-late";
      const untilMs = Date.now() + distrustMs;
      writes.add({ change: isUndone ? undone(change) : change, facts, untilMs, isUndone });
      const [oldest] = writes;
      if (writes.size > maxWrites && oldest) writes.delete(oldest);
    },
    async settle(order, call) {
      for (const earlier of [...writes]) {
        if (Date.now() > earlier.untilMs) writes.delete(earlier);
        // The same asked again is right to repeat.
        else if (dependsOn(order, earlier) && (earlier.isUndone || !isSame(earlier, order))) {
          const { state, error } = await readBack(earlier.change, readBackMs, call);
          // What it was about is gone, and the order will find that too.
          const isGone = isConnectorError(error, "not-found");
          if (!state?.done && !isGone) throw notShown(earlier);
          writes.delete(earlier);
        }
      }
    },
  };
}

/** A resource that is to be made has no id at first. */
function isSame({ facts: one, change }: Ordered, { facts: other, change: { lock } }: Ordered): boolean {
  const isMade = change.lock === lock && !(one.resource && other.resource);
  return isDeepStrictEqual(
    isMade ? { ...one, resource: undefined } : one,
    isMade ? { ...other, resource: undefined } : other,
  );
}

function dependsOn(order: Ordered, earlier: Ordered): boolean {
  const { restsOn = [] } = order.change;
  if (earlier.change.restsOn?.some((key) => restsOn.includes(key))) return true;
  const { resource } = earlier.facts;
  if (resource && isDeepStrictEqual(resource, order.facts.principal ?? order.facts.resource)) return true;
  return earlier.change.lock === order.change.lock && !areApart(earlier, order);
}

/** What two people have of one thing does not depend on each other, nor do two things that are of one. */
function areApart({ facts: one }: Ordered, { facts: other }: Ordered): boolean {
  for (const key of ["principal", "resource", "asked"] as const) {
    if (one[key] && other[key]) return !isDeepStrictEqual(one[key], other[key]);
    if (one[key] || other[key]) return false;
  }
  return false;
}

function notShown({ change, isUndone }: Write): ConnectorError {
  const told = isUndone ? "it was put back, which Azure DevOps does not show" : "Azure DevOps does not show it";
  return new ConnectorError(
    "unavailable",
    `${change.summary}: ${told} yet, so that what is so now is not known; ask again in a minute`,
  );
}
