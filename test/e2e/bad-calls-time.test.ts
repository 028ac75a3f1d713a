import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourceGetterService, ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { until } from "../server/harness.ts";
import { codes, expectFine, expectRefused, outcomeOf } from "../support/refusals.ts";
import { streamBatches } from "../support/stream.ts";
import { difference, grantListing, none, resourceListing, walk } from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** Callers that go away, come too late, come twice, or end what runs. */

let world: World;
let replica: Replica;

/** While there is one, upstream answers nothing. */
let gate: PromiseWithResolvers<void> | undefined;
/** Requests that wait there. */
let held = 0;

beforeEach(async () => {
  const onRequest = async () => {
    if (gate) held += 1;
    await gate?.promise;
    return undefined;
  };
  world = await startWorld({ onRequest });
  replica = await world.replica();
});
afterEach(async () => {
  open();
  await expectFine(replica);
  await world.close();
});

const { listResources } = ResourcesService.method;
const { getResource } = ResourceGetterService.method;
const { listGrants } = GrantsService.method;
const { cleanup } = ConnectorService.method;

function stall(): void {
  gate = Promise.withResolvers();
  held = 0;
}

function open(): void {
  gate?.resolve();
  gate = undefined;
}

const inFlight = () => replica.app.client.connection.budget.state.inFlight;
/** Requests whose client went before it had its answer. */
const givenUp = () => world.emulator.requests.recent.filter(({ status }) => status === 0).length;

const users = { resourceTypeId: "user", activeSyncId: "one" };
const someUser = () => {
  const subject = world.emulator.state.subjects.find(({ kind }) => kind === "entra-user");
  if (!subject) throw new Error("the organization has no user");
  return { resourceId: { resourceType: "user", resource: descriptorOf(subject) } };
};

describe("a canceled call", () => {
  const waiting = [
    { name: "ListResources", call: (signal: AbortSignal) => replica.call(listResources, users, { signal }) },
    { name: "GetResource", call: (signal: AbortSignal) => replica.call(getResource, someUser(), { signal }) },
    { name: "StreamSync", call: (signal: AbortSignal) => drain(signal) },
  ];

  async function drain(signal: AbortSignal): Promise<void> {
    for await (const _ of streamBatches(replica, { activeSyncId: "stream" }, signal));
  }

  test.each(waiting)("of $name is CANCELLED, and upstream's request ends with it", async ({ call }) => {
    stall();
    const caller = new AbortController();
    const outcome = outcomeOf(call(caller.signal));
    await until(() => held > 0, "a request to the organization");
    caller.abort();
    expect((await outcome).code).toBe(codes.cancelled);
    await until(() => inFlight() === 0, "the request to end");
    // The organization's end of the connection learns of it a little later; opened before, it would just answer.
    await setTimeout(200);
    open();
    await until(() => givenUp() > 0, "the organization to see it end");
  });

  test("takes nothing from another that waits for the same", async () => {
    stall();
    const caller = new AbortController();
    const first = outcomeOf(replica.call(listResources, users, { signal: caller.signal }));
    const second = replica.call(listResources, users);
    await until(() => held > 0, "a request to the organization");
    caller.abort();
    expect((await first).code).toBe(codes.cancelled);
    expect(inFlight()).toBeGreaterThan(0);
    open();
    expect((await second).list.length).toBeGreaterThan(10);
    expect(givenUp()).toBe(0);
  });
});

describe("a deadline", () => {
  test("that has passed before the call is DEADLINE_EXCEEDED", async () => {
    const call = replica.call(listResources, users, { deadlineMs: Date.now() - 1000 });
    await expectRefused(call, codes.deadlineExceeded, /deadline/i);
  });

  test("that passes during the wait is DEADLINE_EXCEEDED, and upstream's request ends", async () => {
    stall();
    const call = replica.call(getResource, someUser(), { deadlineMs: Date.now() + 300 });
    await expectRefused(call, codes.deadlineExceeded, /deadline/i);
    await until(() => inFlight() === 0, "the request to end");
  });

  test("that would pass during a listing's wait is met with an empty page, whose token goes on", async () => {
    stall();
    const first = await replica.call(listResources, users, { deadlineMs: Date.now() + 1_000 });
    expect(first.list).toEqual([]);
    expect(first.nextPageToken).not.toBe("");
    const again = { ...users, pageToken: first.nextPageToken };
    const second = await replica.call(listResources, again, { deadlineMs: Date.now() + 1_000 });
    expect(second.list).toEqual([]);
    expect(second.nextPageToken).not.toBe(first.nextPageToken);
    open();
    const third = await replica.call(listResources, { ...users, pageToken: second.nextPageToken });
    expect(third.list.length).toBeGreaterThan(10);
  });
});

