import { afterEach, describe, expect, test } from "vitest";
import { type EmulatorOptions, type OrganizationState, subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, found, groupWithOutsider, people, refOf } from "./parts.ts";

/** Reads that are far behind the writes, and writes whose answers are lost: what is told is what is so. */
let world: World;
afterEach(() => world.close());

async function start(kind: "grant" | "revoke", options: EmulatorOptions) {
  world = await startWorld({ readLag: { memberships: 1_000 }, ...options });
  const { state, changes } = world.emulator;
  const { group, person } = kind === "grant" ? outsideOf(state) : insideOf(state);
  const orders = createOrders(await world.replica({ provisioning: "standard", changes: { readBackMs: 150 } }));
  const order = { resource: refOf(group), slug: "member", principal: refOf(person) };
  const isMember = () => subjectAt(state, group.index).group?.members.includes(person.index);
  /** Somebody else makes it so, which reads do not show. */
  const overtake = () =>
    kind === "grant" ? changes.join(group.index, person.index) : changes.leave(group.index, person.index);
  const lose = (times: number) =>
    world.emulator.faults.add({
      kind: "reset-before",
      method: kind === "grant" ? "PUT" : "DELETE",
      effect: "after",
      times,
    });
  return { ask: () => orders[kind](order), revoke: () => orders.revoke(order), isMember, overtake, lose };
}

function outsideOf(state: OrganizationState) {
  const { group, outside } = groupWithOutsider(state);
  return { group, person: outside };
}

function insideOf(state: OrganizationState) {
  const groups = state.groups.map((index) => subjectAt(state, index)).filter(({ group }) => group?.kind === "made");
  const pairs = groups.flatMap((group) =>
    people(state)
      .filter(({ index }) => group.group?.members.includes(index))
      .map((person) => ({ group, person })),
  );
  return found(pairs[0], "a person in a group");
}

const saysSo = { repeatedMembership: "409", absentMembership: "not-member" } as const;

describe("when Azure DevOps says that it is so already, and does not show it", () => {
  test("a grant is there already", async () => {
    const { ask, overtake, isMember } = await start("grant", { beliefs: saysSo });
    overtake();
    const answer = await ask();
    expect(answer).toMatchObject({ outcome: "ALREADY", already: true });
    expect(answer.report.notes.join()).toContain("says that it is so already");
    expect(isMember()).toBe(true);
  });

  test("a grant whose first answer was lost was performed", async () => {
    const { ask, lose, isMember } = await start("grant", { beliefs: saysSo });
    lose(1);
    const answer = await ask();
    expect(answer).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(answer.report.notes.join()).toMatch(/answer to the write was lost.*says since that it is so/);
    expect(isMember()).toBe(true);
  });

  describe.each(["not-member", "not-found"] as const)("as %s,", (absentMembership) => {
    test("a revoke is there already", async () => {
      const { ask, overtake, isMember } = await start("revoke", { beliefs: { absentMembership } });
      overtake();
      const answer = await ask();
      expect(answer).toMatchObject({ outcome: "ALREADY", already: true });
      expect(answer.report.notes.join()).toContain("says that it is so already");
      expect(isMember()).toBe(false);
    });

    test("a revoke whose first answer was lost was performed", async () => {
      const { ask, lose, isMember } = await start("revoke", { beliefs: { absentMembership } });
      lose(1);
      expect(await ask()).toMatchObject({ outcome: "PERFORMED", already: false });
      expect(isMember()).toBe(false);
    });
  });
});

test.each(["grant", "revoke"] as const)("a %s whose answers are all lost is unclear", async (kind) => {
  const { ask, lose, isMember } = await start(kind, {});
  lose(3);
  expect(await outcomeOf(ask())).toEqual({
    code: codes.unavailable,
    message: expect.stringMatching(/it is not known whether it was made.*does not show yet/),
  });
  expect(isMember()).toBe(kind === "grant");
});

describe("when somebody else changes the same at that moment (409)", () => {
  test("it is tried again", async () => {
    const { ask, isMember } = await start("grant", { readLag: {} });
    world.emulator.faults.add({ kind: "status", status: 409, method: "PUT", times: 2 });
    expect(await ask()).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(isMember()).toBe(true);
  });

  test("each time, it is not made, and the platform may ask again", async () => {
    const { ask, isMember } = await start("grant", { readLag: {} });
    world.emulator.faults.add({ kind: "status", status: 409, method: "PUT" });
    expect(await outcomeOf(ask())).toEqual({
      code: codes.unavailable,
      message: expect.stringContaining("it was not made"),
    });
    expect(isMember()).toBe(false);
  });
});

test.each([
  ["grant", "PUT", 409, "GroupCreationException", codes.alreadyExists],
  ["revoke", "DELETE", 404, "ProjectDoesNotExistException", codes.notFound],
  ["revoke", "DELETE", 404, "RemoveNonexistentGroupException", codes.notFound],
] as const)(
  "a refusal of a %s that is of something else does not say so (%s %i %s)",
  async (kind, method, status, typeKey, code) => {
    const { ask, isMember } = await start(kind, { readLag: {} });
    world.emulator.faults.add({ kind: "status", status, typeKey, method });
    expect((await outcomeOf(ask())).code).toBe(code);
    expect(isMember()).toBe(kind === "revoke");
  },
);

describe("what Azure DevOps accepted and does not show yet", () => {
  test("counts when administrators are taken away one after the other", async () => {
    world = await startWorld({ readLag: { memberships: 60 } });
    const { state, changes } = world.emulator;
    const group = found(administrators(state).group, "administrators");
    const three = people(state).slice(0, 3);
    for (const member of [...group.members]) changes.leave(state.administrators, member);
    for (const { index } of three) changes.join(state.administrators, index);
    const options = { provisioning: "privileged", changes: { readBackMs: 150, minAdmins: 2 } } as const;
    const { revoke, holds } = createOrders(await world.replica(options));
    const orderOf = (of: number) => ({
      resource: refOf(administrators(state)),
      slug: "member",
      principal: refOf(found(three[of], "an administrator")),
    });
    for (let reads = 0; reads < 60; reads += 1) await holds(orderOf(0));
    expect(await holds(orderOf(2))).toBe(true);
    expect(await revoke(orderOf(0))).toMatchObject({ outcome: "PERFORMED" });
    expect(await outcomeOf(revoke(orderOf(1)))).toEqual({
      code: codes.unavailable,
      message: expect.stringMatching(/does not show it yet.*ask again/),
    });
    expect(group.members).toHaveLength(2);
  });

  test("is not taken for absent by what takes it away, and may be asked for again", async () => {
    const { ask, isMember, revoke } = await start("grant", {});
    expect(await ask()).toMatchObject({ outcome: "PERFORMED" });
    expect((await outcomeOf(revoke())).code).toBe(codes.unavailable);
    expect(isMember()).toBe(true);
    expect(await ask()).toMatchObject({ outcome: "PERFORMED" });
  });

  test("is taken away as soon as it shows", async () => {
    const { ask, isMember, revoke } = await start("grant", { readLag: { memberships: 8 } });
    expect((await ask()).report.verifiedAt).toBeUndefined();
    while ((await outcomeOf(revoke())).code === codes.unavailable) expect(isMember()).toBe(true);
    expect(isMember()).toBe(false);
  });
});
