import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Subject, subjectAt } from "../../src/emulator/index.ts";
import { createResourceOrders, refusalOf } from "../support/accounts.ts";
import { createOrders } from "../support/orders.ts";
import { startWorld, type World } from "../support/world.ts";
import { found, people, refOf } from "./parts.ts";

let world: World;
let onDelete = () => {};

beforeEach(async () => {
  onDelete = () => {};
  world = await startWorld({
    onRequest: ({ method }) => {
      if (method === "DELETE") onDelete();
      return undefined;
    },
  });
});
afterEach(() => world.close());

const accounts = {
  domains: new Set<string>(),
  invitesOutsiders: false,
  allowsPaidSeats: false,
  deprovisions: true,
};
const replica = () => world.replica({ provisioning: "privileged", changes: { accounts, readBackMs: 2_000 } });

/** The administrators of a project, whom these alone are in. */
function administratorsOf(members: readonly Subject[]): Subject {
  const { state, changes } = world.emulator;
  const isOne = ({ group, payload }: Subject) => group?.project === 0 && payload.endsWith("-0-0-0-0-1");
  const group = found(state.groups.map((index) => subjectAt(state, index)).find(isOne), "a project's administrators");
  for (const each of [...(group.group?.members ?? [])]) changes.leave(group.index, each);
  for (const { index } of members) changes.join(group.index, index);
  return group;
}

/** Groups that are in no other, with two people each. */
function pairs(count: number): Subject[] {
  const { state, changes } = world.emulator;
  const all = people(state);
  const groups = state.groups
    .map((index) => subjectAt(state, index))
    .filter(({ group }) => group?.kind === "made" && group.project === undefined)
    .slice(0, count);
  for (const [at, { index, group, memberOf }] of groups.entries()) {
    for (const each of [...(group?.members ?? [])]) changes.leave(index, each);
    for (const each of [...memberOf]) {
      if (!subjectAt(state, each).payload.endsWith("-0-0-0-0-3")) changes.leave(each, index);
    }
    for (const person of all.slice(at * 2, at * 2 + 2)) changes.join(index, person.index);
  }
  return groups;
}

const membersOf = ({ index }: Subject) => subjectAt(world.emulator.state, index).group?.members ?? [];
const refusedOf = (settled: readonly PromiseSettledResult<unknown>[]) =>
  settled.filter(({ status }) => status === "rejected").length;

describe("of removals at once that would leave too few administrators, one is refused:", () => {
  test("deletions of two groups, ordered of one process, which touches nothing of the second", async () => {
    const groups = pairs(2);
    const administrators = administratorsOf(groups);
    const orders = createResourceOrders(await replica());
    const settled = await Promise.allSettled(groups.map((each) => orders.remove(refOf(each))));
    expect(refusedOf(settled)).toBe(1);
    expect(membersOf(administrators)).toHaveLength(1);
    expect(world.emulator.writes.all.map(({ method, route }) => `${method} ${route}`)).toEqual([
      "DELETE _apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}",
      "DELETE _apis/graph/groups/{groupDescriptor}",
    ]);
  });

  test("deletions of two groups, ordered of two replicas", async () => {
    const groups = pairs(2);
    const administrators = administratorsOf(groups);
    const replicas = await Promise.all([replica(), replica()]);
    const settled = await Promise.allSettled(
      replicas.map((each, at) => createResourceOrders(each).remove(refOf(found(groups[at], "a group")))),
    );
    const refused = refusedOf(settled);
    expect(refused).toBeGreaterThan(0);
    expect(membersOf(administrators)).toHaveLength(refused);
    expect(groups.filter(({ index }) => subjectAt(world.emulator.state, index).active)).toHaveLength(refused);
  });

  test("the deletion of a group, and memberships", async () => {
    const [group] = pairs(1);
    const two = people(world.emulator.state).slice(2, 4);
    const administrators = administratorsOf([found(group, "a group"), ...two]);
    const connector = await replica();
    const membership = (person: Subject) => ({
      resource: refOf(administrators),
      slug: "member",
      principal: refOf(person),
    });
    const settled = await Promise.allSettled([
      createResourceOrders(connector).remove(refOf(found(group, "a group"))),
      ...two.map((each) => createOrders(connector).revoke(membership(each))),
    ]);
    expect(refusedOf(settled)).toBeGreaterThan(0);
    const left = membersOf(administrators);
    expect(left.includes(group?.index ?? -1) || left.length === 2).toBe(true);
  });

  test("accounts, and the one that is refused keeps its tokens", async () => {
    const { state, writes } = world.emulator;
    const three = people(state).slice(0, 3);
    administratorsOf(three);
    const orders = createResourceOrders(await replica());
    const settled = await Promise.allSettled(three.slice(0, 2).map((each) => orders.remove(refOf(each))));
    expect(refusedOf(settled)).toBe(1);
    expect(writes.all.map(({ method }) => method)).toEqual(["DELETE"]);
  });
});

test("a group comes back to the administrators when others left while it was counted, and is not deleted", async () => {
  const [group, other] = pairs(2).map(({ index }) => subjectAt(world.emulator.state, index));
  if (!group || !other) throw new Error("too few groups");
  const administrators = administratorsOf([group, other]);
  onDelete = () => {
    onDelete = () => {};
    world.emulator.changes.leave(administrators.index, other.index);
  };
  const before = group.group?.members;
  const refusal = await refusalOf(createResourceOrders(await replica()).remove(refOf(group)));
  expect(refusal).toEqual({ code: 9, message: expect.stringMatching(/--min-admins.*it was not deleted/) });
  expect(membersOf(administrators)).toEqual([group.index]);
  expect(subjectAt(world.emulator.state, group.index)).toMatchObject({ active: true, group: { members: before } });
});

test.each([
  ["graph/memberships, an answer lost", { kind: "reset-before", effect: "after", times: 1 }, true],
  ["graph/memberships, all answers lost", { kind: "reset-before", effect: "after" }, false],
  ["graph/groups, its answers lost", { kind: "reset-before", effect: "after", route: "_apis/graph/groups/*" }, true],
  ["graph/groups, nothing done", { kind: "server-error", effect: "before", route: "_apis/graph/groups/*" }, false],
] as const)("DELETE of %s: a group is gone, or an administrator still", async (_title, fault, isDone) => {
  const [group, other] = pairs(2);
  if (!group || !other) throw new Error("too few groups");
  const administrators = administratorsOf([group, other, ...people(world.emulator.state).slice(4, 6)]);
  world.emulator.faults.add({ method: "DELETE", ...fault });
  const [settled] = await Promise.allSettled([createResourceOrders(await replica()).remove(refOf(group))]);
  expect(settled?.status === "fulfilled").toBe(isDone);
  expect(subjectAt(world.emulator.state, group.index).active).toBe(!isDone);
  expect(membersOf(administrators).includes(group.index)).toBe(!isDone);
});
