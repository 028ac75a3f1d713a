import { afterEach, expect, test } from "vitest";
import { descriptorOf } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, found, people, plainGroup, refOf } from "./parts.ts";

let world: World;
afterEach(() => world.close());

const everyScope = ["vso.graph_manage", "vso.identity", "vso.project", "vso.security_manage"];
const oneByOne = "GET _apis/graph/users/{userDescriptor}";

/** A group of 600 people, who are looked up without what tells guests from members, as it is documented. */
async function start(scopes: readonly string[]) {
  world = await startWorld({
    users: 720,
    tokens: [{ token: "this", scopes }],
    onRequest({ path }) {
      if (!path.toLowerCase().endsWith("subjectlookup")) return undefined;
      const subjects = world.emulator.state.subjects.map((each) => {
        const { displayName, principalName, originId, domain } = each;
        return [descriptorOf(each), { descriptor: descriptorOf(each), displayName, principalName, originId, domain }];
      });
      return { status: 200, body: { value: Object.fromEntries(subjects) } };
    },
  });
  const { changes, state, requests } = world.emulator;
  const group = plainGroup(state);
  for (const each of [...(group.group?.members ?? [])]) changes.leave(group.index, each);
  const members = people(state).slice(0, 600);
  expect(members).toHaveLength(600);
  for (const { index } of members) {
    const principalName = `member-${index}@fabrikam.example`;
    changes.setSubject(index, { metaType: "member", principalName });
    changes.join(group.index, index);
  }
  const options = { provisioning: "privileged", changes: { tierZeroTo: ["groups"] } } as const;
  const { grant } = createOrders(await world.replica({ ...options, token: "this" }));
  const order = { resource: refOf(administrators(state)), slug: "member", principal: refOf(group) };
  const makeGuest = (at: number) => changes.setSubject(found(members[at], "a member").index, { metaType: "guest" });
  return { requests, makeGuest, grant: () => grant(order) };
}

const isRefusedForGuests = {
  code: codes.failedPrecondition,
  message: expect.stringMatching(/who is in it, is a guest.*--tier-zero-to guests/),
};

test("the members of a group are asked for by hundreds where the identity service may be read", async () => {
  const { requests, makeGuest, grant } = await start(everyScope);
  makeGuest(599);
  expect(await outcomeOf(grant())).toEqual(isRefusedForGuests);
  expect(world.emulator.writes.all).toEqual([]);
  expect(requests.total).toBeLessThan(60);
  expect(requests.count(oneByOne)).toBe(0);
});

test("who is in a group of which nobody is kept from Tier 0 gets it by few requests", async () => {
  const { requests, grant } = await start(everyScope);
  expect(await grant()).toMatchObject({ outcome: "PERFORMED" });
  // Looked at before and after the write.
  expect(requests.total).toBeLessThan(100);
  expect(requests.count(oneByOne)).toBe(0);
});

test("without the identity service each is asked for alone, until the first who is refused", async () => {
  const { requests, makeGuest, grant } = await start(everyScope.filter((scope) => scope !== "vso.identity"));
  makeGuest(20);
  expect(await outcomeOf(grant())).toEqual(isRefusedForGuests);
  expect(world.emulator.writes.all).toEqual([]);
  expect(requests.count(oneByOne)).toBeGreaterThan(20);
  expect(requests.count(oneByOne)).toBeLessThan(100);
});
