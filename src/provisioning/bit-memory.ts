import type { GivenBits, KnownGrant } from "../connector/changes.ts";
import type { ChangeRecord } from "./records.ts";

/** The part of a record that tells of permissions. */
export type BitRecord = Pick<ChangeRecord, "action" | "outcome" | "entitlement" | "bits" | "lapsed" | "closes">;

/** Permissions that were granted to one principal here and are not revoked: one of them can be a part of several. */
export interface BitMemory {
  note(record: BitRecord): void;
  /** What is known of a grant; undefined where it was not made here, or is revoked. */
  givenOf(entitlement: string): KnownGrant | undefined;
  readonly isEmpty: boolean;
}

interface Given extends GivenBits {
  /** Of the mask, what is there by this grant; the rest was there before any. */
  readonly brought: number;
}

export function createBitMemory(): BitMemory {
  const grants = new Map<string, Given>();

  /** What grants brought to a list, all together. */
  function broughtTo(list: string): number {
    return [...grants.values()]
      .filter((each) => each.list === list)
      .reduce((all, { brought }) => join(all, brought), 0);
  }

  function give(entitlement: string, bits: GivenBits): void {
    const before = without(bits.before, broughtTo(bits.list));
    grants.set(entitlement, { ...bits, brought: without(bits.mask, before) });
  }

  /** What goes with it was not there before any of the others, either. */
  function take(entitlement: string): void {
    const gone = grants.get(entitlement);
    grants.delete(entitlement);
    for (const [id, other] of grants) {
      const brought = join(other.brought, gone?.list === other.list ? both(other.mask, gone.brought) : 0);
      grants.set(id, { ...other, brought });
    }
  }

  return {
    note({ action, outcome, entitlement = "", bits, lapsed, closes }) {
      if (action === "grant" && bits) {
        if (outcome === "begun") give(entitlement, bits);
        // Whoever has it already has it by this grant from now on, unless it was made here before.
        else if (outcome === "already" && !grants.has(entitlement)) give(entitlement, { ...bits, before: 0 });
      }
      const isVoid = closes !== undefined && (outcome === "refused" || outcome === "not_performed");
      if (action === "grant" && isVoid) grants.delete(entitlement);
      const isGone = outcome === "performed" || outcome === "already" || lapsed === true;
      if (action === "revoke" && isGone) take(entitlement);
    },
    givenOf(entitlement) {
      const given = grants.get(entitlement);
      if (!given) return undefined;
      const others = [...grants].filter(([id]) => id !== entitlement);
      return {
        first: given.before,
        before: without(given.mask, given.brought),
        others: others.map(([id, { list, mask }]) => ({ id, list, mask })),
      };
    },
    get isEmpty() {
      return grants.size === 0;
    },
  };
}

// Masks have 32 bits without a sign.
const without = (bits: number, other: number) => (bits & ~other) >>> 0;
const join = (bits: number, other: number) => (bits | other) >>> 0;
const both = (bits: number, other: number) => (bits & other) >>> 0;