const syncId = "listed";
const everything = (own: Replica, pageSize: number, id = syncId) =>
  walk(grantListing("group", undefined, { pageSize, syncId: id }), own);

describe("Cleanup", () => {
  test("of an unknown sync is no error, however often", async () => {
    for (const activeSyncId of ["never-seen", "", "\u0000", "never-seen"])
      await replica.call(cleanup, { activeSyncId });
    await expectRefused(replica.call(cleanup, { activeSyncId: "x".repeat(1025) }), codes.invalidArgument, /1024 bytes/);
  });

  test("after each page of a listing of its sync leaves the listing whole", async () => {
    const whole = await everything(replica, 0, "undisturbed");
    const listing = grantListing("group", undefined, { pageSize: 15, syncId });
    const rows: string[] = [];
    let token = "";
    do {
      const page = await listing.page(replica, token);
      rows.push(...page.rows);
      token = page.next;
      await replica.call(cleanup, { activeSyncId: syncId });
    } while (token !== "");
    expect(rows.length).toBeGreaterThan(20);
    expect(difference(rows, whole)).toEqual(none);
  });

  test("during a running call of its sync lets the call end", async () => {
    const whole = await everything(replica, 0, "undisturbed");
    world.emulator.faults.add({ kind: "latency", ms: 50 });
    const running = everything(replica, 0);
    await until(() => inFlight() > 0, "a request to the organization");
    await replica.call(cleanup, { activeSyncId: syncId });
    expect(difference(await running, whole)).toEqual(none);
  });

  test("of one sync leaves the readings of another", async () => {
    await everything(replica, 0, "stays");
    await everything(replica, 0, "goes");
    await replica.call(cleanup, { activeSyncId: "goes" });
    const { total } = world.emulator.requests;
    await everything(replica, 0, "stays");
    expect(world.emulator.requests.total).toBe(total);
    await everything(replica, 0, "goes");
    expect(world.emulator.requests.total).toBeGreaterThan(total);
  });
});

describe("two syncs at once", () => {
  test("page by page in turns are both whole and equal, and read upstream once each", async () => {
    const alone = await world.replica();
    const whole = await everything(alone, 9, "alone");
    const each = world.emulator.requests.total;
    const listing = (id: string) => grantListing("group", undefined, { pageSize: 9, syncId: id });
    const syncs = ["one", "two"].map((id) => ({
      listing: listing(id),
      rows: Array.of<string>(),
      token: "",
      done: false,
    }));
    while (syncs.some(({ done }) => !done)) {
      for (const sync of syncs.filter(({ done }) => !done)) {
        const page = await sync.listing.page(replica, sync.token);
        sync.rows.push(...page.rows);
        sync.token = page.next;
        sync.done = page.next === "";
      }
    }
    for (const { rows } of syncs) expect(rows).toEqual(whole);
    // What the connector reads once in its life, where the services are, comes on top of the first one alone.
    const both = world.emulator.requests.total - each;
    expect(both).toBeGreaterThan(each);
    expect(both).toBeLessThanOrEqual(2 * each);
    await alone.close();
  });

  test("at the same time, with more than are held, are all whole", async () => {
    const whole = await everything(replica, 0, "alone");
    const ids = Array.from({ length: 6 }, (_, index) => `sync ${index}`);
    const all = await Promise.all(ids.map((id) => everything(replica, 40, id)));
    for (const rows of all) expect(difference(rows, whole)).toEqual(none);
  });
});

test("the same page asked twice at once is the same, and is read once", async () => {
  const pages = () => replica.call(listResources, { ...users, pageSize: 5 });
  const [one, two, three] = await Promise.all([pages(), pages(), pages()]);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
  const { total } = world.emulator.requests;
  const pageToken = one?.nextPageToken ?? "";
  const [left, right] = await Promise.all(
    [1, 2].map(() => replica.call(listResources, { ...users, pageSize: 5, pageToken })),
  );
  expect(left?.list).toHaveLength(5);
  expect(right).toEqual(left);
  expect(world.emulator.requests.total).toBe(total);
  const all = await walk(resourceListing("user", { pageSize: 5, syncId: "one" }), replica);
  expect(new Set(all).size).toBe(all.length);
});

test("calls that come with a sync id of their own each are held to four syncs", async () => {
  const group = world.emulator.state.teams[0]?.group ?? 0;
  const resource = { id: { resourceType: "group", resource: descriptorOf(subjectAt(world.emulator.state, group)) } };
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => replica.call(listGrants, { resource, activeSyncId: `sync ${index}` })),
  );
  expect(replica.app.scope.sessions.size).toBe(4);
});
