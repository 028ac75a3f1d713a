import { afterEach, describe, expect, test } from "vitest";
import { descriptorOf, type EmulatorOptions, namespaceIds, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { createResourceOrders } from "../support/accounts.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, entriesOn, found, people, plainGroup, refOf } from "./parts.ts";

/** What Azure DevOps was told and does not show yet: nothing is decided by what reads say until then. */
let world: World;
afterEach(() => world.close());

const accounts = {
  domains: new Set(["fabrikam.example"]),
  invitesOutsiders: false,
  allowsPaidSeats: true,
  deprovisions: true,
};

async function start(options: EmulatorOptions) {
  world = await startWorld(options);
  const replica = await world.replica({
    provisioning: "privileged",
    sync: { permissionDetail: "standard", optionalTypes: ["access-level"], personalAccessTokens: "all" },
    changes: { accounts, tierZeroTo: ["groups"], readBackMs: 150 },
  });
  return { ...createOrders(replica), resources: createResourceOrders(replica), ...world.emulator };
}

const member = (group: Subject, who: Subject) => ({ resource: refOf(group), slug: "member", principal: refOf(who) });
const membersOf = ({ index }: Subject) => subjectAt(world.emulator.state, index).group?.members ?? [];
const late = { code: codes.unavailable, message: expect.stringMatching(/does not show it yet.*ask again/) };
const somebody = () =>
  found(
    people(world.emulator.state).find(
      ({ entitlement }) => entitlement?.level === "express" && entitlement.assignment === "unknown",
    ),
    "somebody with a level of their own",
  );

describe.each(["guest first", "group first"])("Tier 0 by two orders, the %s,", (which) => {
  test.each(["administrators", "permission"])("is not reached by %s", async (way) => {
    const { grant, state, changes } = await start({ readLag: { memberships: 1_000, lists: 1_000 } });
    const group = plainGroup(state);
    const guest = found(
      people(state).find(({ index }) => !membersOf(group).includes(index)),
      "somebody outside",
    );
    for (const { index } of people(state)) changes.setSubject(index, { metaType: "member" });
    changes.setSubject(guest.index, { metaType: "guest" });
    const repository = { type: "repository", id: found(state.repositories[0], "a repository").id };
    const up = {
      administrators: member(administrators(state), group),
      permission: { resource: repository, slug: "git.manage_permissions", principal: refOf(group) },
    }[way];
    const orders = [member(group, guest), found(up, "an order")];
    if (which === "group first") orders.reverse();
    expect(await grant(found(orders[0], "an order"))).toMatchObject({ outcome: "PERFORMED" });
    expect(await outcomeOf(grant(found(orders[1], "an order")))).toEqual(late);
  });
});

test("a put-back is of what was written, whatever is read, and does not show either", async () => {
  let isFirst = true;
  const { grant, revoke, state, changes } = await start({
    readLag: { lists: 1_000 },
    onRequest({ method, route }) {
      if (method === "POST" && route.includes("accesscontrolentries") && isFirst) {
        isFirst = false;
        changes.join(group.index, guest.index);
      }
      return undefined;
    },
  });
  const group = plainGroup(state);
  for (const each of [...membersOf(group)]) changes.leave(group.index, each);
  const guest = found(people(state)[3], "somebody");
  changes.setSubject(guest.index, { metaType: "guest" });
  const { id, project } = found(state.repositories[0], "a repository");
  const order = { resource: { type: "repository", id }, slug: "git.manage_permissions", principal: refOf(group) };
  const { code, message } = await outcomeOf(grant(order));
  expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("it was put back")]);
  const entries = entriesOn(state, namespaceIds.git, `repoV2/${state.projects[project]?.id}/${id}`);
  expect(entries.find(({ who }) => who === group.index)?.allow ?? 0).toBe(0);
  expect(await revoke(order)).toMatchObject({ already: true });
});

