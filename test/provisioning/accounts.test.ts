import { afterEach, expect, test } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { createResourceOrders, refusalOf } from "../support/accounts.ts";
import { type ReplicaOptions, startWorld, type World } from "../support/world.ts";

let world: World;
afterEach(() => world.close());

const accounts = {
  domains: new Set(["fabrikam.example"]),
  invitesOutsiders: false,
  allowsPaidSeats: false,
  deprovisions: false,
};

async function start(emulator: EmulatorOptions = {}, policy: Partial<typeof accounts> = {}, more: ReplicaOptions = {}) {
  world = await startWorld(emulator);
  const changes = { accounts: { ...accounts, ...policy }, ...more.changes };
  const replica = await world.replica({ provisioning: "standard", ...more, changes });
  return { replica, orders: createResourceOrders(replica), emulator: world.emulator };
}

test("a person of the directory is added", async () => {
  const { orders, emulator } = await start();
  const answer = await orders.addAccount({ email: "newcomer0@fabrikam.example", access_level: "basic" });
  console.log(
    answer.arm,
    answer.message,
    answer.outcome,
    answer.report.notes,
    answer.resource?.id,
    JSON.stringify(answer.resource?.profile),
  );
  console.log(emulator.writes.all.map((w) => [w.method, w.route, w.status, w.changed, w.body]));
  const again = await orders.addAccount({ email: "newcomer0@fabrikam.example", access_level: "stakeholder" });
  console.log(again.arm, again.outcome);
  expect(again.resource).toEqual(answer.resource);
  console.log(await refusalOf(orders.addAccount({ email: "nobody@fabrikam.example" })));
  console.log(await refusalOf(orders.addAccount({ email: "nobody@outside.example" })));
});
