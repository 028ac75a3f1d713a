import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";

/** Rows of one resource type. */
export interface TypeCounts {
  resources: number;
  entitlements: number;
  grants: number;
}

/** Counts a sync by resource type; entitlements and grants count for the type that they are on. */
export interface Tally {
  add(batch: StreamSyncResponse): void;
  readonly byType: ReadonlyMap<string, TypeCounts>;
  readonly upstreamRequests: bigint;
}

export function createTally(): Tally {
  const byType = new Map<string, TypeCounts>();
  let upstreamRequests = 0n;
  const countsOf = (type: string): TypeCounts => {
    const known = byType.get(type);
    if (known) return known;
    const counts = { resources: 0, entitlements: 0, grants: 0 };
    byType.set(type, counts);
    return counts;
  };
  return {
    byType,
    get upstreamRequests() {
      return upstreamRequests;
    },
    add(batch) {
      for (const { id } of batch.resourceTypes) countsOf(id);
      for (const { id } of batch.resources) countsOf(id?.resourceType ?? "").resources += 1;
      for (const { resource } of batch.entitlements) countsOf(resource?.id?.resourceType ?? "").entitlements += 1;
      for (const { entitlement } of batch.grants) countsOf(entitlement?.resource?.id?.resourceType ?? "").grants += 1;
      upstreamRequests = batch.counters?.upstreamRequests ?? upstreamRequests;
    },
  };
}

/** The counts as a table, with a line of sums. */
export function tallyTable({ byType }: Tally): string {
  const rows = [...byType].map(
    ([type, { resources, entitlements, grants }]) => [type, resources, entitlements, grants] as const,
  );
  const sum = (column: 1 | 2 | 3) => rows.reduce((total, row) => total + row[column], 0);
  const all = [...rows, ["total", sum(1), sum(2), sum(3)] as const];
  const header = ["type", "resources", "entitlements", "grants"];
  const lines = [header, ...all].map((row) =>
    row.map((cell, column) => (column === 0 ? String(cell).padEnd(20) : String(cell).padStart(14))).join(""),
  );
  return lines.join("\n");
}
