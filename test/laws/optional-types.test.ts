import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ResourceGetterService } from "../../gen/c1/connector/v2/resource_pb.js";
import { optionalTypes } from "../../src/resources/options.ts";
import {
  difference,
  entitlementListing,
  grantListing,
  idOfResource,
  type Listing,
  none,
  resourceListing,
  rowText,
  typesOf,
  walk,
} from "../support/walk.ts";
import { codeOf, type Replica, type ReplicaOptions, startWorld, type World } from "../support/world.ts";

/**
 * The laws of every listing over the types that are options, and over what projects and the organization get by them.
 * The organization is small: each page is a call.
 */
let world: World;
let all: Replica;

/** Off unless it is asked for, and nothing is granted on it. */
const tokens = "personal-access-token";
const sync = { optionalTypes, personalAccessTokens: "all" } as const;
const governed = [...optionalTypes, "project", "organization"];
const replicaWith = (options: ReplicaOptions = {}) => world.replica({ sync, ...options });

beforeAll(async () => {
  world = await startWorld({
    users: 16,
    groups: 5,
    projects: 2,
    teamsPerProject: 1,
    pools: 4,
    feeds: 3,
    shuffle: true,
    pageSizes: { graph: 9, entitlements: 7, projects: 2, teams: 2 },
  });
  all = await replicaWith();
});
afterAll(() => world.close());

function listingsOf(pageSize: number, syncId = "law"): Listing[] {
  const options = { pageSize, syncId };
  return [
    resourceListing(tokens, options),
    ...governed.flatMap((type) => [
      resourceListing(type, options),
      entitlementListing(type, undefined, options),
      grantListing(type, undefined, options),
    ]),
  ];
}

describe("every listing of the types that are options", () => {
  test("has rows", async () => {
    for (const listing of listingsOf(0)) expect((await walk(listing, all)).length, listing.name).toBeGreaterThan(0);
    expect(await typesOf(all)).toEqual(expect.arrayContaining([...optionalTypes, tokens]));
  });

  test("gives the same rows with page size 3 and none, on another replica too, and none of them twice", async () => {
    const other = await replicaWith();
    const reference = listingsOf(0);
    for (const [index, listing] of listingsOf(3).entries()) {
      const expected = await walk(reference[index] ?? listing, all);
      expect(difference(await walk(listing, other), expected), listing.name).toEqual(none);
    }
  });

  test("goes on from its middle on a replica that has never seen the sync", async () => {
    const fresh = await replicaWith();
    for (const listing of listingsOf(5, "middle")) {
      const expected = await walk(listing, all);
      const first = await listing.page(all, "");
      const rest = first.next === "" ? [] : await walk(listing, fresh, first.next);
      expect(difference([...first.rows, ...rest], expected), listing.name).toEqual(none);
    }
  });

  test("says of each resource what it says of the type", async () => {
    const replica = await replicaWith({ listing: "per-resource" });
    for (const type of governed) {
      const ids = (await walk(resourceListing(type, { pageSize: 0, syncId: "each" }), replica)).map(idOfResource);
      for (const listingOf of [entitlementListing, grantListing]) {
        const each: string[] = [];
        for (const id of ids) each.push(...(await walk(listingOf(type, id, { pageSize: 0, syncId: "each" }), replica)));
        const whole = await walk(listingOf(type, undefined, { pageSize: 0, syncId: "each" }), replica);
        expect(difference(each, whole), `${listingOf.name} ${type}`).toEqual(none);
      }
    }
  });
});

test("a resource that is asked for alone is as the listing tells it, on a replica that has read nothing", async () => {
  for (const type of optionalTypes) {
    const rows = await walk(resourceListing(type, { pageSize: 0, syncId: "law" }), all);
    const alone = await replicaWith({ listing: "per-resource" });
    for (const row of [rows[0], rows.at(-1)]) {
      const resourceId = { resourceType: type, resource: idOfResource(row ?? "").toUpperCase() };
      const lower = { ...resourceId, resource: resourceId.resource.toLowerCase() };
      for (const id of type === "access-level" ? [lower] : [resourceId, lower]) {
        const { resource } = await alone.call(ResourceGetterService.method.getResource, { resourceId: id });
        expect(rowText(resource ?? {}), type).toBe(row);
      }
    }
    const nobody = { resourceType: type, resource: "00000000-0000-0000-0000-000000000000_1" };
    const gone = alone.call(ResourceGetterService.method.getResource, { resourceId: nobody });
    expect(await codeOf(gone), type).toBe(status.NOT_FOUND);
  }
});

describe("ids of the types that are options", () => {
  test("are unique, and every grant names a listed resource, entitlement and principal", async () => {
    const resources = new Set<string>();
    for (const type of await typesOf(all)) {
      for (const row of await walk(resourceListing(type, { pageSize: 0, syncId: "ids" }), all)) {
        const id = `${type}:${idOfResource(row)}`;
        expect(resources, id).not.toContain(id);
        resources.add(id);
      }
    }
    const entitlements = new Set<string>();
    const grants = new Set<string>();
    for (const type of governed) {
      for (const row of await walk(entitlementListing(type, undefined, { pageSize: 0, syncId: "ids" }), all)) {
        const { id }: { id: string } = JSON.parse(row);
        expect(entitlements, id).not.toContain(id);
        entitlements.add(id);
        expect(resources).toContain(id.slice(0, id.lastIndexOf(":")));
      }
      for (const row of await walk(grantListing(type, undefined, { pageSize: 0, syncId: "ids" }), all)) {
        const grant: {
          id: string;
          entitlement: { id: string };
          principal: { id: { resourceType: string; resource: string } };
        } = JSON.parse(row);
        expect(grants, grant.id).not.toContain(grant.id);
        grants.add(grant.id);
        expect(entitlements).toContain(grant.entitlement.id);
        expect(resources).toContain(`${grant.principal.id.resourceType}:${grant.principal.id.resource}`);
      }
    }
    expect(grants.size).toBeGreaterThan(100);
  });

  test("stay when everything upstream is renamed", async () => {
    const before = await idsOfEverything(all);
    const { projects, roleObjects, feeds, subjects } = world.emulator.state;
    const { environments, pools, queues, secureFiles, endpoints, variableGroups } = roleObjects;
    const uses = [...endpoints, ...variableGroups].flatMap((each) => each.uses);
    for (const named of [...projects, ...environments, ...pools, ...queues, ...secureFiles, ...uses, ...feeds.feeds]) {
      Object.assign(named, { name: `${named.name} (renamed)` });
    }
    for (const subject of subjects) Object.assign(subject, { displayName: `${subject.displayName} (renamed)` });
    const renamed = world.emulator.state.tokens.map((each) => ({
      ...each,
      displayName: `${each.displayName} (renamed)`,
    }));
    world.emulator.changes.setTokens(renamed);
    expect(await idsOfEverything(await replicaWith())).toEqual(before);
  });
});

async function idsOfEverything(replica: Replica): Promise<string[]> {
  const ids: string[] = [];
  for (const listing of listingsOf(0)) {
    for (const row of await walk(listing, replica)) {
      const { id }: { id: unknown } = JSON.parse(row);
      ids.push(`${listing.name} ${JSON.stringify(id)}`);
    }
  }
  return ids.sort();
}
