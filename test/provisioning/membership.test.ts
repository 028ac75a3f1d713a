import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { outsider, plainGroup, refOf } from "./parts.ts";

let world: World;
let replica: Replica;

beforeEach(async () => {
  world = await startWorld();
  replica = await world.replica({ provisioning: "standard" });
});
afterEach(() => world.close());

describe("membership of a group", () => {
  test("is given once and taken once, and each is seen in the next listing", async () => {
    const { state, writes } = world.emulator;
    const group = plainGroup(state);
    const user = outsider(state, group);
    const order = { resource: refOf(group), slug: "member", principal: refOf(user) };
    const { grant, revoke, holds } = createOrders(replica);
    expect(await holds(order)).toBe(false);
    expect(await grant(order)).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(subjectAt(state, group.index).group?.members).toContain(user.index);
    expect(await holds(order)).toBe(true);
    expect(await grant(order)).toMatchObject({ outcome: "ALREADY", already: true });
    expect(await revoke(order)).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(await holds(order)).toBe(false);
    expect(await revoke(order)).toMatchObject({ outcome: "ALREADY", already: true });
    expect(writes.all.map(({ method, changed }) => [method, changed])).toEqual([
      ["PUT", true],
      ["DELETE", true],
    ]);
  });
});

test("what is taken from a person takes as many requests in however many groups the connector's identity is", async () => {
  const { state, changes, requests } = world.emulator;
  const group = plainGroup(state);
  const user = outsider(state, group);
  const order = { resource: refOf(group), slug: "member", principal: refOf(user) };
  const { revoke } = createOrders(replica);
  const counts: number[] = [];
  for (const groups of [0, 0, 20]) {
    for (const index of state.groups.slice(0, groups)) changes.join(index, state.caller);
    changes.join(group.index, user.index);
    requests.reset();
    await revoke(order);
    counts.push(requests.total);
  }
  // The first one reads who the connector is besides.
  expect(counts[1]).toBe(counts[2]);
});
