import { createHash } from "node:crypto";
import { entitlementId, grantId } from "./ids.ts";
import type { EntitlementRow, GrantRow, Resource } from "./model.ts";

/** Something that a sync does not tell, and why. */
export interface ManifestNote {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  readonly count?: number;
}

/** What the readings of a sync know of it at its end. */
export interface ManifestFacts {
  readonly organization: { readonly id: string; readonly name: string; readonly url: string };
  readonly options: Readonly<Record<string, string>>;
  /** Resources that upstream's own listings have, by type. */
  readonly totals: ReadonlyMap<string, number>;
  readonly gaps: readonly ManifestNote[];
  readonly limits: readonly ManifestNote[];
}

/** Rows of one type. */
export interface TypeRows {
  resources: number;
  entitlements: number;
  grants: number;
}

export interface RowsOfBatch {
  readonly resources: readonly Resource[];
  readonly entitlements: readonly EntitlementRow[];
  readonly grants: readonly GrantRow[];
}

/** Counts rows by type and remembers their ids as one hash; entitlements and grants count for the type that they are on. */
export function createRowCounter(types: readonly string[]) {
  const byType = new Map<string, TypeRows>(types.map((type) => [type, { resources: 0, entitlements: 0, grants: 0 }]));
  const hash = createHash("sha256");
  const rowsOf = (type: string): TypeRows => {
    const rows = byType.get(type);
    if (!rows) throw new RangeError(`rows of the type ${type}, which is not streamed`);
    return rows;
  };
  return {
    byType,
    add({ resources, entitlements, grants }: RowsOfBatch): void {
      const lines: string[] = [];
      for (const { type, id } of resources) {
        rowsOf(type).resources += 1;
        lines.push(`R ${type}:${id}\n`);
      }
      for (const { resource, definition } of entitlements) {
        rowsOf(resource.type).entitlements += 1;
        lines.push(`E ${entitlementId(resource, definition.slug)}\n`);
      }
      for (const { resource, slug, principal } of grants) {
        rowsOf(resource.type).grants += 1;
        lines.push(`G ${grantId(resource, slug, principal)}\n`);
      }
      hash.update(lines.join(""));
    },
    /** To be asked for once, at the end. */
    sha256: () => hash.digest("hex"),
  };
}
