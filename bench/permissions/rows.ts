import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { hubsOf } from "../../src/permissions/role-scopes.ts";
import { roleTypes } from "../../src/resources/options.ts";

/** What a row is about: single permissions and bundles, roles and feeds, or who is in what. */
export type RowKind = "memberships" | "access levels" | "roles and feeds" | "permissions";

export interface Counts {
  entitlements: number;
  grants: number;
}

/** Rows of a sync by kind, and permission grants by what they are on and by namespace or bundle. */
export interface RowCounts {
  readonly byKind: Readonly<Record<RowKind, Counts>>;
  readonly bySlug: ReadonlyMap<string, number>;
  resources: number;
}

const hubSlugs = new Set(
  (["project", "organization"] as const).flatMap((of) => hubsOf(of, roleTypes).map(({ scope }) => scope.hub)),
);

function kindOf(type: string, slug: string): RowKind {
  if (type === "group" || type === "team") return "memberships";
  if (type === "access-level") return "access levels";
  const [namespace = ""] = slug.split(".");
  const isGoverned = type === "organization" || type === "project" || type === "repository";
  return isGoverned && !hubSlugs.has(namespace) && namespace !== "feeds" ? "permissions" : "roles and feeds";
}

export async function countRows(batches: AsyncIterable<StreamSyncResponse>): Promise<RowCounts> {
  const none = (): Counts => ({ entitlements: 0, grants: 0 });
  const byKind = { memberships: none(), "access levels": none(), "roles and feeds": none(), permissions: none() };
  const bySlug = new Map<string, number>();
  const counts: RowCounts = { byKind, bySlug, resources: 0 };
  let complete = false;
  for await (const batch of batches) {
    counts.resources += batch.resources.length;
    for (const { resource, slug } of batch.entitlements) {
      byKind[kindOf(resource?.id?.resourceType ?? "", slug)].entitlements += 1;
    }
    for (const { entitlement, principal } of batch.grants) {
      const type = entitlement?.resource?.id?.resourceType ?? "";
      const slug = entitlement?.slug ?? "";
      const kind = kindOf(type, slug);
      byKind[kind].grants += 1;
      if (kind !== "permissions") continue;
      const key = `${type} ${familyOf(slug)} to ${principal?.id?.resourceType}`;
      bySlug.set(key, (bySlug.get(key) ?? 0) + 1);
    }
    complete = batch.complete;
  }
  if (!complete) throw new Error("the stream ended without saying that it is complete");
  return counts;
}

/** The bundle, or the namespace and whether it is about the resource itself or something inside. */
function familyOf(slug: string): string {
  const [namespace = "", second = "", third] = slug.split(".");
  if (namespace === "access") return slug;
  const what = (third ?? second) === "custom" ? "custom" : "single";
  return `${namespace} ${what}${third === undefined ? "" : " inside"}`;
}
