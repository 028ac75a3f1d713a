import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namespaceIds, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { distributedTaskNamespace } from "../../src/emulator/namespace-ids.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { startWorld, type World } from "../support/world.ts";
import { entriesOn, found, people, refOf } from "./parts.ts";

/**
 * Grants for a time that overlap: one takes the place of another, and each ends when its time is over. In whatever order
 * they end, what was there before all of them is there afterwards, and nothing of what was revoked.
 */
let world: World;
let orders: ReturnType<typeof createOrders>;
let person: Subject;

beforeEach(async () => {
  world = await startWorld({ users: 40, pools: 3, feeds: 2 });
  const sync = { optionalTypes: ["access-level", "agent-pool", "feed"], permissionDetail: "standard" } as const;
  orders = createOrders(await world.replica({ provisioning: "standard", sync }));
  person = found(people(world.emulator.state)[0], "a person");
  const own = { level: "express", status: "active", lastAccess: 0, created: 0, assignment: "unknown" } as const;
  world.emulator.changes.setEntitlement(person.index, own);
});
afterEach(() => world.close());

interface Kind {
  readonly low: () => Order;
  readonly high: () => Order;
  /** What the person has upstream. */
  readonly held: () => unknown;
}

const order = (type: string, id: string | undefined, slug: string): Order => ({
  resource: { type, id: found(id, `a ${type}`) },
  slug,
  principal: refOf(person),
});
const pool = () => String(world.emulator.state.roleObjects.pools.at(-1)?.id);
const repository = () => found(world.emulator.state.repositories[0], "a repository");
const entryOf = (namespace: string, token: string) =>
  entriesOn(world.emulator.state, namespace, token).find(({ who }) => who === person.index);

const kinds: Readonly<Record<string, Kind>> = {
  "access levels": {
    low: () => order("access-level", "basic-test-plans", "assigned"),
    high: () => order("access-level", "visual-studio-enterprise", "assigned"),
    held: () => subjectAt(world.emulator.state, person.index).entitlement?.level,
  },
  "roles on a pool, of which a group gives the lower one": {
    low: () => order("agent-pool", pool(), "reader"),
    high: () => order("agent-pool", pool(), "administrator"),
    held: () => entryOf(distributedTaskNamespace, `AgentPools/${pool()}`),
  },
  "roles on a feed": {
    low: () => order("feed", world.emulator.state.feeds.feeds[0]?.id, "reader"),
    high: () => order("feed", world.emulator.state.feeds.feeds[0]?.id, "contributor"),
    held: () => world.emulator.state.feeds.feeds[0]?.permissions.find(({ who }) => who === person.index),
  },
  "bundles of a repository": {
    low: () => order("repository", repository().id, "access.contribute"),
    high: () => order("repository", repository().id, "access.maintain"),
    held() {
      const { id, project } = repository();
      return entryOf(namespaceIds.git, `repoV2/${world.emulator.state.projects[project]?.id}/${id}`);
    },
  },
};

describe.each(Object.entries(kinds))("of %s", (_name, { low, high, held }) => {
  test("what ended first does not come back with the end of the other", async () => {
    const before = held();
    const first = await orders.grant(low());
    const second = await orders.grant(high());
    expect(second.replaced).toContain(low().slug === "assigned" ? low().resource.id : low().slug);
    // A group can give the lower one too, which a revoke names; what was their own is over all the same.
    expect(held()).not.toEqual(before);
    await orders.revoke(low(), first.grants[0]).catch(() => undefined);
    await orders.revoke(high(), second.grants[0]);
    expect(held()).toEqual(before);
  });

  test("both end at one moment", async () => {
    const before = held();
    const first = await orders.grant(low());
    const second = await orders.grant(high());
    await Promise.allSettled([orders.revoke(low(), first.grants[0]), orders.revoke(high(), second.grants[0])]);
    expect(held()).toEqual(before);
  });

  test.each(["low", "high"])("one that is granted again, and the %s one ends first", async (ends) => {
    const before = held();
    await orders.grant(low());
    const second = await orders.grant(high());
    const again = await orders.grant(low());
    const lowEnds = () => orders.revoke(low(), again.grants[0]).catch(() => undefined);
    const highEnds = () => orders.revoke(high(), second.grants[0]);
    for (const end of ends === "low" ? [lowEnds, highEnds] : [highEnds, lowEnds]) await end();
    expect(held()).toEqual(before);
  });
});
