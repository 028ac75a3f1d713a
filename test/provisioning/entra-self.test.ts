import { afterEach, beforeEach, expect, test } from "vitest";
import type { DirectoryGroup } from "../../src/emulator/entra/directory.ts";
import { descriptorOf, namespaceIds } from "../../src/emulator/index.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import {
  changeableGroups,
  type EntraWorld,
  graphChanges,
  selfOf,
  startEntraWorld,
  subjectOfGroup,
} from "./entra-world.ts";
import { found, plainGroup, refOf } from "./parts.ts";

/** Groups of Microsoft Entra are no way to take something from the connector's own identity. */

let world: EntraWorld;
beforeEach(async () => {
  world = await startEntraWorld();
});
afterEach(() => world.close());

const own = () => ({ type: "service-principal", id: descriptorOf(selfOf(world.emulator)) });
const groupRef = (group: DirectoryGroup) => refOf(subjectOfGroup(world.emulator, group));
const member = (group: DirectoryGroup, principal: { type: string; id: string }) => ({
  resource: groupRef(group),
  slug: "member",
  principal,
});

/** Two groups neither of which is in the other. */
function twoGroups(): [DirectoryGroup, DirectoryGroup] {
  const { directory } = world.emulator.entra;
  const groups = changeableGroups(world.emulator);
  for (const outer of groups) {
    const isBeside = (each: DirectoryGroup) =>
      each !== outer &&
      !directory.transitiveMembers(outer).has(each.id) &&
      !directory.transitiveMembers(each).has(outer.id);
    const other = groups.find(isBeside);
    if (other) return [outer, other];
  }
  throw new Error("no two groups are beside each other");
}

function denyTo(group: DirectoryGroup): void {
  const { changes, state } = world.emulator;
  const project = found(state.projects[0], "a project");
  const { index } = subjectOfGroup(world.emulator, group);
  changes.setEntry(namespaceIds.git, `repoV2/${project.id}`, index, { allow: 0, deny: 2 });
}

test("it gets into none that is denied something, itself or by a group that it is in", async () => {
  const [denied, inner] = twoGroups();
  denyTo(denied);
  const { grant } = await world.manage([denied, inner]);
  expect(await outcomeOf(grant(member(denied, own())))).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringMatching(/identity of this connector itself, and the group is denied/),
  });
  inner.members.add(selfOf(world.emulator).originId);
  const nested = {
    code: codes.failedPrecondition,
    message: expect.stringMatching(/is in .*, and the group is denied/),
  };
  expect(await outcomeOf(grant(member(denied, groupRef(inner))))).toEqual(nested);
  expect(graphChanges(world.emulator)).toEqual([]);

  // Nor by way of a group of Azure DevOps, of which only Microsoft Entra tells that it is in it.
  const { changes, state, writes } = world.emulator;
  const [around, target] = [plainGroup(state), found(otherGroup(), "another group")];
  changes.join(around.index, subjectOfGroup(world.emulator, inner).index);
  const project = found(state.projects[0], "a project");
  changes.setEntry(namespaceIds.git, `repoV2/${project.id}`, target.index, { allow: 0, deny: 2 });
  expect(await outcomeOf(grant({ resource: refOf(target), slug: "member", principal: refOf(around) }))).toEqual(nested);
  expect(writes.all).toEqual([]);

  function otherGroup() {
    const first = plainGroup(state);
    return state.subjects.find(
      ({ group, index, memberOf }) =>
        group?.kind === "made" &&
        group.project === undefined &&
        index !== first.index &&
        !memberOf.includes(first.index),
    );
  }
});

test("no group that it is in is taken from anything", async () => {
  const [outer, inner] = twoGroups();
  inner.members.add(selfOf(world.emulator).originId);
  outer.members.add(inner.id);
  const { revoke } = await world.manage([outer, inner]);
  const refused = {
    code: codes.failedPrecondition,
    message: expect.stringMatching(/the identity of this connector is in/),
  };
  expect(await outcomeOf(revoke(member(outer, groupRef(inner))))).toEqual(refused);
  expect(graphChanges(world.emulator)).toEqual([]);

  const { changes, state, writes } = world.emulator;
  const group = plainGroup(state);
  changes.join(group.index, subjectOfGroup(world.emulator, inner).index);
  const order = { resource: refOf(group), slug: "member", principal: groupRef(inner) };
  expect(await outcomeOf(revoke(order))).toEqual(refused);
  expect(writes.all).toEqual([]);
});
