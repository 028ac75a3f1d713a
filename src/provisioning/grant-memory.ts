import type { ResourceRef } from "../connector/model.ts";
import type { ChangeRecord } from "./records.ts";

/** The part of a record that tells of grants; of one that is read from a file, nothing is sure. */
export type Remembered = Pick<ChangeRecord, "action" | "outcome" | "entitlement" | "principal" | "replaced" | "closes">;

/** Knows what grants took the place of, so that the same order asked again can be answered as the first one was. */
export interface GrantMemory {
  note(record: Remembered): void;
  replacedBy(entitlement: string, principal: ResourceRef): string | undefined;
}

/** Older ones are forgotten: a platform asks again within minutes. */
const maxGrants = 10_000;

export function createGrantMemory(): GrantMemory {
  const replaced = new Map<string, string>();
  const keyOf = (entitlement: string, { type, id }: ResourceRef) => JSON.stringify([entitlement, type, id]);

  function remember(key: string, id: string | undefined): void {
    replaced.delete(key);
    if (id === undefined) return;
    replaced.set(key, id);
    const [oldest] = replaced.keys();
    if (replaced.size > maxGrants && oldest !== undefined) replaced.delete(oldest);
  }

  return {
    note(record) {
      const { action, outcome, entitlement, principal } = record;
      if (entitlement === undefined || principal === undefined) return;
      const key = keyOf(entitlement, principal);
      if (action === "grant" && outcome === "begun") remember(key, record.replaced);
      // What was begun and is known not to be there took nothing.
      const isVoid = record.closes !== undefined && (outcome === "refused" || outcome === "not_performed");
      if (action === "grant" && isVoid) replaced.delete(key);
      if (action === "revoke" && outcome === "performed") replaced.delete(key);
    },
    replacedBy: (entitlement, principal) => replaced.get(keyOf(entitlement, principal)),
  };
}
