import { afterEach, describe, expect, test } from "vitest";
import { grantMessage } from "../../src/connector/rights-to-proto.ts";
import { namespaceIds, subjectAt } from "../../src/emulator/index.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { entriesOn, found, people, refOf } from "./parts.ts";

/** Permissions that are told as one: what of them was there before a grant is there after its revoke. */
let world: World;
afterEach(() => world.close());

const privileged = { provisioning: "privileged", sync: { permissionDetail: "all" } } as const;
const person = () => found(people(world.emulator.state)[0], "a person");

describe("bundles of a repository", () => {
  const bundle = (slug: string) => ({
    resource: { type: "repository", id: found(world.emulator.state.repositories[0], "a repository").id },
    slug,
    principal: refOf(person()),
  });
  const bits = () => {
    const { state } = world.emulator;
    const repository = found(state.repositories[0], "a repository");
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    return entriesOn(state, namespaceIds.git, token).find(({ who }) => who === person().index);
  };

  test("give back the one that they took the place of", async () => {
    world = await startWorld();
    const { grant, revoke } = createOrders(
      await world.replica({ ...privileged, sync: { permissionDetail: "standard" } }),
    );
    await grant(bundle("access.read"));
    const before = bits();
    const raised = await grant(bundle("access.contribute"));
    expect(raised.replaced).toContain(":access.read:user:");
    const taken = await revoke(bundle("access.contribute"), raised.grants[0]);
    expect(taken.report.notes).toEqual(["Read was put back"]);
    expect(bits()).toEqual(before);
    await grant(bundle("access.contribute"));
    const lower = await revoke(bundle("access.read"));
    expect([lower.already, lower.report.remaining]).toEqual([true, ["as a part of Contribute, which took its place"]]);
  });

  test("leave the single permissions that were there before them", async () => {
    world = await startWorld();
    const { changes, state } = world.emulator;
    const { grant, revoke, holds } = createOrders(
      await world.replica({ ...privileged, sync: { permissionDetail: "standard" } }),
    );
    const repository = found(state.repositories[0], "a repository");
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    // Reads, creates branches and force pushes.
    changes.setEntry(namespaceIds.git, token, person().index, { allow: 26, deny: 0 });
    const before = bits();
    const raised = await grant(bundle("access.maintain"));
    expect(raised.replaced).toContain(":access.read:user:");
    const again = await grant(bundle("access.maintain"));
    expect(again.grants).toEqual(raised.grants);
    const taken = await revoke(bundle("access.maintain"), again.grants[0]);
    expect(taken.report.notes).toEqual([
      "Read was put back",
      expect.stringMatching(/^left in place, as before the grant: Create branch, Force push/),
    ]);
    expect(bits()).toEqual(before);
    expect(await holds(bundle("git.force_push"))).toBe(true);
    // Whoever has a part of a bundle has not the bundle.
    expect(await revoke(bundle("access.maintain"))).toMatchObject({ already: true });
    expect(bits()).toEqual(before);
  });

  test("as the administration of a team, leave the part that was there before it", async () => {
    world = await startWorld();
    const { changes, state } = world.emulator;
    const { grant, revoke } = createOrders(await world.replica(privileged));
    const team = found(state.teams[0], "a team");
    const token = `${state.projects[team.project]?.id}\\${team.id}`;
    const mask = () => entriesOn(state, namespaceIds.identity, token).find(({ who }) => who === person().index)?.allow;
    const order = { resource: { type: "team", id: team.id }, slug: "admin", principal: refOf(person()) };
    changes.setEntry(namespaceIds.identity, token, person().index, { allow: 3, deny: 0 });
    // A part of it is no administration of the team.
    const part = await revoke(order);
    expect(part.already).toBe(true);
    expect(part.report.remaining).toEqual([
      `a part of it, which is not administration of team ${subjectAt(state, team.group).displayName}, by an entry of their own there (administration)`,
    ]);
    const given = await grant(order);
    expect(mask()).toBe(31);
    const taken = await revoke(order, given.grants[0]);
    expect(taken.report.notes).toEqual(["left in place, as before the grant: a part of it"]);
    expect(mask()).toBe(3);
  });

  describe.each(["with what is known of the grants", "after a restart without --change-log"])("%s,", (which) => {
    test.each([
      ["that are all of it", { kept_bits: 2 }],
      ["that are none", { kept_bits: "2" }],
      ["beyond a mask", { kept_bits: 2 ** 32 }],
    ])("are not revoked with permissions that stay %s", async (_what, metadata) => {
      world = await startWorld();
      const asked = { ...privileged, sync: { permissionDetail: "standard" } } as const;
      const { grant, revoke } = createOrders(await world.replica(asked));
      await grant(bundle("access.read"));
      const before = bits();
      const forged = grantMessage({ ...bundle("access.read"), metadata });
      const isKnown = which.startsWith("with");
      const again = isKnown ? { revoke } : createOrders(await world.replica(asked));
      const isIgnored = isKnown && metadata.kept_bits === 2;
      const { code } = await outcomeOf(again.revoke(bundle("access.read"), forged));
      expect(code).toBe(isIgnored ? 0 : codes.invalidArgument);
      if (isIgnored) expect(bits()).toBeUndefined();
      else expect(bits()).toEqual(before);
    });
  });

  const single = "git.force_push";
  const [read, contribute, maintain] = ["access.read", "access.contribute", "access.maintain"] as const;

  test.each([
    ["nothing", 0, [single, maintain], [single, maintain], 0],
    ["nothing", 0, [single, maintain], [maintain, single], 0],
    ["nothing", 0, [maintain, single], [single, maintain], 0],
    ["nothing", 0, [maintain, single], [maintain, single], 0],
    ["a part", 16, [contribute, maintain], [contribute, maintain], 16],
    ["a part", 16, [contribute, maintain], [maintain, contribute], 16],
    // Whoever had it when it was granted has it by that grant.
    ["a part", 16, [maintain, contribute, single], [maintain, single, contribute], 0],
    ["the single one", 8, [single, maintain], [maintain, single], 0],
    ["a lower one", 2, [maintain, read], [maintain, read], 0],
    ["a lower one", 2, [contribute, maintain], [contribute, maintain], 2],
  ])("of %s (%i), granted %j and revoked %j, leave %i", async (_what, start, granted, revoked, left) => {
    world = await startWorld();
    const { changes, state } = world.emulator;
    const repository = found(state.repositories[0], "a repository");
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    if (start > 0) changes.setEntry(namespaceIds.git, token, person().index, { allow: start, deny: 0 });
    const { grant, revoke } = createOrders(
      await world.replica({ ...privileged, sync: { permissionDetail: "standard" } }),
    );
    const grants = new Map<string, Awaited<ReturnType<typeof grant>>["grants"][number]>();
    for (const slug of granted) grants.set(slug, found((await grant(bundle(slug))).grants[0], "a grant"));
    for (const slug of revoked.slice(0, -1)) {
      await revoke(bundle(slug), grants.get(slug));
      // What is granted still, is held still.
      for (const other of revoked.slice(revoked.indexOf(slug) + 1)) {
        expect((await grant(bundle(other))).already, `${other} after the end of ${slug}`).toBe(true);
      }
    }
    const last = found(revoked.at(-1), "a revoke");
    await revoke(bundle(last), grants.get(last));
    expect(bits()?.allow ?? 0).toBe(left);
  });

  test("that lost a part and are granted again, leave what was there before the first time", async () => {
    world = await startWorld();
    const { changes, state } = world.emulator;
    const repository = found(state.repositories[0], "a repository");
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    const { grant, revoke } = createOrders(
      await world.replica({ ...privileged, sync: { permissionDetail: "standard" } }),
    );
    await grant(bundle(maintain));
    const whole = bits()?.allow ?? 0;
    changes.setEntry(namespaceIds.git, token, person().index, { allow: whole - 8, deny: 0 });
    const again = await grant(bundle(maintain));
    expect([again.outcome, again.replaced]).toEqual(["PERFORMED", undefined]);
    await revoke(bundle(maintain), again.grants[0]);
    expect(bits()).toBeUndefined();
  });

  test("take a deny away only where that is allowed, from every entry of somebody, and say so", async () => {
    world = await startWorld();
    const { changes, state } = world.emulator;
    const repository = found(state.repositories[0], "a repository");
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    changes.setEntry(namespaceIds.git, token, person().index, { allow: 0, deny: 8 });
    const { grant } = createOrders(await world.replica({ ...privileged, changes: { removesDenies: true } }));
    const { report } = await grant(bundle("git.force_push"));
    expect(report.notes.join()).toMatch(/an explicit deny of .+ was taken away/);
    expect(bits()).toMatchObject({ allow: 8, deny: 0 });
  });
});
