import { afterEach, describe, expect, test } from "vitest";
import { type EmulatorOptions, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { type ReplicaOptions, startWorld, type World } from "../support/world.ts";
import { entriesOn, found, people, plainGroup, refOf } from "./parts.ts";

/**
 * Roles are names for entries of access control lists, and the interface that gives them tells nothing of an entry that
 * is none: what stands there besides must not be lost by a role.
 */
let world: World;
afterEach(() => world.close());

const namespace = "101eae8c-1709-47f9-b228-0e476c35b3ba";
/** Of the namespace: View 1, Manage 2, Listen 4, Administer 8, Use 16. */
const masks = { reader: 1, service_account: 5, user: 17, administrator: 27 } as const;

const state = () => world.emulator.state;
const person = () => found(people(state())[0], "a person");
const self = () => subjectAt(state(), state().caller);

/** Something that has roles, and the token of the list behind them. */
interface Thing {
  readonly resource: () => { readonly type: string; readonly id: string };
  readonly token: () => string;
  readonly prefix: string;
}

const poolId = () => String(found(state().roleObjects.pools.at(-1), "a pool").id);
const pool: Thing = {
  resource: () => ({ type: "agent-pool", id: poolId() }),
  token: () => `AgentPools/${poolId()}`,
  prefix: "",
};
const things = {
  "a pool": pool,
  "all pools": {
    resource: () => ({ type: "organization", id: state().collectionId }),
    token: () => "AgentPools",
    prefix: "agent-pools.",
  },
  "all queues of a project": {
    resource: () => ({ type: "project", id: found(state().projects[0], "a project").id }),
    token: () => `AgentQueues/${found(state().projects[0], "a project").id}`,
    prefix: "agent-queues.",
  },
} satisfies Record<string, Thing>;

const order = ({ resource, prefix }: Thing, role: string, who: Subject = person()) => ({
  resource: resource(),
  slug: `${prefix}${role}`,
  principal: refOf(who),
});
const arrange = ({ token }: Thing, allow: number, deny = 0, who: Subject = person()) =>
  world.emulator.changes.setEntry(namespace, token(), who.index, { allow, deny });
function entryOf({ token }: Thing, who: Subject = person()) {
  const own = entriesOn(state(), namespace, token()).find((each) => each.who === who.index);
  return own && { allow: own.allow, deny: own.deny };
}

async function start(options: Omit<ReplicaOptions, "provisioning" | "sync"> = {}, emulator: EmulatorOptions = {}) {
  world = await startWorld({ users: 40, ...emulator });
  return createOrders(await world.replica({ provisioning: "standard", sync: { optionalTypes }, ...options }));
}

describe.each(Object.entries(things))("on %s", (_, thing) => {
  test.each([
    ["single permissions", 2, /Manage/],
    ["a role and more", 25, /Administer/],
    ["more than one role", 15, /Manage.*Administer/],
  ])("%s are not replaced by a role, since they could not be put back", async (_what, allow, names) => {
    const { grant } = await start();
    arrange(thing, allow);
    const { code, message } = await outcomeOf(grant(order(thing, "administrator")));
    expect(code).toBe(codes.failedPrecondition);
    expect(message).toMatch(/could not be put back: take it away in Azure DevOps/);
    expect(message).toMatch(names);
    expect(world.emulator.writes.all).toEqual([]);
  });

  test("a role does not take an explicit deny away, unless that is allowed", async () => {
    const { grant } = await start();
    arrange(thing, 0, 24);
    const { code, message } = await outcomeOf(grant(order(thing, "user")));
    expect(code).toBe(codes.failedPrecondition);
    expect(message).toMatch(/explicitly denied .*Administer.*Use.* --remove-denies/);
    expect(world.emulator.writes.all).toEqual([]);

    const allowed = createOrders(
      await world.replica({ provisioning: "standard", sync: { optionalTypes }, changes: { removesDenies: true } }),
    );
    const { outcome, report } = await allowed.grant(order(thing, "user"));
    expect(outcome).toBe("PERFORMED");
    expect(report.notes.join()).toMatch(/an explicit deny of .*Administer.*Use.* was taken away/);
    expect(entryOf(thing)).toEqual({ allow: masks.user, deny: 0 });
  });

  test("a role that a group's deny would leave without effect is not given", async () => {
    const { grant } = await start();
    const { changes } = world.emulator;
    const group = plainGroup(state());
    const member = person();
    changes.join(group.index, member.index);
    arrange(thing, 0, 16, group);
    expect(await outcomeOf(grant(order(thing, "user", member)))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(/it would have no effect: .* is denied the role User on/),
    });
    expect(world.emulator.writes.all).toEqual([]);
    expect((await grant(order(thing, "reader", member))).outcome).toBe("PERFORMED");
  });

  test("a revoke of a role leaves what no role names, and denies", async () => {
    const { revoke, holds } = await start();
    arrange(thing, masks.user + 8, 2);
    expect(await holds(order(thing, "user"))).toBe(true);
    const { outcome, already, report } = await revoke(order(thing, "user"));
    expect({ outcome, already }).toEqual({ outcome: "PERFORMED", already: false });
    expect(report.notes.join()).toMatch(/Administer.* stays, which no role names/);
    expect(entryOf(thing)).toEqual({ allow: 8, deny: 2 });
    expect(await revoke(order(thing, "user"))).toMatchObject({ already: true });
  });

  test("nothing is taken from the connector's own identity", async () => {
    const { grant } = await start();
    for (const allow of [2, masks.administrator]) {
      arrange(thing, allow, 0, self());
      expect(await outcomeOf(grant(order(thing, "reader", self())))).toEqual({
        code: codes.failedPrecondition,
        message: expect.stringContaining("identity of this connector"),
      });
    }
    expect(world.emulator.writes.all).toEqual([]);
  });
});

