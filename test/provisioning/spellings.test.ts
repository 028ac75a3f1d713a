import { status as codes } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namespaceIds } from "../../src/emulator/index.ts";
import type { Order } from "../support/orders.ts";
import { createOrders } from "../support/orders.ts";
import { startWorld, type World } from "../support/world.ts";
import { entriesOn, found, people, refOf } from "./parts.ts";

/** That an entitlement is what the listing has, under one id: no other spelling of it is granted. */

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

async function orders() {
  return createOrders(await world.replica({ provisioning: "standard", sync: { permissionDetail: "all" } }));
}

const project = () => found(world.emulator.state.projects[0], "a project");
const repository = () =>
  found(
    world.emulator.state.repositories.find((each) => each.project === 0),
    "a repository of it",
  );
const token = () => `repoV2/${project().id}/${repository().id}`;

const order = (slug: string, person = 0): Order => ({
  resource: { type: "repository", id: repository().id },
  slug,
  principal: refOf(found(people(world.emulator.state)[person], "a person")),
});

describe("a permission that no listing has cannot be given:", () => {
  test.each([
    ["a bit that has a name", "git.bit_2"],
    ["a bit that neither the definition nor the list has", "git.bit_1073741824"],
    ["the highest bit of a mask", "git.bit_2147483648"],
    ["a bit beyond a mask", "git.bit_4294967296"],
    ["a number that is no bit", "git.bit_3"],
    ["zero", "git.bit_0"],
    ["a bit with zeros before it", "git.bit_01073741824"],
  ])("%s", async (_what, slug) => {
    const { grant } = await orders();
    await expect(grant(order(slug))).rejects.toMatchObject({ code: codes.NOT_FOUND });
    expect(world.emulator.writes.all).toEqual([]);
  });

  test.each(["git.bit_2", "git.bit_4294967296"])("and %s cannot be taken", async (slug) => {
    const { revoke } = await orders();
    await expect(revoke(order(slug))).rejects.toMatchObject({ code: codes.NOT_FOUND });
    expect(world.emulator.writes.all).toEqual([]);
  });
});

test("a bit without a name that somebody has is listed, and can be given and taken", async () => {
  const { state, changes } = world.emulator;
  const [holder, other] = people(state);
  const unnamed = 2 ** 30;
  changes.setEntry(namespaceIds.git, token(), found(holder, "a person").index, { allow: unnamed, deny: 0 });
  const { grant, revoke, holds } = await orders();
  const slug = `git.bit_${unnamed}`;
  expect(await holds(order(slug))).toBe(true);
  expect(await grant(order(slug, 1))).toMatchObject({ outcome: "PERFORMED" });
  const given = entriesOn(state, namespaceIds.git, token()).find(({ who }) => who === other?.index);
  expect(given).toMatchObject({ allow: unnamed, deny: 0 });
  for (const person of [0, 1]) expect(await revoke(order(slug, person))).toMatchObject({ outcome: "PERFORMED" });
  expect(await revoke(order(slug))).toMatchObject({ outcome: "ALREADY", already: true });
});

describe("an id in capitals is answered as the listing has it:", () => {
  const cases = {
    project: () => ({ id: project().id, slug: "project.view_test_results" }),
    organization: () => ({ id: world.emulator.state.collectionId, slug: "collection.delete_field" }),
  };
  test.each(["project", "organization"] as const)("%s", async (type) => {
    const { grant, revoke, holds } = await orders();
    const { id, slug } = cases[type]();
    expect(id).not.toBe(id.toUpperCase());
    const listed: Order = { ...order(slug), resource: { type, id } };
    const inCapitals: Order = { ...listed, resource: { type, id: id.toUpperCase() } };
    const { outcome, grants } = await grant(inCapitals);
    expect(outcome).toBe("PERFORMED");
    expect(grants.map(({ entitlement }) => entitlement?.resource?.id?.resource)).toEqual([id]);
    expect(grants[0]?.id).toContain(`${type}:${id}:${slug}:`);
    expect(await holds(listed)).toBe(true);
    expect(await grant(listed)).toMatchObject({ outcome: "ALREADY" });
    expect(await revoke(inCapitals)).toMatchObject({ outcome: "PERFORMED" });
    expect(await holds(listed)).toBe(false);
  });
});

test("a person whose descriptor is spelled in capitals is who listings have", async () => {
  const { grant, revoke } = await orders();
  const own = order("git.generic_read");
  const { id } = own.principal;
  const shouted = {
    ...own,
    principal: { ...own.principal, id: id.replace(/^[a-z]+/, (prefix) => prefix.toUpperCase()) },
  };
  expect(shouted.principal.id).not.toBe(id);
  expect((await grant(shouted)).grants.map((each) => each.principal?.id?.resource)).toEqual([id]);
  expect(await grant(own)).toMatchObject({ already: true });
  expect(await revoke(shouted)).toMatchObject({ outcome: "PERFORMED" });
});
