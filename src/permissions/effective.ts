import type { AccessList, Entry } from "./access-table.ts";
import { hasBit } from "./actions.ts";

/**
 * Who really holds a right. Azure DevOps answers this for the caller alone, so it is worked out here by its documented
 * rules (facts 4.4, 4.5): the nearest list that says anything of somebody or of one of their groups decides; within a
 * list a deny beats an allow; lists above one with inheritance switched off do not count. A deny does not bind
 * administrators of the collection, but for some rights.
 */
export interface Question {
  /** The lists that decide on the token, nearest first. */
  readonly chain: readonly AccessList[];
  readonly bit: number;
  /** Whether an entry is for the person, or for a group that the person is in, nested or not. */
  readonly concerns: (who: number) => boolean;
  readonly isAdministrator: boolean;
  readonly denyBindsAdministrators: boolean;
}

export interface Decision {
  readonly held: boolean;
  readonly because: "allowed" | "denied" | "not-set";
  /** The list and its entries that decided; absent when no list says anything. */
  readonly list?: AccessList;
  readonly entries: readonly Entry[];
}

export function decide({ chain, bit, concerns, isAdministrator, denyBindsAdministrators }: Question): Decision {
  const denyCounts = !isAdministrator || denyBindsAdministrators;
  for (const list of chain) {
    const denying: Entry[] = [];
    const allowing: Entry[] = [];
    for (const entry of list.entries) {
      const denies = denyCounts && hasBit(entry.deny, bit);
      if (!denies && !hasBit(entry.allow, bit)) continue;
      if (concerns(entry.who)) (denies ? denying : allowing).push(entry);
    }
    if (denying.length > 0) return { held: false, because: "denied", list, entries: denying };
    if (allowing.length > 0) return { held: true, because: "allowed", list, entries: allowing };
  }
  return { held: false, because: "not-set", entries: [] };
}

/** Whether an action's deny holds for administrators too. */
export function denyBinds(rule: true | readonly string[] | undefined, action: string): boolean {
  return rule === true || (rule?.includes(action) ?? false);
}
