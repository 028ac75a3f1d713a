import { afterEach, describe, expect, test } from "vitest";
import { type OrganizationState, type Subject, subjectAt } from "../../src/emulator/index.ts";
import type { World } from "../support/world.ts";
import { isAdministrator, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";
import { groupsAround } from "./parts.ts";

/** One fault at each request of each order in turn: whatever the answer is, the organization is as it says. */

let world: World | undefined;
afterEach(() => world?.close());

async function start() {
  const started = await startAccounts({ users: 40 }, {}, { provisioning: "privileged", upstreamTimeoutMs: 500 });
  world = started.world;
  return started;
}

type Orders = Awaited<ReturnType<typeof start>>["orders"];

interface Ordered {
  order(orders: Orders, state: OrganizationState): Promise<{ readonly outcome: string }>;
  isDone(state: OrganizationState): boolean;
}

const newcomer = "newcomer0@fabrikam.example";
const leaver = (state: OrganizationState) =>
  someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));

/** A group that people made, and that the connector is not in. */
function madeGroup(state: OrganizationState): Subject {
  const own = groupsAround(state, subjectAt(state, state.caller));
  const isMade = (each: Subject) =>
    each.group?.kind === "made" && !own.has(each.index) && !isAdministrator(state, each);
  return subjectAt(state, state.groups.find((index) => isMade(subjectAt(state, index))) ?? -1);
}

function ordered(): Readonly<Record<string, Ordered>> {
  let removed = -1;
  return {
    "the addition of a person": {
      order: (orders) => orders.addAccount({ email: newcomer, access_level: "basic" }),
      isDone: ({ subjects }) =>
        subjects.some(({ principalName, entitlement }) => principalName === newcomer && entitlement !== undefined),
    },
    "the addition of a service principal": {
      order(orders, { directory }) {
        const principal = directory.find(({ kind }) => kind === "servicePrincipal");
        return orders.addAccount({ object_id: principal?.originId ?? "" }, "service-principal");
      },
      isDone: ({ subjects, directory }) =>
        subjects.some(
          ({ originId, entitlement }) =>
            entitlement !== undefined &&
            originId === directory.find(({ kind }) => kind === "servicePrincipal")?.originId,
        ),
    },
    "the removal of a person": {
      order(orders, state) {
        removed = leaver(state).index;
        return orders.remove(refOf(subjectAt(state, removed)));
      },
      isDone: (state) => subjectAt(state, removed).entitlement === undefined,
    },
    "a new group": {
      order: (orders) => orders.createGroup({ displayName: "Night watch" }),
      isDone: ({ subjects }) => subjects.some(({ displayName }) => displayName === "Night watch"),
    },
    "a group that is renamed": {
      order(orders, state) {
        removed = madeGroup(state).index;
        return orders.createGroup({ id: refOf(madeGroup(state)).id, displayName: "Renamed" });
      },
      isDone: (state) => subjectAt(state, removed).displayName === "Renamed",
    },
    "the end of a group": {
      order(orders, state) {
        removed = madeGroup(state).index;
        return orders.remove(refOf(madeGroup(state)));
      },
      isDone: (state) => !subjectAt(state, removed).active,
    },
  };
}

/** Requests in which a fault is tried: those that write, and of the others so many, spread evenly. */
const mostReads = 8;

function placesOf(requests: readonly { readonly method: string; readonly route: string }[]): readonly number[] {
  const step = Math.ceil(requests.length / mostReads);
  const reading = /subjectlookup|identitybatch/;
  return requests.flatMap(({ method, route }, at) => {
    const isWrite = method !== "GET" && !reading.test(route);
    return isWrite || at % step === 0 ? [at + 1] : [];
  });
}

describe.each(Object.keys(ordered()))("%s", (name) => {
  test.each(["server-error", "reset-before", "truncated-json", "forbidden"])(
    "with %s at each request",
    async (kind) => {
      const { order, isDone } = ordered()[name] ?? {};
      const clean = await start();
      world?.emulator.requests.reset();
      expect(await order?.(clean.orders, clean.state)).toMatchObject({ outcome: "PERFORMED" });
      const places = placesOf(world?.emulator.requests.recent ?? []);
      await world?.close();
      expect(places.length).toBeGreaterThan(3);
      for (const nth of places) {
        const { orders, state, faults } = await start();
        faults.add({ kind, nth, times: 1 });
        const outcome = await order?.(orders, state).then(
          (answer) => answer.outcome,
          () => "failed",
        );
        const isConfirmed = outcome === "PERFORMED" || outcome === "ALREADY";
        expect(`${nth}: ${isConfirmed}`).toBe(`${nth}: ${isDone?.(state)}`);
        await world?.close();
      }
    },
  );
});
