import type { KnownGrant } from "../connector/changes.ts";
import type { ResourceRef } from "../connector/model.ts";
import { type BitMemory, createBitMemory } from "./bit-memory.ts";
import { type GrantEvent, grantEventOf } from "./grant-events.ts";
import type { ChangeRecord } from "./records.ts";

/** The part of a record that tells of grants; of one that is read from a file, nothing is sure. */
export type Remembered = Pick<
  ChangeRecord,
  "action" | "outcome" | "entitlement" | "principal" | "replaced" | "bits" | "previous" | "lapsed" | "closes"
>;

/** Knows what grants took the place of, and what of that was revoked since. */
export interface GrantMemory {
  note(record: Remembered): void;
  /** What a grant took the place of, so that the same order asked again can be answered as the first one was. */
  replacedBy(entitlement: string, principal: ResourceRef): string | undefined;
  /** Of permissions. */
  givenOf(entitlement: string, principal: ResourceRef): KnownGrant | undefined;
  /** What a revoke gives back of what its grant tells: of what was revoked since, what that had taken the place of. */
  givenBack(entitlement: string, principal: ResourceRef, previous: string): string | undefined;
}

/** Of so many principals; the oldest are forgotten. */
const maxPrincipals = 10_000;

/** By entitlement, what it took the place of; null where that was revoked since, and nothing was there before it. */
type Replaced = Map<string, string | null>;

interface Holder {
  readonly replaced: Replaced;
  readonly bits: BitMemory;
}

export function createGrantMemory(): GrantMemory {
  const principals = new Map<string, Holder>();
  const keyOf = ({ type, id }: ResourceRef) => JSON.stringify([type, id]);

  /** Whoever was changed last is forgotten last, and of whom nothing is left to know, at once. */
  function keep(key: string, holder: Holder): void {
    principals.delete(key);
    if (holder.replaced.size > 0 || !holder.bits.isEmpty) principals.set(key, holder);
    const [oldest] = principals.keys();
    if (principals.size > maxPrincipals && oldest !== undefined) principals.delete(oldest);
  }

  const replacedOf = (entitlement: string, principal: ResourceRef) =>
    principals.get(keyOf(principal))?.replaced.get(entitlement);

  return {
    note(record) {
      const { entitlement, principal } = record;
      const event = grantEventOf(record);
      if (event === undefined || entitlement === undefined || principal === undefined) return;
      const key = keyOf(principal);
      const holder = principals.get(key) ?? { replaced: new Map(), bits: createBitMemory() };
      noteReplaced(holder.replaced, event, entitlement, record);
      holder.bits.note(event, entitlement, record.bits);
      keep(key, holder);
    },
    replacedBy: (entitlement, principal) => replacedOf(entitlement, principal) ?? undefined,
    givenOf: (entitlement, principal) => principals.get(keyOf(principal))?.bits.givenOf(entitlement),
    givenBack(entitlement, principal, previous) {
      const under = replacedOf(entitlement, principal);
      return under === undefined ? previous : (under ?? undefined);
    },
  };
}

function noteReplaced(replaced: Replaced, event: GrantEvent, entitlement: string, record: Remembered): void {
  if (event === "begun") takeOut(replaced, entitlement, undefined);
  if (event === "begun" && record.replaced !== undefined) replaced.set(entitlement, record.replaced);
  if (event === "void") replaced.delete(entitlement);
  if (event === "over") takeOut(replaced, entitlement, record.previous);
}

/** It does not come back with the end of a grant that took its place: what is under it does. */
function takeOut(replaced: Replaced, entitlement: string, previous: string | undefined): void {
  const under = replaced.get(entitlement) ?? previous ?? null;
  for (const [later, id] of replaced) if (id === entitlement) replaced.set(later, under === later ? null : under);
  replaced.delete(entitlement);
}
