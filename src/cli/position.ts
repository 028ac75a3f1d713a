import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";

/**
 * How far a sync's grants are. Nobody knows how many rows a sync will have; but entitlements come before grants, and
 * both go through the resources of a type in the same order, so the resource of the last grant tells the place.
 */
export interface GrantPosition {
  add(batch: Pick<StreamSyncResponse, "entitlements" | "grants">): void;
  /** Between 0 and 1; undefined before the first grant. */
  readonly fraction: number | undefined;
}

export function createGrantPosition(): GrantPosition {
  /** Place of each resource that can have grants, in the order of the entitlements. */
  const places = new Map<string, number>();
  let reached: number | undefined;
  const keyOf = (id: { resourceType: string; resource: string } | undefined) => `${id?.resourceType}:${id?.resource}`;
  return {
    add({ entitlements, grants }) {
      for (const { resource } of entitlements) {
        const key = keyOf(resource?.id);
        if (!places.has(key)) places.set(key, places.size + 1);
      }
      const place = places.get(keyOf(grants.at(-1)?.entitlement?.resource?.id));
      if (place !== undefined) reached = Math.max(reached ?? 0, place);
    },
    get fraction() {
      return reached === undefined ? undefined : reached / places.size;
    },
  };
}
