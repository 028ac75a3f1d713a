import type { Row, SyncCounts } from "../platform/syncer.ts";
import type { Expectation } from "./expectation.ts";

type Holders = ReadonlyMap<string, ReadonlySet<string>>;

/** What differs, a line each and not too many of them; an assertion over lists this long would show nothing. */
export function compare(found: Iterable<string>, wanted: Iterable<string>): string[] {
  const [left, right] = [new Set(found), new Set(wanted)];
  const extra = [...left].filter((each) => !right.has(each)).map((each) => `unexpected: ${each}`);
  const missing = [...right].filter((each) => !left.has(each)).map((each) => `missing: ${each}`);
  return [...extra.slice(0, 20), ...missing.slice(0, 20)];
}

/** Rows of one kind, each in a line with all that it tells. */
export function namesOf(rows: readonly Row[], kind: "resource" | "entitlement"): string[] {
  return rows.flatMap((row) => {
    if (row.kind !== kind) return [];
    return [row.kind === "resource" ? `${row.id} "${row.name}" in ${row.parent ?? "nothing"}` : row.id];
  });
}

/** Stored grants, direct or derived, each in a line with id, entitlement and principal. */
export function grantsIn(rows: readonly Row[], { derived }: { readonly derived: boolean }): string[] {
  return rows.flatMap((row) => {
    if (row.kind !== "grant" || (row.derived ?? false) !== derived) return [];
    return [`${row.id} ${row.entitlement} ${row.principal}`];
  });
}

/** The same of grants that are to be. */
export function grantsOf(holders: Holders): string[] {
  return [...holders].flatMap(([entitlement, principals]) =>
    Array.from(principals, (principal) => `${entitlement}:${principal} ${entitlement} ${principal}`),
  );
}

type Counts = Pick<SyncCounts, "resources" | "entitlements" | "directGrants" | "derivedGrants" | "grants">;

/** The counts that belong to an expectation. */
export function countsOf({ holders, resources }: Expectation, derived: Holders): Counts {
  const entitlements = [...holders.keys()].map(kindOfEntitlement);
  const directGrants = grantKinds(holders);
  const derivedGrants = grantKinds(derived);
  return {
    resources: tally(resources.map(({ id }) => id.slice(0, id.indexOf(":")))),
    entitlements: tally(entitlements),
    directGrants: tally(directGrants),
    derivedGrants: tally(derivedGrants),
    grants: directGrants.length + derivedGrants.length,
  };
}

function grantKinds(holders: Holders): string[] {
  return [...holders].flatMap(([id, principals]) => Array.from(principals, () => kindOfEntitlement(id)));
}

/** `type:slug` of an entitlement's id. */
function kindOfEntitlement(id: string): string {
  return id.slice(0, id.indexOf(":")) + id.slice(id.lastIndexOf(":"));
}

function tally(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
