import type { ChangeState } from "../connector/changes.ts";
import { ConnectorError } from "../errors.ts";
import type { Taken } from "./records.ts";

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
  /** Fails as `admit` does, and counts nothing. */
  ask(group: string | undefined, state: ChangeState): void;
  /** Counts what was taken away before this process began. */
  count(atMs: number, taken: Taken): void;
  /** Everything up to now was meant, and so is what was refused. */
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
  /** Groups whose end was refused, and those of which somebody said since that it is meant. */
  const refused = new Set<string>();
  const meant = new Set<string>();

  function recent(times: number[]): number[] {
    const since = now() - windowMs;
    while (times[0] !== undefined && times[0] <= since) times.shift();
    return times;
  }

  function check(group: string | undefined, { members }: ChangeState, losing: number): void {
    if (recent(revokes).length + losing > maxRevokesPerHour) {
      const told =
        losing > 1 ? `${losing} more would lose something at once` : `${maxRevokesPerHour} revokes were made`;
      throw tripped(`${told} within an hour`, "--max-revokes-per-hour");
    }
    const removed = group === undefined ? undefined : (removals.get(group) ?? []);
    if (!removed || members === undefined) return;
    const before = recent(removed).length;
    const most = before + members;
    const percent = ((before + losing) / most) * 100;
    if (most >= smallestGuarded && percent > maxGroupShrinkPercent) {
      const told = `the group had ${most} members within the hour, and would lose ${Math.round(percent)} % of them`;
      throw tripped(told, "--max-group-shrink");
    }
  }

  function take(group: string | undefined, losing: number, atMs: number): void {
    for (let at = 0; at < losing; at += 1) revokes.push(atMs);
    if (group !== undefined) removals.set(group, [...(removals.get(group) ?? []), atMs]);
    for (const [key, times] of removals) if (recent(times).length === 0) removals.delete(key);
  }

  return {
    admit(group, state) {
      const { losing = 1 } = state;
      const isEnd = group !== undefined && losing > 1;
      try {
        if (!isEnd || !meant.delete(group)) check(group, state, losing);
      } catch (error) {
        if (isEnd) refused.add(group);
        throw error;
      }
      take(group, losing, now());
    },
    ask(group, state) {
      const { losing = 1 } = state;
      if (group === undefined || losing === 1 || !meant.has(group)) check(group, state, losing);
    },
    count(atMs, { group, losing }) {
      if (atMs > now() - windowMs) take(group, losing, atMs);
    },
    acknowledge() {
      revokes.length = 0;
      removals.clear();
      for (const group of refused) meant.add(group);
      refused.clear();
    },
  };
}

function tripped(what: string, option: string): ConnectorError {
  return new ConnectorError(
    "refused",
    `${what}, which ${option} does not allow: if it is meant, say so with "azure-devops-connector acknowledge", or raise ${option}`,
  );
}