test("what was there before comes back beside what no role names", async () => {
  const { grant, revoke } = await start();
  arrange(pool, masks.service_account);
  const { grants, replaced } = await grant(order(pool, "user"));
  expect(replaced).toContain(":service_account:");
  arrange(pool, masks.user + 8);
  await revoke(order(pool, "user"), grants[0]);
  expect(entryOf(pool)).toEqual({ allow: masks.service_account + 8, deny: 0 });
});

describe.each([
  ["taken", "DELETE", "_apis/permissions/*/*", masks.user + 8],
  ["given back", "POST", "_apis/accesscontrolentries/*", 1 + 8],
] as const)("of two writes, one that fails (%s)", (_what, method, route, left) => {
  test.each([
    ["and is refused", { kind: "status", status: 403 } as const, false],
    ["once, without an answer", { kind: "reset-before", effect: "before", times: 1 } as const, true],
  ])("%s, leaves an answer that is true and no more rights than before", async (_times, fault, isDone) => {
    const { grant, revoke } = await start({ changes: { readBackMs: 100 } });
    arrange(pool, masks.service_account);
    const { grants } = await grant(order(pool, "user"));
    arrange(pool, masks.user + 8);
    world.emulator.faults.add({ method, route, ...fault });
    const { code } = await outcomeOf(revoke(order(pool, "user"), grants[0]));
    expect(code === 0).toBe(isDone);
    expect(entryOf(pool)?.allow).toBe(isDone ? masks.service_account + 8 : left);
  });
});

test("a role that lacks a permission of the one before it takes something away, wherever it is in their order", async () => {
  const { grant } = await start({ changes: { maxRevokesPerHour: 0 } });
  arrange(pool, masks.service_account);
  expect(await outcomeOf(grant(order(pool, "user")))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringContaining("--max-revokes-per-hour"),
  });
  arrange(pool, masks.service_account, 0, self());
  expect((await outcomeOf(grant(order(pool, "user", self())))).message).toContain("identity of this connector");
  arrange(pool, masks.reader);
  expect((await grant(order(pool, "user"))).outcome).toBe("PERFORMED");
});

test("the list is found by either spelling of its token", async () => {
  const { grant } = await start({}, { beliefs: { roleTokens: "singular" } });
  const singular = { ...pool, token: () => `AgentPool/${poolId()}` };
  arrange(singular, 15);
  expect((await outcomeOf(grant(order(singular, "reader")))).message).toContain("could not be put back");
  expect(world.emulator.writes.all).toEqual([]);
});

test("where roles are assigned and no list of them is found, none is given", async () => {
  const { grant } = await start(
    {},
    {
      onRequest: ({ path }) =>
        path.toLowerCase().includes(`accesscontrollists/${namespace}`)
          ? { status: 200, body: { count: 0, value: [] } }
          : undefined,
    },
  );
  arrange(pool, masks.reader, 0, found(people(state())[1], "another person"));
  expect(await outcomeOf(grant(order(pool, "reader")))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringContaining("no access control list of it is found"),
  });
  expect(world.emulator.writes.all).toEqual([]);
});
