import type { ResourceRef } from "../connector/model.ts";
import type { ChangeRecord } from "./records.ts";

/** The part of a record that tells of grants; of one that is read from a file, nothing is sure. */
export type Remembered = Pick<
  ChangeRecord,
  "action" | "outcome" | "entitlement" | "principal" | "replaced" | "previous" | "lapsed" | "closes"
>;

/** Knows what grants took the place of, and what of that was revoked since. */
export interface GrantMemory {
  note(record: Remembered): void;
  /** What a grant took the place of, so that the same order asked again can be answered as the first one was. */
  replacedBy(entitlement: string, principal: ResourceRef): string | undefined;
  /** What a revoke gives back of what its grant tells: of what was revoked since, what that had taken the place of. */
  givenBack(entitlement: string, principal: ResourceRef, previous: string): string | undefined;
}

/** Of so many principals; the oldest are forgotten. */
const maxPrincipals = 10_000;

/** By entitlement, what it took the place of; null where that was revoked since, and nothing was there before it. */
type Replaced = Map<string, string | null>;

export function createGrantMemory(): GrantMemory {
  const principals = new Map<string, Replaced>();
  const keyOf = ({ type, id }: ResourceRef) => JSON.stringify([type, id]);

  function remember(key: string, entitlement: string, id: string): void {
    takeOut(key, entitlement, undefined);
    const replaced = principals.get(key) ?? new Map();
    principals.delete(key);
    principals.set(key, replaced.set(entitlement, id));
    const [oldest] = principals.keys();
    if (principals.size > maxPrincipals && oldest !== undefined) principals.delete(oldest);
  }

  function forget(key: string, entitlement: string): void {
    const replaced = principals.get(key);
    replaced?.delete(entitlement);
    if (replaced?.size === 0) principals.delete(key);
  }

  /** It does not come back with the end of a grant that took its place: what is under it does. */
  function takeOut(key: string, entitlement: string, previous: string | undefined): void {
    const replaced = principals.get(key);
    const under = replaced?.get(entitlement) ?? previous ?? null;
    for (const [later, id] of replaced ?? []) {
      if (id === entitlement) replaced?.set(later, under === later ? null : under);
    }
    forget(key, entitlement);
  }

  return {
    note({ action, outcome, entitlement, principal, replaced, previous, lapsed, closes }) {
      if (entitlement === undefined || principal === undefined) return;
      const key = keyOf(principal);
      if (action === "grant" && outcome === "begun") {
        if (replaced === undefined) forget(key, entitlement);
        else remember(key, entitlement, replaced);
      }
      // What was begun and is known not to be there took nothing.
      const isVoid = closes !== undefined && (outcome === "refused" || outcome === "not_performed");
      if (action === "grant" && isVoid) forget(key, entitlement);
      const isGone = outcome === "performed" || outcome === "already" || lapsed === true;
      if (action === "revoke" && isGone) takeOut(key, entitlement, previous);
    },
    replacedBy: (entitlement, principal) => principals.get(keyOf(principal))?.get(entitlement) ?? undefined,
    givenBack(entitlement, principal, previous) {
      const known = principals.get(keyOf(principal))?.get(entitlement);
      return known === undefined ? previous : (known ?? undefined);
    },
  };
}
