import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassificationNode, namespaceIds } from "../../src/emulator/index.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";
import { entriesOn, found, people, refOf } from "./parts.ts";

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica({ provisioning: "privileged", sync: { permissionDetail: "all" } });
});
afterAll(() => world.close());

interface Case {
  readonly what: string;
  readonly order: () => Order;
  readonly namespace: string;
  readonly token: () => string;
}

const project = () => found(world.emulator.state.projects[0], "a project");
const repository = () =>
  found(
    world.emulator.state.repositories.find((each) => each.project === 0),
    "a repository of it",
  );
const team = () => found(world.emulator.state.teams[0], "a team");
const somebody = () => refOf(found(people(world.emulator.state)[0], "a person"));

const cases: readonly Case[] = [
  {
    what: "a permission on a repository",
    order: () => ({
      resource: { type: "repository", id: repository().id },
      slug: "git.force_push",
      principal: somebody(),
    }),
    namespace: namespaceIds.git,
    token: () => `repoV2/${project().id}/${repository().id}`,
  },
  {
    what: "a permission on a project",
    order: () => ({ resource: { type: "project", id: project().id }, slug: "project.delete", principal: somebody() }),
    namespace: namespaceIds.project,
    token: () => `$PROJECT:vstfs:///Classification/TeamProject/${project().id}`,
  },
  {
    what: "a permission on pipelines",
    order: () => ({
      resource: { type: "project", id: project().id },
      slug: "build.queue_builds",
      principal: somebody(),
    }),
    namespace: namespaceIds.build,
    token: () => project().id,
  },
  {
    what: "a permission on the organization",
    order: () => ({
      resource: { type: "organization", id: world.emulator.state.collectionId },
      slug: "collection.delete_field",
      principal: somebody(),
    }),
    namespace: namespaceIds.collection,
    token: () => "NAMESPACE:",
  },
  {
    what: "a permission on all areas of a project",
    order: () => ({
      resource: { type: "project", id: project().id },
      slug: "area.create_children",
      principal: somebody(),
    }),
    namespace: namespaceIds.areas,
    token: () => {
      const isRoot = (each: ClassificationNode) =>
        each.kind === "area" && each.project === 0 && each.parent === undefined;
      const root = found(world.emulator.state.classification.find(isRoot), "the root of its areas");
      return `vstfs:///Classification/Node/${root.id}`;
    },
  },
  {
    what: "administration of a team",
    order: () => ({ resource: { type: "team", id: team().id }, slug: "admin", principal: somebody() }),
    namespace: namespaceIds.identity,
    token: () => `${project().id}\\${team().id}`,
  },
];

describe.each(cases)("$what", ({ order, namespace, token }) => {
  test("is given once and taken once, and nothing else in the list changes", async () => {
    const { state, writes } = world.emulator;
    const asked = order();
    const before = entriesOn(state, namespace, token());
    const { grant, revoke, holds } = createOrders(replica);
    writes.reset();
    expect(await holds(asked)).toBe(false);
    expect(await grant(asked)).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(await holds(asked)).toBe(true);
    expect(await grant(asked)).toMatchObject({ outcome: "ALREADY", already: true });
    const given = entriesOn(state, namespace, token());
    expect(given.slice(0, before.length)).toEqual(before);
    expect(given.length).toBe(before.length + 1);
    expect(await revoke(asked)).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(await holds(asked)).toBe(false);
    expect(await revoke(asked)).toMatchObject({ outcome: "ALREADY", already: true });
    const taken = entriesOn(state, namespace, token());
    expect(taken.filter(({ allow, deny }) => allow !== 0 || deny !== 0)).toEqual(before);
    expect(writes.changes.length).toBe(2);
  });
});