describe("a write whose answer was lost, and the next one refused,", () => {
  test.each([
    ["grant", "PUT", "revoke"],
    ["revoke", "DELETE", "grant"],
  ] as const)("leaves it unclear (%s)", async (kind, method, other) => {
    const { state, changes, faults, holds, ...orders } = await start({ readLag: { memberships: 60 } });
    const group = plainGroup(state);
    const who = found(
      people(state).find(({ index }) => !membersOf(group).includes(index)),
      "somebody outside",
    );
    const order = member(group, who);
    if (kind === "revoke") {
      changes.join(group.index, who.index);
      for (let reads = 0; reads < 60; reads += 1) await holds(order);
    }
    faults.add({ kind: "reset-before", method, effect: "after", from: 1, times: 1 });
    faults.add({ kind: "status", status: 403, method, from: 2, times: 1 });
    const { code, message } = await outcomeOf(orders[kind](order));
    expect([code, message]).toEqual([codes.unavailable, expect.stringContaining("not known whether it was made")]);
    expect(membersOf(group).includes(who.index)).toBe(kind === "grant");
    expect(await outcomeOf(orders[other](order))).toEqual(late);
  });
});

describe("an account", () => {
  test("that was removed is not taken to be there", async () => {
    const { resources, grant, state } = await start({ readLag: { entitlements: 1_000 } });
    const who = somebody();
    expect(await resources.remove(refOf(who))).toMatchObject({ outcome: "PERFORMED" });
    const profile = { sign_in_name: who.principalName, email: who.principalName, access_level: "basic" };
    expect(await outcomeOf(resources.addAccount(profile))).toEqual(late);
    const level = { resource: { type: "access-level", id: "basic" }, slug: "assigned", principal: refOf(who) };
    expect(await outcomeOf(grant(level))).toEqual(late);
    expect(subjectAt(state, who.index).entitlement).toBeUndefined();
  });

  test("that was added may be ordered again", async () => {
    const { resources } = await start({ readLag: { entitlements: 1_000 } });
    const profile = { email: "newcomer0@fabrikam.example", access_level: "basic" };
    expect(await resources.addAccount(profile)).toMatchObject({ outcome: "PERFORMED" });
    expect(await resources.addAccount(profile)).toMatchObject({ outcome: "PERFORMED" });
  });

  test("whose removal was lost, and is gone at the second try, was removed", async () => {
    const { resources, faults, state } = await start({
      readLag: { entitlements: 1_000 },
      beliefs: { absentEntitlement: "404" },
    });
    const who = somebody();
    faults.add({ kind: "reset-before", method: "DELETE", effect: "after", times: 1 });
    expect(await resources.remove(refOf(who))).toMatchObject({ outcome: "PERFORMED" });
    expect(subjectAt(state, who.index).entitlement).toBeUndefined();
  });
});

describe("goes on meanwhile:", () => {
  test("another token of the same person", async () => {
    const { resources, state } = await start({ users: 40, readLag: { tokens: 1_000 } });
    const tokens = state.tokens.filter(
      ({ owner, isValid, publicKey, validTo }) =>
        owner !== state.caller && isValid && !publicKey && validTo > Date.now(),
    );
    const owner = found(
      tokens.find((one) => tokens.filter((each) => each.owner === one.owner).length > 1),
      "somebody with two tokens",
    ).owner;
    for (const { authorizationId } of tokens.filter((each) => each.owner === owner).slice(0, 2)) {
      const id = `${descriptorOf(subjectAt(state, owner))}~${authorizationId}`;
      expect(await resources.remove({ type: "personal-access-token", id })).toMatchObject({ outcome: "PERFORMED" });
    }
  });

  test("another group of the same place, and another person of the same group", async () => {
    const { resources, grant, faults, state } = await start({ readLag: { memberships: 1_000 } });
    faults.add({ kind: "reset-before", method: "POST", route: "_apis/graph/groups", effect: "before" });
    expect((await outcomeOf(resources.createGroup({ displayName: "One" }))).code).toBe(codes.unavailable);
    faults.clear();
    expect(await resources.createGroup({ displayName: "Other" })).toMatchObject({ outcome: "PERFORMED" });
    const group = plainGroup(state);
    const outside = people(state).filter(({ index }) => !membersOf(group).includes(index));
    for (const who of outside.slice(0, 2)) {
      expect(await grant(member(group, who))).toMatchObject({ outcome: "PERFORMED" });
    }
  });
});
