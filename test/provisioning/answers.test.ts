import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GrantManagerService } from "../../gen/c1/connector/v2/grant_pb.js";
import { type EmulatorOptions, namespaceIds, subjectAt } from "../../src/emulator/index.ts";
import { createOrders, entitlementMessageOf } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { entriesOn, found, groupWithOutsider, people, refOf } from "./parts.ts";

let world: World;

afterEach(() => world.close());

const start = async (options: EmulatorOptions = {}) => {
  world = await startWorld(options);
};
const permissions = { provisioning: "privileged", sync: { permissionDetail: "all" } } as const;
const place = () => {
  const { state } = world.emulator;
  const repository = found(state.repositories[0], "a repository");
  const project = found(state.projects[repository.project], "its project");
  return { repository, project, token: `repoV2/${project.id}/${repository.id}` };
};
const onRepository = (slug: string, person = found(people(world.emulator.state)[0], "a person")) => ({
  resource: { type: "repository", id: place().repository.id },
  slug,
  principal: refOf(person),
});

describe("an answer tells", () => {
  beforeEach(() => start());

  test("by which other way somebody holds what was taken from them", async () => {
    const { changes, state } = world.emulator;
    const person = found(people(state)[0], "a person");
    changes.setEntry(namespaceIds.git, place().token, person.index, { allow: 8, deny: 0 });
    changes.setEntry(namespaceIds.git, `repoV2/${place().project.id}`, person.index, { allow: 8, deny: 0 });
    const { revoke } = createOrders(await world.replica(permissions));
    const answer = await revoke(onRepository("git.force_push"));
    expect(answer).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(answer.report.remaining).toEqual([expect.stringMatching(/by an entry of their own on repoV2\//)]);
    expect(await outcomeOf(revoke(onRepository("git.force_push")))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(/no Force push.* of their own to take.*change it there/),
    });
  });

  test("by which group somebody is a member still", async () => {
    const { changes, state } = world.emulator;
    const { group, outside } = groupWithOutsider(state);
    const inner = found(
      state.groups
        .map((index) => subjectAt(state, index))
        .find(
          (each) =>
            each.group?.kind === "made" && each.index !== group.index && each.group.project === group.group?.project,
        ),
      "another group",
    );
    changes.join(group.index, outside.index);
    changes.join(inner.index, outside.index);
    changes.join(group.index, inner.index);
    const order = { resource: refOf(group), slug: "member", principal: refOf(outside) };
    const { revoke } = createOrders(await world.replica({ provisioning: "standard" }));
    expect((await revoke(order)).report.remaining.join()).toContain(inner.displayName);
    expect(await outcomeOf(revoke(order))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining("there is no membership of their own to take"),
    });
  });

  test("that a deny of a group would take what is granted", async () => {
    const { changes, state, writes } = world.emulator;
    const person = found(people(state)[0], "a person");
    const group = found(person.memberOf[0], "a group that they are in");
    changes.setEntry(namespaceIds.git, place().token, group, { allow: 0, deny: 8 });
    const { grant } = createOrders(await world.replica(permissions));
    expect(await outcomeOf(grant(onRepository("git.force_push")))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(/would have no effect.*is denied/),
    });
    expect(writes.all).toEqual([]);
  });

  test.each([
    ["an entitlement that is none", { slug: "git.nothing_of_this_name" }, codes.notFound],
    [
      "a repository that is none",
      { resource: { type: "repository", id: "564e8204-a90b-4432-883b-d4363c6125ca" } },
      codes.notFound,
    ],
    [
      "the organization of somebody else",
      {
        resource: { type: "organization", id: "564e8204-a90b-4432-883b-d4363c6125ca" },
        slug: "collection.delete_field",
      },
      codes.notFound,
    ],
    [
      "a person that nobody knows",
      { principal: { type: "user", id: "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm" } },
      codes.notFound,
    ],
    ["a principal of the wrong type", { principal: { type: "project", id: "x" } }, codes.invalidArgument],
    [
      "a group that is said to be a person",
      { principal: { type: "user", id: "vssgp.Uy0xLTk" } },
      codes.invalidArgument,
    ],
    ["what stands for several permissions", { slug: "access.custom" }, codes.failedPrecondition],
    ["a type that is none", { resource: { type: "spaceship", id: "x" } }, codes.notFound],
    ["a type without grants", { resource: { type: "user", id: "x" }, slug: "member" }, codes.unimplemented],
  ])("what is wrong with %s, and nothing is written", async (_what, part, code) => {
    const { grant } = createOrders(await world.replica(permissions));
    const order = { ...onRepository("git.force_push"), ...part };
    expect((await outcomeOf(grant(order))).code).toBe(code);
    expect(world.emulator.writes.all).toEqual([]);
  });

  test("that an id and the fields beside it are of different things", async () => {
    const replica = await world.replica(permissions);
    const order = onRepository("git.force_push");
    const entitlement = { ...entitlementMessageOf(order), id: "repository:other:git.force_push" };
    const request = { entitlement, principal: { id: { resourceType: "user", resource: order.principal.id } } };
    expect((await outcomeOf(replica.call(GrantManagerService.method.grant, request))).code).toBe(codes.invalidArgument);
  });
});

test("a write that does not show at once is waited for, and one that does not show in time is said so", async () => {
  await start({ readLag: { memberships: 2 } });
  const { group, outside } = groupWithOutsider(world.emulator.state);
  const order = { resource: refOf(group), slug: "member", principal: refOf(outside) };
  const patient = createOrders(await world.replica({ provisioning: "standard", changes: { readBackMs: 5_000 } }));
  const { outcome, report } = await patient.grant(order);
  expect([outcome, report.notes, report.verifiedAt === undefined]).toEqual(["PERFORMED", [], false]);
  const hasty = createOrders(await world.replica({ provisioning: "standard", changes: { readBackMs: 0 } }));
  const late = await hasty.revoke(order);
  expect([late.outcome, late.report.verifiedAt]).toEqual(["PERFORMED", undefined]);
  expect(late.report.notes.join()).toContain("does not show it yet");
});

test("what is for nobody any more can be taken away", async () => {
  await start();
  const { changes, state } = world.emulator;
  const stray = "Microsoft.IdentityModel.Claims.ClaimsIdentity;nowhere\\nobody@fabrikam.example";
  changes.setEntry(namespaceIds.git, place().token, stray, { allow: 8, deny: 0 });
  const { unknownIdentityId } = await import("../../src/connector/ids.ts");
  const order = {
    ...onRepository("git.force_push"),
    principal: { type: "unknown-identity", id: unknownIdentityId(stray) },
  };
  const { revoke, holds } = createOrders(await world.replica(permissions));
  expect(await holds(order)).toBe(true);
  expect(await revoke(order)).toMatchObject({ outcome: "PERFORMED" });
  expect(
    entriesOn(state, namespaceIds.git, place().token).filter(({ who, allow }) => who === stray && allow !== 0),
  ).toEqual([]);
});
