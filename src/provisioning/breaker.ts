import type { ChangeState } from "../connector/changes.ts";
import { ConnectorError } from "../errors.ts";

export interface BreakerOptions {
  /** So much may be taken away within an hour. */
  readonly maxRevokesPerHour: number;
  /** So many percent of a group's members may be removed within an hour. */
  readonly maxGroupShrinkPercent: number;
}

/** Stops what takes away more than anybody expects, until somebody says that it is meant. */
export interface Breaker {
  /** Fails with `refused` when a revoke more would be too many; else counts it. `group` is what loses a member. */
  admit(group: string | undefined, state: ChangeState): void;
  /** Counts what was taken away before this process began. */
  count(atMs: number): void;
  /** Everything up to now was meant. */
  acknowledge(): void;
}

const windowMs = 3_600_000;

/** Smaller groups lose half of their members by one or two people who leave. */
const smallestGuarded = 10;

export function createBreaker(
  { maxRevokesPerHour, maxGroupShrinkPercent }: BreakerOptions,
  now: () => number = Date.now,
): Breaker {
  const revokes: number[] = [];
  const removals = new Map<string, number[]>();

  function recent(times: number[]): number[] {
    const since = now() - windowMs;
    while (times[0] !== undefined && times[0] <= since) times.shift();
    return times;
  }

  return {
    admit(group, { members }) {
      if (recent(revokes).length >= maxRevokesPerHour) {
        throw tripped(`${maxRevokesPerHour} revokes were made within an hour`, "--max-revokes-per-hour");
      }
      const removed = group === undefined ? undefined : (removals.get(group) ?? []);
      if (removed && members !== undefined) {
        const before = recent(removed).length;
        const most = before + members;
        const percent = ((before + 1) / most) * 100;
        if (most >= smallestGuarded && percent > maxGroupShrinkPercent) {
          const told = `the group had ${most} members within the hour, and would lose ${Math.round(percent)} % of them`;
          throw tripped(told, "--max-group-shrink");
        }
      }
      revokes.push(now());
      if (group !== undefined && removed) removals.set(group, [...removed, now()]);
      for (const [key, times] of removals) if (recent(times).length === 0) removals.delete(key);
    },
    count(atMs) {
      if (atMs > now() - windowMs) revokes.push(atMs);
    },
    acknowledge() {
      revokes.length = 0;
      removals.clear();
    },
  };
}

function tripped(what: string, option: string): ConnectorError {
  return new ConnectorError(
    "refused",
    `${what}, which ${option} does not allow: if it is meant, say so with "azure-devops-connector acknowledge", or raise ${option}`,
  );
}
