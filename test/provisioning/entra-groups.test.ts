import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { unknownIdentityId } from "../../src/connector/ids.ts";
import type { DirectoryGroup } from "../../src/emulator/entra/directory.ts";
import type { EmulatorWithEntra, Subject } from "../../src/emulator/index.ts";
import type { Order } from "../support/orders.ts";
import { startReplica } from "../support/world.ts";
import { type EntraWorld, graphChanges as graphChangesOf, startEntraWorld } from "./entra-world.ts";
import { found, people, refOf } from "./parts.ts";

/** Groups whose members Microsoft Entra keeps, changed there. */

let world: EntraWorld;
let emulator: EmulatorWithEntra;

beforeAll(async () => {
  world = await startEntraWorld();
  emulator = world.emulator;
});
afterEach(async () => {
  emulator.entra.failures.clear();
  await world.closeReplicas();
});
afterAll(() => world.close());

/** A group that Azure DevOps knows, that not everybody is in, and that anybody with the permission may change. */
function plain(): DirectoryGroup {
  const isFit = (each: DirectoryGroup) => subjectOf(each) !== undefined && outsidersOf(each).length > 0;
  const group = found(emulator.entra.directory.groups.find(isFit), "a group of Entra that not everybody is in");
  group.membershipRule = null;
  group.isAssignableToRole = false;
  group.onPremisesSyncEnabled = false;
  return group;
}

const subjectOf = ({ id }: DirectoryGroup): Subject | undefined =>
  emulator.state.subjects.find(({ kind, originId }) => kind === "entra-group" && originId === id);

function outsidersOf(group: DirectoryGroup): Subject[] {
  const inside = emulator.entra.directory.transitiveMembers(group);
  return people(emulator.state).filter(({ originId }) => !inside.has(originId));
}

/** Somebody who is in a group at no depth. */
const outsider = (group: DirectoryGroup) => found(outsidersOf(group)[0], "a person outside");

function orderFor(group: DirectoryGroup, person: Subject): Order {
  return { resource: refOf(found(subjectOf(group), "the group")), slug: "member", principal: refOf(person) };
}

const manage: EntraWorld["manage"] = (allowed, more) => world.manage(allowed, more);
const graphChanges = () => graphChangesOf(emulator).length;

describe("membership of a group of Entra", () => {
  test("is given once and taken once in Entra, and the answer says when it shows", async () => {
    const group = plain();
    const person = outsider(group);
    const order = orderFor(group, person);
    const { grant, revoke } = await manage([group]);
    const given = await grant(order);
    expect(given).toMatchObject({ outcome: "PERFORMED", already: false, notPerformed: undefined });
    expect(given.report.notes.join()).toContain("within about an hour");
    expect(group.members.has(person.originId)).toBe(true);
    expect(await grant(order)).toMatchObject({ outcome: "ALREADY", already: true });
    expect(await revoke(order)).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(group.members.has(person.originId)).toBe(false);
    expect(await revoke(order)).toMatchObject({ outcome: "ALREADY", already: true });
  });

  test("whose answer was lost is told by what is so", async () => {
    const group = plain();
    const person = outsider(group);
    const { grant, revoke } = await manage([group]);
    emulator.entra.failures.add({ path: "$ref", status: 503, isAfter: true, times: 1 });
    expect(await grant(orderFor(group, person))).toMatchObject({ outcome: "PERFORMED" });
    expect(group.members.has(person.originId)).toBe(true);
    await revoke(orderFor(group, person));
  });

  test("is taken from those whom Azure DevOps does not know, as the listings tell them", async () => {
    const group = plain();
    const { directory } = emulator.entra;
    const [stranger] = directory.newcomers.filter(({ id }) => !directory.transitiveMembers(group).has(id));
    const { id } = found(stranger, "a newcomer who is not in it");
    group.members.add(id);
    const { revoke, holds } = await manage([group], { sync: { entraMembers: true } });
    const principal = { type: "unknown-identity", id: unknownIdentityId(`entra:${id}`) };
    const order = { resource: refOf(found(subjectOf(group), "the group")), slug: "member", principal };
    expect(await holds(order)).toBe(true);
    expect(await revoke(order)).toMatchObject({ outcome: "PERFORMED" });
    expect(group.members.has(id)).toBe(false);
    expect(await revoke(order)).toMatchObject({ outcome: "ALREADY", already: true });
  });

  test("that stays by another group is told after a revoke", async () => {
    const group = plain();
    const isBeside = (each: DirectoryGroup) =>
      each !== group && !emulator.entra.directory.transitiveMembers(each).has(group.id);
    const inner = found(emulator.entra.directory.groups.find(isBeside), "another group");
    const person = outsider(group);
    const wasIn = [group.members.has(inner.id), inner.members.has(person.originId)];
    for (const [each, id] of [
      [group, inner.id],
      [group, person.originId],
      [inner, person.originId],
    ] as const)
      each.members.add(id);
    const { revoke } = await manage([group]);
    const taken = await revoke(orderFor(group, person));
    expect(taken).toMatchObject({ outcome: "PERFORMED" });
    expect(taken.report.remaining).toEqual([expect.stringContaining("by another group of Microsoft Entra")]);
    if (!wasIn[0]) group.members.delete(inner.id);
    if (!wasIn[1]) inner.members.delete(person.originId);
  });

  test("is not there to take from who is in it by another group alone", async () => {
    const largest = found(
      emulator.entra.directory.groups.find(({ members }) => [...members].some((id) => isGroup(id))),
      "a group in a group",
    );
    const inner = found([...largest.members].find(isGroup), "a group in it");
    const nested = emulator.entra.directory.find(inner);
    if (nested?.kind !== "group") throw new TypeError("it is no group");
    const person = found(people(emulator.state)[0], "a person");
    largest.members.delete(person.originId);
    nested.members.add(person.originId);
    const { revoke } = await manage([largest]);
    await expect(revoke(orderFor(largest, person))).rejects.toThrow(/in it by another group of Microsoft Entra/);
  });
});

