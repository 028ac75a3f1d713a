import { afterAll, expect, test } from "vitest";
import { createOrders } from "../support/orders.ts";
import { outcomeOf } from "../support/refusals.ts";
import { startWorld } from "../support/world.ts";
import { attempts } from "./attempts.ts";

const rows: string[] = [];

test.each(attempts)("$rule: $door", async ({ rule, door, kind, options, order, told, emulator }) => {
  const world = await startWorld(emulator ?? {});
  try {
    const asked = order(world);
    const replica = await world.replica(options);
    const orders = createOrders(replica);
    const ordered = kind === "grant" ? orders.grant(asked) : orders.revoke(asked);
    expect(await outcomeOf(ordered)).toEqual({ code: 9, message: expect.stringMatching(told) });
    expect(world.emulator.writes.all).toEqual([]);
    rows.push(`${rule} | ${door} | refused | ${world.emulator.writes.all.length}`);
  } finally {
    await world.close();
  }
});

afterAll(() => {
  expect(rows.length).toBe(attempts.length);
  console.log(["rule | attempt | answer | writes", ...rows].join("\n"));
});
