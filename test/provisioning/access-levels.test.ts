import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accessLevelIds } from "../../src/connector/changes.ts";
import { type LevelName, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { found, people, refOf } from "./parts.ts";

let world: World;
let replica: Replica;

beforeEach(async () => {
  world = await startWorld({ users: 40 });
  replica = await world.replica({ provisioning: "standard", sync: { optionalTypes: ["access-level"] } });
});
afterEach(() => world.close());

const levelOf = ({ index }: Subject) => subjectAt(world.emulator.state, index).entitlement?.level;
const order = (level: string, person: Subject) => ({
  resource: { type: "access-level", id: level },
  slug: "assigned",
  principal: refOf(person),
});

/** Somebody with a level that is theirs, and by no rule. */
function personWith(level: LevelName): Subject {
  const person = found(people(world.emulator.state)[0], "a person");
  const own = { level, status: "active", lastAccess: 0, created: 0, assignment: "unknown" } as const;
  world.emulator.changes.setEntitlement(person.index, own);
  return person;
}

describe("an access level", () => {
  test("that a grant takes the place of comes back with its revoke", async () => {
    const person = personWith("express");
    const { grant, revoke, holds } = createOrders(replica);
    const raised = await grant(order("basic-test-plans", person));
    expect(raised).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(raised.replaced).toBe(`access-level:basic:assigned:user:${refOf(person).id}`);
    expect(levelOf(person)).toBe("advanced");
    expect(await holds(order("basic-test-plans", person))).toBe(true);
    expect(await grant(order("basic-test-plans", person))).toMatchObject({ outcome: "ALREADY", already: true });
    const taken = await revoke(order("basic-test-plans", person), raised.grants[0]);
    expect(taken.report.notes.join()).toContain("Basic was put back");
    expect(levelOf(person)).toBe("express");
    expect(await revoke(order("basic-test-plans", person))).toMatchObject({ outcome: "ALREADY", already: true });
  });

  test("that was revoked while another took its place does not come back with the end of that", async () => {
    const person = personWith("express");
    const { grant, revoke } = createOrders(replica);
    const first = await grant(order("basic-test-plans", person));
    const second = await grant(order("visual-studio-enterprise", person));
    expect(second.replaced).toBe(`access-level:basic-test-plans:assigned:user:${refOf(person).id}`);
    expect(await revoke(order("basic-test-plans", person), first.grants[0])).toMatchObject({ already: true });
    const { report } = await revoke(order("visual-studio-enterprise", person), second.grants[0]);
    expect(levelOf(person)).toBe("express");
    expect(report.notes.join()).toContain("basic-test-plans:assigned was revoked since, and does not come back");

    // What nothing was before falls to the floor.
    const raised = await grant(order("basic-test-plans", person));
    expect(await revoke(order("basic", person))).toMatchObject({ already: true });
    await revoke(order("basic-test-plans", person), raised.grants[0]);
    expect(levelOf(person)).toBe("stakeholder");
  });

  test("falls to the floor where nothing tells what was there before, and the answer says so", async () => {
    const person = personWith("advanced");
    const { revoke } = createOrders(replica);
    const { report } = await revoke(order("basic-test-plans", person));
    expect(report.notes.join()).toContain(
      "what was there before the grant is not told, so the access level Stakeholder is left",
    );
    expect(levelOf(person)).toBe("stakeholder");
    expect(await outcomeOf(revoke(order("stakeholder", person)))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(/nothing lower.*delete the user/),
    });
  });

  test("falls to the floor that is configured", async () => {
    const person = personWith("advanced");
    const other = await world.replica({
      provisioning: "standard",
      sync: { optionalTypes: ["access-level"] },
      changes: { accessLevelFloor: "basic" },
    });
    await createOrders(other).revoke(order("basic-test-plans", person));
    expect(levelOf(person)).toBe("express");
  });

  test("that a rule of a group gives is refused with the name of the rule", async () => {
    const { state, writes } = world.emulator;
    const ruled = found(
      people(state).find(({ entitlement }) => entitlement?.assignment === "groupRule"),
      "somebody with a level by a rule",
    );
    const { grant } = createOrders(replica);
    expect(await outcomeOf(grant(order("basic-test-plans", ruled)))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(/by (the rule of .+|a rule of a group): change the rule/),
    });
    expect(writes.all).toEqual([]);
  });

  test.each([
    ["visual-studio-enterprise", "express"],
    ["github-enterprise", "express"],
    ["basic", "professional"],
  ] as const)("that depends on a subscription counts as taking away: %s in place of %s", async (level, before) => {
    const person = personWith(before);
    const careful = await world.replica({
      provisioning: "standard",
      sync: { optionalTypes: ["access-level"] },
      changes: { maxRevokesPerHour: 0 },
    });
    expect(await outcomeOf(createOrders(careful).grant(order(level, person)))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining("--max-revokes-per-hour"),
    });
    expect(world.emulator.writes.all).toEqual([]);
  });

  test.each(accessLevelIds.filter((level) => level !== "basic"))(
    "of the connector's own identity is not replaced by %s",
    async (level) => {
      const { state, changes, writes } = world.emulator;
      const self = subjectAt(state, state.caller);
      const own = { level: "express", status: "active", lastAccess: 0, created: 0, assignment: "unknown" } as const;
      changes.setEntitlement(self.index, own);
      expect(await outcomeOf(createOrders(replica).grant(order(level, self)))).toEqual({
        code: codes.failedPrecondition,
        message: expect.stringMatching(/identity of this connector/),
      });
      expect(writes.all).toEqual([]);
    },
  );

  test("of the connector's own identity is never lowered", async () => {
    const { state, changes, writes } = world.emulator;
    const self = subjectAt(state, state.caller);
    changes.setEntitlement(self.index, {
      level: "advanced",
      status: "active",
      lastAccess: 0,
      created: 0,
      assignment: "unknown",
    });
    const { grant, revoke } = createOrders(replica);
    const refused = { code: codes.failedPrecondition, message: expect.stringMatching(/identity of this connector/) };
    expect(await outcomeOf(revoke(order("basic-test-plans", self)))).toEqual(refused);
    expect(await outcomeOf(grant(order("stakeholder", self)))).toEqual(refused);
    expect(writes.all).toEqual([]);
  });

  test("nobody can be given that is none, or is a group's", async () => {
    const person = personWith("express");
    const { grant } = createOrders(replica);
    expect((await outcomeOf(grant(order("gold", person)))).code).toBe(codes.notFound);
    const group = { ...order("basic", person), principal: { type: "group", id: refOf(person).id } };
    expect((await outcomeOf(grant(group))).code).toBe(codes.failedPrecondition);
    expect(world.emulator.writes.all).toEqual([]);
  });
});

test("without a seat left the body of the answer decides, whatever its status", async () => {
  await world.close();
  world = await startWorld({ users: 40, seats: { advanced: 0 } });
  const replica = await world.replica({ provisioning: "standard", sync: { optionalTypes: ["access-level"] } });
  const person = personWith("express");
  const { code, message } = await outcomeOf(createOrders(replica).grant(order("basic-test-plans", person)));
  expect(code).toBe(codes.failedPrecondition);
  expect(message).toMatch(/PATCH userentitlements/);
  expect(world.emulator.writes.all.map(({ status, changed }) => [status, changed])).toEqual([[200, false]]);
  expect(levelOf(person)).toBe("express");
});
