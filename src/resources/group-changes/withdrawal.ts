import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import { type Call, sleep } from "../../call.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { administratorsIn } from "../writers/administrators.ts";
import { type Chain, containersOf } from "../writers/containers.ts";
import { isThere } from "./made.ts";

/** Groups that `descriptor` is in itself and by which its members are administrators. */
export async function doorsOf(readings: Readings, descriptor: string, chain: Chain, call: Call): Promise<string[]> {
  const doors: string[] = [];
  if (administratorsIn(chain).length === 0) return doors;
  for (const [each, from] of chain) {
    if (from !== descriptor) continue;
    if (administratorsIn(await containersOf(readings, each, call)).length > 0) doors.push(each);
  }
  return doors;
}

/** A group leaves the groups by which its members are administrators, as long as that can be taken back. */
export interface Withdrawal {
  /** Gives back when the memberships are gone as far as upstream shows. */
  leave(doors: readonly string[], call: Call): Promise<void>;
  /** Makes the group a member again of all that it left; fails where that cannot be done. */
  comeBack(call: Call): Promise<void>;
}

export function createWithdrawal(readings: Readings, descriptor: string): Withdrawal {
  const { graph } = readings.client;
  /** Also those of which it is not known whether they were left. */
  const left = new Set<string>();

  async function isGone(door: string, call: Call): Promise<boolean> {
    const members = (await graph.listMembers(door, call)) ?? [];
    return !members.map(canonicalDescriptor).includes(descriptor);
  }

  return {
    async leave(doors, call) {
      for (const door of doors) {
        if (await isGone(door, call)) continue;
        left.add(door);
        await graph.removeMember(descriptor, door, call);
      }
      const untilMs = Date.now() + patienceMs;
      for (const door of left) {
        while (!(await isGone(door, call))) {
          if (Date.now() > untilMs) throw new ConnectorError("unavailable", lagging);
          await sleep(pollMs, call.signal);
        }
      }
    },
    async comeBack(call) {
      // A deletion whose answer was lost: a membership of what is gone could be made all the same.
      if (left.size === 0 || !(await isThere(readings, descriptor, call))) return;
      const failures: unknown[] = [];
      const doors = [...left];
      for (const door of doors) {
        try {
          await graph.addMember(descriptor, door, call);
        } catch (error) {
          // Otherwise it is in it all the same, or it or the other group is gone.
          if (!isConnectorError(error, "conflict", "not-found")) {
            failures.push(error);
            continue;
          }
        }
        left.delete(door);
      }
      if (failures.length > 0) throw failures[0];
      // Whoever asks next is to see it there.
      const untilMs = Date.now() + patienceMs;
      for (const door of doors)
        while (Date.now() < untilMs && (await isGone(door, call))) await sleep(pollMs, call.signal);
    },
  };
}

/** Reads can be behind writes by seconds (facts 12.1). */
const patienceMs = 10_000;
const pollMs = 250;

const lagging = "how many administrators would be left cannot be counted: Azure DevOps shows the group in them still";
