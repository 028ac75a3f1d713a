import type { GivenBits, KnownGrant } from "../connector/changes.ts";
import { commonBits, joinBits, withoutBits } from "../permissions/bits.ts";
import type { GrantEvent } from "./grant-events.ts";

/** Permissions that were granted to one principal here and are not revoked: one of them can be a part of several. */
export interface BitMemory {
  note(event: GrantEvent, entitlement: string, bits: GivenBits | undefined): void;
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
    return joinBits([...grants.values()].filter((each) => each.list === list).map(({ brought }) => brought));
  }

  function give(entitlement: string, bits: GivenBits): void {
    const before = withoutBits(bits.before, broughtTo(bits.list));
    grants.set(entitlement, { ...bits, brought: withoutBits(bits.mask, before) });
  }

  /** What goes with it was not there before any of the others, either. */
  function take(entitlement: string): void {
    const gone = grants.get(entitlement);
    grants.delete(entitlement);
    for (const [id, other] of grants) {
      const common = gone?.list === other.list ? commonBits(other.mask, gone.brought) : 0;
      grants.set(id, { ...other, brought: joinBits([other.brought, common]) });
    }
  }

  return {
    note(event, entitlement, bits) {
      if (event === "begun" && bits) give(entitlement, bits);
      // Whoever has it already has it by this grant from now on, unless it was made here before.
      if (event === "already" && bits && !grants.has(entitlement)) give(entitlement, { ...bits, before: 0 });
      if (event === "void") grants.delete(entitlement);
      if (event === "over") take(entitlement);
    },
    givenOf(entitlement) {
      const given = grants.get(entitlement);
      if (!given) return undefined;
      const others = [...grants].filter(([id]) => id !== entitlement);
      return {
        first: given.before,
        before: withoutBits(given.mask, given.brought),
        others: others.map(([id, { list, mask }]) => ({ id, list, mask })),
      };
    },
    get isEmpty() {
      return grants.size === 0;
    },
  };
}
