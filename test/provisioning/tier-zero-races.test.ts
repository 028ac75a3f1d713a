import { afterEach, expect, test } from "vitest";
import { namespaceIds, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { administrators, entriesOn, found, people, plainGroup, refOf } from "./parts.ts";

/** What is given to a group, and somebody who is put into it at the same moment by another one. */
let world: World;
afterEach(() => world.close());

const writes = ["PUT", "POST"];

/** A group, a guest outside of it, and what somebody else does just before the first write of memberships or entries. */
async function start(meanwhile: (group: Subject, guest: Subject) => void) {
  let isFirst = true;
  world = await startWorld({
    onRequest({ method, route }) {
      const isWrite = writes.includes(method) && /memberships|accesscontrolentries/.test(route);
      if (isWrite && isFirst) meanwhile(group, guest);
      if (isWrite) isFirst = false;
      return undefined;
    },
  });
  const { state, changes } = world.emulator;
  const group = plainGroup(state);
  for (const member of [...(group.group?.members ?? [])]) changes.leave(group.index, member);
  const guest = found(people(state)[3], "somebody");
  changes.setSubject(guest.index, { metaType: "guest" });
  const replica = await world.replica({
    provisioning: "privileged",
    sync: { permissionDetail: "all" },
    changes: { tierZeroTo: ["groups"], removesDenies: true, readBackMs: 2_000 },
  });
  const { grant } = createOrders(replica);
  return { group, guest, grant };
}

const join = (into: Subject, who: Subject) => world.emulator.changes.join(into.index, who.index);
const membersOf = ({ index }: Subject) => subjectAt(world.emulator.state, index).group?.members ?? [];
const repository = () => {
  const { repositories, projects } = world.emulator.state;
  const { id, project } = found(repositories[0], "a repository");
  return { id, token: `repoV2/${projects[project]?.id}/${id}` };
};
const refusal = { code: codes.failedPrecondition, message: expect.stringMatching(/Tier 0.*guest.*it was put back/) };

test("a group is taken out of the administrators again when a guest got into it", async () => {
  const { group, grant } = await start(join);
  const top = administrators(world.emulator.state);
  const order = { resource: refOf(top), slug: "member", principal: refOf(group) };
  expect(await outcomeOf(grant(order))).toEqual(refusal);
  expect(membersOf(top)).not.toContain(group.index);
});

test("a guest is taken out of a group again that got into the administrators", async () => {
  const { group, guest, grant } = await start((each) => join(administrators(world.emulator.state), each));
  const order = { resource: refOf(group), slug: "member", principal: refOf(guest) };
  expect(await outcomeOf(grant(order))).toEqual(refusal);
  expect(membersOf(group)).toEqual([]);
});

test.each([
  ["nothing", undefined],
  ["a part of it, and a deny of another", { allow: 8192 + 4, deny: 16 }],
])("permissions of a group that held %s are as before again when a guest got into it", async (_what, before) => {
  const { group, grant } = await start(join);
  const { state, changes } = world.emulator;
  const { id, token } = repository();
  const entries = () => entriesOn(state, namespaceIds.git, token);
  if (before) changes.setEntry(namespaceIds.git, token, group.index, before);
  const others = entries().filter(({ who }) => who !== group.index);
  const slug = before ? "access.admin" : "git.manage_permissions";
  const order = { resource: { type: "repository", id }, slug, principal: refOf(group) };
  expect(await outcomeOf(grant(order))).toEqual(refusal);
  expect(entries().filter(({ who }) => who !== group.index)).toEqual(others);
  expect(entries().find(({ who }) => who === group.index)).toMatchObject(before ?? {});
});
