import { afterEach, describe, expect, test } from "vitest";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { isAdministrator, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";

let world: World | undefined;
afterEach(() => world?.close());

/** Short, since some faults leave requests without an answer. */
const impatient = { upstreamTimeoutMs: 400 };

async function start() {
  const started = await startAccounts({}, {}, impatient);
  world = started.world;
  return started;
}

/** A refusal is not tried again; all others leave open what was done. */
const kinds = ["hang", "reset-before", "reset-headers", "server-error", "not-json", "forbidden"] as const;
const cases = kinds.flatMap((kind) =>
  (["before", "after"] as const).flatMap((effect) =>
    [false, true].map((lasting) => ({
      kind,
      effect,
      lasting,
      isDone: effect === "after" || (!lasting && kind !== "forbidden"),
    })),
  ),
);

/** Whether an order was answered with success. */
const isConfirmed = (order: Promise<{ readonly outcome: string }>) =>
  order.then(
    ({ outcome }) => outcome === "PERFORMED" || outcome === "ALREADY",
    async (error: unknown) => (await refusalOf(Promise.reject(error))).code === 0,
  );

describe.each(cases)("$kind, with the effect $effect it, lasting: $lasting", ({ kind, effect, lasting, isDone }) => {
  const times = lasting ? {} : { times: 1 };

  test("of an addition ends in an answer that is true", async () => {
    const { orders, state } = await start();
    world?.emulator.faults.add({ kind, effect, method: "POST", route: "_apis/userentitlements", ...times });
    const confirmed = await isConfirmed(orders.addAccount({ email: "newcomer0@fabrikam.example" }));
    const isThere = state.subjects.some(
      ({ principalName, entitlement }) => principalName === "newcomer0@fabrikam.example" && entitlement !== undefined,
    );
    expect([isThere, confirmed]).toEqual([isDone, isDone]);
  });

  // What spoils a body spoils nothing of an answer that has none.
  test.skipIf(["reset-headers", "not-json"].includes(kind))("of a removal ends in an answer that is true", async () => {
    const { orders, state } = await start();
    const person = someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));
    world?.emulator.faults.add({ kind, effect, method: "DELETE", ...times });
    const confirmed = await isConfirmed(orders.remove(refOf(person)));
    const isThere = subjectAt(state, person.index).entitlement !== undefined;
    expect([!isThere, confirmed]).toEqual([isDone, isDone]);
  });

  test("of a new group ends in an answer that is true, and in one group at most", async () => {
    const { orders, state } = await start();
    world?.emulator.faults.add({ kind, effect, method: "POST", route: "_apis/graph/groups", ...times });
    const confirmed = await isConfirmed(orders.createGroup({ displayName: "Night watch" }));
    const made = state.subjects.filter(({ displayName }) => displayName === "Night watch");
    expect([made.length, confirmed]).toEqual([isDone ? 1 : 0, isDone]);
  });
});

test("an answer that is lost while nothing can be read is said to be unclear", async () => {
  const { orders, state } = await start();
  const person = someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));
  world?.emulator.faults.add({ kind: "hang", effect: "after", method: "DELETE" });
  world?.emulator.faults.add({ kind: "server-error", route: "_apis/userentitlements/*", from: 2 });
  const refusal = await refusalOf(orders.remove(refOf(person)));
  expect(refusal.message).toContain("it is not known whether it was made");
  expect(descriptorOf(person)).toBe(refOf(person).id);
});