const isGroup = (id: string) => emulator.entra.directory.find(id)?.kind === "group";

describe("nothing is written, and the cause named, for a group that", () => {
  test.each<[string, (group: DirectoryGroup) => void, RegExp]>([
    [
      "is dynamic",
      (group) => Object.assign(group, { membershipRule: "user.department" }),
      /is dynamic: change its rule/,
    ],
    [
      "can be given roles",
      (group) => Object.assign(group, { isAssignableToRole: true }),
      /can be given roles of Entra/,
    ],
    [
      "is kept on premises",
      (group) => Object.assign(group, { onPremisesSyncEnabled: true }),
      /synced from a directory on premises/,
    ],
  ])("%s", async (_, make, told) => {
    const group = plain();
    make(group);
    const before = graphChanges();
    const { grant } = await manage([group]);
    await expect(grant(orderFor(group, outsider(group)))).rejects.toThrow(told);
    expect(graphChanges()).toBe(before);
  });

  test("is not on the list", async () => {
    const group = plain();
    const before = graphChanges();
    const { grant, revoke } = await manage([]);
    const order = orderFor(group, outsider(group));
    for (const refused of [grant(order), revoke(order)])
      await expect(refused).rejects.toThrow(/--entra-group-ids allows/);
    expect(graphChanges()).toBe(before);
  });

  test("leads to the administrators, without --provisioning privileged", async () => {
    const group = plain();
    const subject = found(subjectOf(group), "the group");
    const before = graphChanges();
    emulator.changes.join(emulator.state.administrators, subject.index);
    const { grant } = await manage([group], { provisioning: "standard" });
    await expect(grant(orderFor(group, outsider(group)))).rejects.toThrow(/Tier 0.*--provisioning privileged/);
    expect(graphChanges()).toBe(before);
    emulator.changes.leave(emulator.state.administrators, subject.index);
  });

  test("leads there by another group of Entra, of which Azure DevOps does not tell", async () => {
    const group = plain();
    const isOther = (each: DirectoryGroup) => each !== group && subjectOf(each) !== undefined;
    const outer = found(emulator.entra.directory.groups.find(isOther), "another group of Entra");
    const wasIn = outer.members.has(group.id);
    outer.members.add(group.id);
    const subject = found(subjectOf(outer), "the outer group");
    emulator.changes.join(emulator.state.administrators, subject.index);
    const before = graphChanges();
    const { grant } = await manage([group], { provisioning: "standard" });
    await expect(grant(orderFor(group, outsider(group)))).rejects.toThrow(/Tier 0.*--provisioning privileged/);
    expect(graphChanges()).toBe(before);
    emulator.changes.leave(emulator.state.administrators, subject.index);
    if (!wasIn) outer.members.delete(group.id);
  });

  test("would leave too few administrators of whom Azure DevOps tells", async () => {
    const group = plain();
    const subject = found(subjectOf(group), "the group");
    const member = found(
      people(emulator.state).find(({ originId }) => group.members.has(originId)),
      "a member",
    );
    const before = graphChanges();
    emulator.changes.join(emulator.state.administrators, subject.index);
    const { revoke } = await manage([group], { changes: { minAdmins: 999 } });
    await expect(revoke(orderFor(group, member))).rejects.toThrow(/--min-admins/);
    expect(graphChanges()).toBe(before);
    emulator.changes.leave(emulator.state.administrators, subject.index);
  });
});

test("a personal access token does not manage groups of Entra", async () => {
  const changes = { entraGroups: { mode: "manage", allowed: new Set<string>() } } as const;
  await expect(startReplica(emulator, { provisioning: "standard", changes })).rejects.toThrow(
    /--entra-groups manage .*need a credential of Microsoft Entra/,
  );
});
