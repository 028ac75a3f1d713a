import { EntitlementsService } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourcesService, ResourceTypesService } from "../../gen/c1/connector/v2/resource_pb.js";
import type { CallOptions, Replica } from "./world.ts";

/** A listing that is walked page by page: one request with a page token, one response with the next. */
export interface Listing {
  readonly name: string;
  page(
    replica: Replica,
    token: string,
    options?: CallOptions,
  ): Promise<{ readonly rows: readonly string[]; readonly next: string }>;
}

export interface ListingOptions {
  readonly pageSize: number;
  readonly syncId: string;
}

/** Rows as text, so that sets of them compare and a difference is readable; empty parts are left out. */
export function rowText(row: object): string {
  return JSON.stringify(row, (name, part) => {
    if (name === "$typeName" || part === "" || part === false || part === 0) return undefined;
    if (Array.isArray(part) && part.length === 0) return undefined;
    if (typeof part === "bigint") return String(part);
    return name === "value" && part instanceof Uint8Array ? Buffer.from(part).toString("latin1") : part;
  });
}

export function resourceListing(type: string, { pageSize, syncId }: ListingOptions): Listing {
  return {
    name: `resources of ${type}`,
    async page(replica, pageToken, options) {
      const request = { resourceTypeId: type, pageSize, pageToken, activeSyncId: syncId };
      const { list, nextPageToken } = await replica.call(ResourcesService.method.listResources, request, options);
      return { rows: list.map(rowText), next: nextPageToken };
    },
  };
}

/** `id` absent: the whole type. */
export function entitlementListing(
  type: string,
  id: string | undefined,
  { pageSize, syncId }: ListingOptions,
): Listing {
  return {
    name: `entitlements of ${type}`,
    async page(replica, pageToken, options) {
      const resource = { id: { resourceType: type, resource: id ?? type } };
      const request = { resource, pageSize, pageToken, activeSyncId: syncId };
      const { list, nextPageToken } = await replica.call(EntitlementsService.method.listEntitlements, request, options);
      return { rows: list.map(rowText), next: nextPageToken };
    },
  };
}

export function grantListing(type: string, id: string | undefined, { pageSize, syncId }: ListingOptions): Listing {
  return {
    name: `grants of ${type}`,
    async page(replica, pageToken, options) {
      const resource = { id: { resourceType: type, resource: id ?? type } };
      const request = { resource, pageSize, pageToken, activeSyncId: syncId };
      const { list, nextPageToken } = await replica.call(GrantsService.method.listGrants, request, options);
      return { rows: list.map(rowText), next: nextPageToken };
    },
  };
}

/** All rows of a listing, from `token` on. A token that comes back unchanged would loop for ever, so it fails. */
export async function walk(listing: Listing, replica: Replica, token = "", options?: CallOptions): Promise<string[]> {
  const rows: string[] = [];
  for (let next = token, first = true; first || next !== ""; first = false) {
    const page = await listing.page(replica, next, options);
    rows.push(...page.rows);
    if (page.next !== "" && page.next === next) throw new Error(`${listing.name}: the page token does not move`);
    next = page.next;
  }
  return rows;
}

/** Ids of the types that a replica lists. */
export async function typesOf(replica: Replica): Promise<string[]> {
  const { list } = await replica.call(ResourceTypesService.method.listResourceTypes, {});
  return list.map(({ id }) => id);
}

/** The id of a row that a walk gave. */
export function idOfResource(row: string): string {
  const parsed: { id: { resource: string } } = JSON.parse(row);
  return parsed.id.resource;
}

/** What is in one list of rows and not in the other, and what comes twice: empty lists for equal sets. */
export function difference(rows: readonly string[], expected: readonly string[]) {
  const [have, want] = [new Set(rows), new Set(expected)];
  return {
    missing: expected.filter((row) => !have.has(row)).slice(0, 3),
    unexpected: rows.filter((row) => !want.has(row)).slice(0, 3),
    doubled: have.size === rows.length ? [] : rows.filter((row, index) => rows.indexOf(row) !== index).slice(0, 3),
  };
}

export const none = { missing: [], unexpected: [], doubled: [] };
