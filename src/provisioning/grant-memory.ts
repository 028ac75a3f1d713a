import type { ChangeDetails } from "../connector/changes.ts";
import type { ResourceRef } from "../connector/model.ts";
import type { ChangeRecord } from "./records.ts";

/** The part of a record that tells of grants; of one that is read from a file, nothing is sure. */
export type Remembered = Pick<
  ChangeRecord,
  "action" | "outcome" | "entitlement" | "principal" | "replaced" | "kept" | "previous" | "lapsed" | "closes"
>;

/** What was there before a grant. */
export type Past = Pick<ChangeDetails, "replaced" | "kept">;

/** Knows what grants took the place of, and what of that was revoked since. */
export interface GrantMemory {
  note(record: Remembered): void;
  /** So that the same order asked again can be answered as the first one was. */
  pastOf(entitlement: string, principal: ResourceRef): Past;
  /** What a revoke gives back of what its grant tells: of what was revoked since, what that had taken the place of. */
  givenBack(entitlement: string, principal: ResourceRef, previous: string): string | undefined;
}

/** Of so many principals; the oldest are forgotten. */
const maxPrincipals = 10_000;

interface Layer {
  /** Null where what it took the place of was revoked since, and nothing was there before that. */
  readonly under: string | null | undefined;
  readonly kept: number | undefined;
}

export function createGrantMemory(): GrantMemory {
  /** By principal and entitlement. */
  const principals = new Map<string, Map<string, Layer>>();
  const keyOf = ({ type, id }: ResourceRef) => JSON.stringify([type, id]);

  function remember(key: string, entitlement: string, { replaced, kept }: Past): void {
    takeOut(key, entitlement, undefined);
    if (replaced === undefined && kept === undefined) return;
    const layers = principals.get(key) ?? new Map<string, Layer>();
    principals.delete(key);
    principals.set(key, layers.set(entitlement, { under: replaced, kept }));
    const [oldest] = principals.keys();
    if (principals.size > maxPrincipals && oldest !== undefined) principals.delete(oldest);
  }

  function forget(key: string, entitlement: string): void {
    const layers = principals.get(key);
    layers?.delete(entitlement);
    if (layers?.size === 0) principals.delete(key);
  }

  /** It does not come back with the end of a grant that took its place: what is under it does. */
  function takeOut(key: string, entitlement: string, previous: string | undefined): void {
    const layers = principals.get(key);
    const under = layers?.get(entitlement)?.under ?? previous ?? null;
    for (const [later, layer] of layers ?? []) {
      if (layer.under === entitlement) layers?.set(later, { ...layer, under: under === later ? null : under });
    }
    forget(key, entitlement);
  }

  const layerOf = (entitlement: string, principal: ResourceRef) => principals.get(keyOf(principal))?.get(entitlement);

  return {
    note({ action, outcome, entitlement, principal, previous, lapsed, closes, ...past }) {
      if (entitlement === undefined || principal === undefined) return;
      const key = keyOf(principal);
      if (action === "grant" && outcome === "begun") remember(key, entitlement, past);
      // What was begun and is known not to be there took nothing.
      const isVoid = closes !== undefined && (outcome === "refused" || outcome === "not_performed");
      if (action === "grant" && isVoid) forget(key, entitlement);
      const isGone = outcome === "performed" || outcome === "already" || lapsed === true;
      if (action === "revoke" && isGone) takeOut(key, entitlement, previous);
    },
    pastOf(entitlement, principal) {
      const { under, kept } = layerOf(entitlement, principal) ?? {};
      return { replaced: under ?? undefined, kept };
    },
    givenBack(entitlement, principal, previous) {
      const under = layerOf(entitlement, principal)?.under;
      return under === undefined ? previous : (under ?? undefined);
    },
  };
}
