import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  difference,
  entitlementListing,
  grantListing,
  idOfResource,
  type Listing,
  none,
  resourceListing,
  typesOf,
  walk,
} from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/**
 * Laws that hold for every resource type. A type that is listed joins by being listed; nothing here names one, but the
 * table of those that have entitlements.
 */
const withEntitlements = ["group", "team"];

let world: World;
let types: string[];

beforeAll(async () => {
  world = await startWorld({ shuffle: true, pageSizes: { graph: 20, entitlements: 15, projects: 2, teams: 3 } });
  types = await typesOf(await world.replica());
});
afterAll(() => world.close());

const whole = { pageSize: 0, syncId: "law" };

/** Every listing of the connector, with a page size. */
function listingsOf(pageSize: number, syncId = "law"): Listing[] {
  const options = { pageSize, syncId };
  return [
    ...types.map((type) => resourceListing(type, options)),
    ...withEntitlements.map((type) => entitlementListing(type, undefined, options)),
    ...withEntitlements.map((type) => grantListing(type, undefined, options)),
  ];
}

describe("every listing", () => {
  test("gives the same rows with page size 1, 7, 250 and none, and none of them twice", async () => {
    const replica = await world.replica();
    const reference = listingsOf(0);
    for (const pageSize of [1, 7, 250]) {
      for (const [index, listing] of listingsOf(pageSize).entries()) {
        const expected = await walk(reference[index] ?? listing, replica);
        const rows = await walk(listing, replica);
        expect(difference(rows, expected), `${listing.name}, page size ${pageSize}`).toEqual(none);
      }
    }
  });

  test("goes on at any page on a replica that has never seen the sync, with nothing lost or doubled", async () => {
    const first = await world.replica();
    for (const listing of listingsOf(9)) {
      const expected = await walk(listing, first);
      let seen: string[] = [];
      for (let token = "", start = true; start || token !== ""; start = false) {
        if (!start) {
          const fresh = await world.replica();
          const rest = await walk(listing, fresh, token);
          expect(difference([...seen, ...rest], expected), `${listing.name} after ${seen.length} rows`).toEqual(none);
        }
        const page = await listing.page(first, token);
        seen = [...seen, ...page.rows];
        token = page.next;
      }
    }
  }, 240_000);

  test("gives the same rows on every replica, whatever the upstream order", async () => {
    const [one, two] = [await world.replica(), await world.replica()];
    for (const listing of listingsOf(0)) {
      expect(difference(await walk(listing, one), await walk(listing, two)), listing.name).toEqual(none);
    }
  });
});

describe("per resource and type-scoped", () => {
  for (const type of withEntitlements) {
    test(`say the same of ${type}`, async () => {
      const replica = await world.replica({ listing: "per-resource" });
      const ids = (await walk(resourceListing(type, whole), replica)).map(idOfResource);
      for (const listingOf of [entitlementListing, grantListing]) {
        // A sync of its own each, so that the first resources are read alone and the rest in bulk.
        const each: string[] = [];
        for (const id of ids)
          each.push(...(await walk(listingOf(type, id, { pageSize: 0, syncId: `each-${type}` }), replica)));
        const all = await walk(listingOf(type, undefined, whole), replica);
        expect(all.length).toBeGreaterThan(0);
        expect(difference(each, all), listingOf.name).toEqual(none);
      }
    });

    test(`say the same of each ${type} that is read alone`, async () => {
      const replica = await world.replica();
      const all = await walk(grantListing(type, undefined, whole), replica);
      const ids = (await walk(resourceListing(type, whole), replica)).map(idOfResource);
      const alone: string[] = [];
      for (const id of ids) {
        const own: Replica = await world.replica({ listing: "per-resource" });
        alone.push(...(await walk(grantListing(type, id, { pageSize: 3, syncId: "" }), own)));
        await own.close();
      }
      expect(difference(alone, all)).toEqual(none);
    }, 120_000);
  }
});

describe("ids", () => {
  test("are unique, and every grant names a listed resource, entitlement and principal", async () => {
    const replica = await world.replica();
    const resources = new Set<string>();
    for (const type of types) {
      const rows = await walk(resourceListing(type, whole), replica);
      for (const row of rows) resources.add(`${type}:${idOfResource(row)}`);
    }
    const entitlements = new Set<string>();
    const grants = new Set<string>();
    for (const type of withEntitlements) {
      for (const row of await walk(entitlementListing(type, undefined, whole), replica)) {
        const { id }: { id: string } = JSON.parse(row);
        expect(entitlements.has(id), id).toBe(false);
        entitlements.add(id);
        expect(resources).toContain(id.slice(0, id.lastIndexOf(":")));
      }
      for (const row of await walk(grantListing(type, undefined, whole), replica)) {
        const grant: {
          id: string;
          entitlement: { id: string };
          principal: { id: { resourceType: string; resource: string } };
        } = JSON.parse(row);
        expect(grants.has(grant.id), grant.id).toBe(false);
        grants.add(grant.id);
        expect(entitlements).toContain(grant.entitlement.id);
        expect(resources).toContain(`${grant.principal.id.resourceType}:${grant.principal.id.resource}`);
      }
    }
    expect(grants.size).toBeGreaterThan(50);
  });

  test("stay when everything upstream is renamed", async () => {
    const before = await idsOfEverything(await world.replica());
    for (const subject of world.emulator.state.subjects) {
      Object.assign(subject, {
        displayName: `${subject.displayName} (renamed)`,
        principalName: `new ${subject.principalName}`,
      });
    }
    for (const part of [...world.emulator.state.projects, ...world.emulator.state.teams]) {
      Object.assign(part, { name: `${part.name} (renamed)` });
    }
    expect(await idsOfEverything(await world.replica())).toEqual(before);
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
