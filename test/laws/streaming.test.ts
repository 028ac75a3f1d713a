import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Reply, RequestSeen } from "../../src/emulator/index.ts";
import { idsOf, streamBatches, wholeStream } from "../support/stream.ts";
import {
  difference,
  entitlementListing,
  grantListing,
  type Listing,
  none,
  resourceListing,
  typesOf,
  walk,
} from "../support/walk.ts";
import { startWorld, type World } from "../support/world.ts";

/** Listings without a page size pass upstream's pages on as they arrive; a stream goes through all of them. */

let world: World;
/** How long each page of a listing takes upstream; it makes pages arrive one at a time. */
let delayMs = 0;

beforeAll(async () => {
  const onRequest = async ({ method, route }: RequestSeen): Promise<Reply | undefined> => {
    if (method === "GET" && /users|groups|userentitlements|serviceprincipals/.test(route)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    return undefined;
  };
  const pageSizes = { graph: 25, entitlements: 20, projects: 2, teams: 3 };
  world = await startWorld({ shuffle: true, pageSizes, onRequest });
});
afterAll(() => world.close());

const options = { pageSize: 0, syncId: "arrival" };

describe("pages as they arrive", () => {
  test("go on at any of them on a replica that has never seen the sync, with nothing lost or doubled", async () => {
    delayMs = 40;
    for (const type of ["user", "service-account", "service-principal", "group"]) {
      const first = await world.replica();
      const listing = resourceListing(type, options);
      const expected = await walk(listing, await world.replica());
      let seen: string[] = [];
      let pages = 0;
      for (let token = "", start = true; start || token !== ""; start = false) {
        if (!start) {
          const rest = await walk(listing, await world.replica(), token);
          expect(difference([...seen, ...rest], expected), `${type} after ${seen.length} rows`).toEqual(none);
        }
        const page = await listing.page(first, token);
        seen = [...seen, ...page.rows];
        token = page.next;
        pages += 1;
      }
      if (type === "user" || type === "group") expect(pages, type).toBeGreaterThan(1);
    }
  }, 240_000);

  test("come before the whole was read", async () => {
    delayMs = 40;
    const replica = await world.replica();
    const { rows, next } = await resourceListing("user", options).page(replica, "");
    expect(rows.length).toBeGreaterThan(0);
    expect(next).not.toBe("");
    expect(replica.app.client.connection.requests.get("GET userentitlements")).toBeLessThan(4);
  });

  test("give an empty page, and another token each time, to a caller who cannot wait so long", async () => {
    delayMs = 700;
    const replica = await world.replica();
    const listing = resourceListing("user", { pageSize: 10, syncId: "impatient" });
    const rows: string[] = [];
    const tokens = new Set<string>();
    let empty = 0;
    for (let token = "", start = true; start || token !== ""; start = false) {
      const page = await listing.page(replica, token, { deadlineMs: Date.now() + 1_000 });
      if (page.rows.length === 0) empty += 1;
      rows.push(...page.rows);
      expect(tokens.has(page.next)).toBe(false);
      tokens.add(page.next);
      token = page.next;
    }
    delayMs = 0;
    expect(empty).toBeGreaterThan(1);
    expect(difference(rows, await walk(listing, await world.replica()))).toEqual(none);
  });
});

describe("a stream", () => {
  beforeAll(() => {
    delayMs = 0;
  });

  test("tells what the single calls tell, with any batch size", async () => {
    const replica = await world.replica();
    const types = await typesOf(replica);
    const listings: Listing[] = [
      ...types.map((type) => resourceListing(type, options)),
      ...["group", "team"].flatMap((type) => [
        entitlementListing(type, undefined, options),
        grantListing(type, undefined, options),
      ]),
    ];
    const rows = await Promise.all(listings.map((listing) => walk(listing, replica)));
    const whole = idsOf(await wholeStream(replica));
    expect(whole).toHaveLength(types.length + rows.flat().length);
    for (const batchSize of [1, 13, 250]) {
      const batches = await wholeStream(replica, { batchSize });
      expect(difference(idsOf(batches), whole), `batch size ${batchSize}`).toEqual(none);
      for (const { resources, entitlements, grants } of batches) {
        expect(resources.length + entitlements.length + grants.length).toBeLessThanOrEqual(batchSize);
      }
    }
  });

  test("resumes after any batch on a replica that has never seen it, with nothing lost or doubled", async () => {
    const request = { batchSize: 40, activeSyncId: "broken" };
    const whole = await wholeStream(await world.replica(), request);
    expect(whole.length).toBeGreaterThan(10);
    for (let kept = 1; kept < whole.length; kept += 1) {
      const head = whole.slice(0, kept);
      const resumeToken = head.at(-1)?.resumeToken ?? "";
      expect(resumeToken).not.toBe("");
      const fresh = await world.replica();
      const tail = await wholeStream(fresh, { ...request, resumeToken });
      await fresh.close();
      expect(difference(idsOf([...head, ...tail]), idsOf(whole)), `after batch ${kept}`).toEqual(none);
    }
  }, 120_000);

  test("tells chosen types only, counts what it told, and says when it is complete", async () => {
    const batches = await wholeStream(await world.replica(), { resourceTypeIds: ["team", "project"], batchSize: 5 });
    const types = new Set(batches.flatMap(({ resources }) => resources.map(({ id }) => id?.resourceType)));
    expect(types).toEqual(new Set(["team", "project"]));
    const last = batches.at(-1);
    const sum = (count: (batch: (typeof batches)[number]) => number) =>
      BigInt(batches.reduce((total, batch) => total + count(batch), 0));
    expect(last?.counters?.resources).toBe(sum(({ resources }) => resources.length));
    expect(last?.counters?.grants).toBe(sum(({ grants }) => grants.length));
    expect(last?.counters?.upstreamRequests).toBeGreaterThan(0n);
    expect(last?.upstreamBudget?.concurrencyLimit).toBeGreaterThan(0);
    expect(batches.map(({ complete }) => complete)).toEqual(batches.map((batch) => batch === last));
    expect(last?.resumeToken).toBe("");
  });

  test("is not read on for a reader who stopped reading", async () => {
    const replica = await world.replica();
    const stream = streamBatches(replica, { batchSize: 1 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { requests } = replica.app.client.connection;
    expect(requests.get("GET userentitlements") ?? 0).toBeLessThan(4);
    await stream.return(undefined);
  });
});
