import { afterAll, expect, test } from "vitest";
import { outcomeOf } from "../support/refusals.ts";
import { startAccounts } from "./account-world.ts";
import { resourceAttempts } from "./resource-attempts.ts";

const rows: string[] = [];

test.each(resourceAttempts)("$rule: $door", async ({ rule, door, emulator, policy, options, order, told }) => {
  const { world, orders, writes } = await startAccounts(emulator, policy, options);
  try {
    expect(await outcomeOf(order(orders, world))).toEqual({ code: 9, message: expect.stringMatching(told) });
    expect(writes.all).toEqual([]);
    rows.push(`${rule} | ${door} | refused | ${writes.all.length}`);
  } finally {
    await world.close();
  }
});

afterAll(() => {
  expect(rows.length).toBe(resourceAttempts.length);
  console.log(["rule | attempt | answer | writes", ...rows].join("\n"));
});
