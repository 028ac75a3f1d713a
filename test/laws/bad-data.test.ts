import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { namespaceIds, subjectAt } from "../../src/emulator/index.ts";
import { rowsOf } from "../support/amended.ts";
import { testCall } from "../support/calls.ts";
import { keyOf, metadataOf } from "../support/rights.ts";
import { allows, badWorld, denies, list, notesOf, refOf } from "./bad-world.ts";

/** Access control lists as they should not be: the right code, a row that says so, or the manifest; never silence. */
const { git } = namespaceIds;
const codes = { unavailable: 14, failedPrecondition: 9 };
const [read, contribute, forcePush] = [2, 4, 8];

const listsOf = (namespaceId: string) => (request: { readonly path: string }) =>
  request.path.endsWith(`accesscontrollists/${namespaceId}`);

describe("entries", () => {
  test("for a descriptor that nobody knows are told of an unknown identity, which says why it is one", async () => {
    await using world = await badWorld();
    const nobody = "Microsoft.IdentityModel.Claims.ClaimsIdentity;gone\\nobody@fabrikam.example";
    world.emulator.setAccessLists(git, [
      list(world.repository.token, allows(nobody, forcePush), allows("\u0000", read)),
    ]);
    const synced = await world.sync();
    const ukn = (descriptor: string) => `ukn.${createHash("sha256").update(descriptor).digest("base64url")}`;
    expect(synced.on(`repository:${world.repository.id}`)).toEqual([
      `git.force_push unknown-identity:${ukn(nobody)}`,
      `git.generic_read unknown-identity:${ukn("\u0000")}`,
    ]);
    const unknown = synced.resources.find(({ id }) => id?.resource === ukn(nobody));
    expect(unknown?.displayName).not.toContain("nobody@");
    expect(JSON.stringify(unknown, (_, part) => (typeof part === "bigint" ? String(part) : part))).toContain(
      "orphan_reason",
    );
  });

  test("with bits that no definition names, up to the 32nd and beyond, are told by their bits", async () => {
    await using world = await badWorld();
    const [one = 0, two = 0, three = 0] = world.people;
    world.emulator.setAccessLists(git, [
      list(world.repository.token, allows(one, 2 ** 25 + read), allows(two, -(2 ** 31)), allows(three, 2 ** 40)),
    ]);
    const synced = await world.sync();
    expect(synced.on(`repository:${world.repository.id}`)).toEqual(
      [
        `git.bit_33554432 ${refOf(world.emulator, one)}`,
        `git.generic_read ${refOf(world.emulator, one)}`,
        `git.bit_2147483648 ${refOf(world.emulator, two)}`,
        `git.bit_1099511627776 ${refOf(world.emulator, three)}`,
      ].sort(),
    );
  });

  test("with bits that no definition names are among the rows of people too", async () => {
    await using world = await badWorld({}, { sync: { permissionDetail: "all", optionalTypes: [], effective: true } });
    const [one = 0] = world.people;
    world.emulator.setAccessLists(git, [list(world.repository.token, allows(one, 2 ** 25))]);
    const told = (await world.sync()).on(`repository:${world.repository.id}`);
    expect(told).toContain(`git.bit_33554432 ${refOf(world.emulator, one)}`);
  });

  test("that allow and deny the same bit deny it, and what is denied is told nowhere", async () => {
    await using world = await badWorld();
    const [one = 0] = world.people;
    const both = { who: one, allow: read + forcePush, deny: forcePush };
    world.emulator.setAccessLists(git, [list(world.repository.token, both)]);
    const synced = await world.sync();
    expect(synced.on(`repository:${world.repository.id}`)).toEqual([`git.generic_read ${refOf(world.emulator, one)}`]);
  });

  test("with bits below what 32 bits can hold, or none at all, fail the sync by the list's route", async () => {
    for (const allow of [-(2 ** 31) - 1, 1.5, "2"]) {
      await using world = await badWorld();
      const entry = { descriptor: "System:License;x", allow, deny: 0 };
      world.amendments.amend(
        listsOf(git),
        rowsOf(() => [{ token: "repoV2", acesDictionary: { x: entry } }]),
      );
      const { code, message } = await world.failure();
      expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("accesscontrollists")]);
    }
  });
});

describe("tokens", () => {
  test("that cannot be read are a gap, and those of what was deleted a limit, each counted", async () => {
    await using world = await badWorld();
    const [one = 0] = world.people;
    const gone = "7a3f5a63-0d4c-4a8e-9d09-111111111111";
    const { token, projectId } = world.repository;
    world.emulator.setAccessLists(git, [
      list(token, allows(one, read)),
      list(`${token}/x`, allows(one, read)),
      list("repoV3", allows(one, read)),
      list(`repoV2/${gone}`, allows(one, read)),
      list(`repoV2/${projectId}/${gone}`, allows(one, read)),
      list(`repoV2/${projectId}/${gone}/refs/heads/6d00`, allows(one, read)),
    ]);
    const { manifest } = await world.sync();
    const { gaps, limits } = notesOf(manifest);
    expect(gaps.filter((note) => note.includes(" of git "))).toEqual([expect.stringMatching(/cannot be read.*\(2\)$/)]);
    expect(limits.filter((note) => note.includes(" of git "))).toEqual([
      expect.stringMatching(/no listing has \(3\)$/),
    ]);
    expect(manifest.complete).toBe(false);
  });

  test("in two spellings are one list: entries of both count, and inheritance is off where either says so", async () => {
    await using world = await badWorld();
    const [one = 0, two = 0] = world.people;
    const { token, id, projectId } = world.repository;
    world.emulator.setAccessLists(git, [
      list(token, allows(one, read)),
      { ...list(`${token.toUpperCase()}/`, allows(two, contribute)), inherit: false },
      list(`repoV2/${projectId}`, allows(two, forcePush)),
    ]);
    const synced = await world.sync();
    expect(synced.on(`repository:${id}`)).toEqual(
      [`git.generic_read ${refOf(world.emulator, one)}`, `git.generic_contribute ${refOf(world.emulator, two)}`].sort(),
    );
    const { readings } = world.replica.app.scope.sessions.private();
    const found = await readings.permissions.index(testCall());
    const own = found.tokens("repository", id).find(({ place }) => place.inner === "");
    expect(own?.table.get(own.canonical)?.inherits).toBe(false);
  });

  test("of 8 KB, with control characters and with half characters are told within the contract's bounds", async () => {
    await using world = await badWorld();
    const [one = 0] = world.people;
    const { token, id } = world.repository;
    const hex = (text: string) => Buffer.from(text, "utf16le").toString("hex");
    const branches = [
      hex("long".repeat(500)),
      `${hex("a")}/`.repeat(1_500),
      hex("\u0000\u001b[31m\u202e\n"),
      "00d8",
      "zz\u0001",
      "zz\nzz",
    ].map((name) => `${token}/refs/heads/${name}`);
    world.emulator.setAccessLists(git, [
      ...branches.map((branch) => list(branch, allows(one, forcePush))),
      list(`${branches[0]}/${hex("below")}`, allows(one, forcePush)),
    ]);
    const { manifest, grants, entitlements } = await world.sync();
    const told = grants.filter(({ entitlement }) => keyOf(entitlement?.resource?.id) === `repository:${id}`);
    const { gaps } = notesOf(manifest);
    const unread = gaps.find((note) => note.includes(" of git "));
    // A line break makes it another shape.
    expect(unread).toMatch(/cannot be read.*\(1\)$/);
    expect(told).toHaveLength(branches.length);
    for (const { displayName } of entitlements) expect(displayName.isWellFormed()).toBe(true);
    const inherited = told.map(metadataOf).flatMap(({ sources }) => (Array.isArray(sources) ? sources : []));
    expect(inherited).toContainEqual(expect.objectContaining({ kind: "inherited" }));
  });

  test("of a project that no listing has keep it out, and its repositories are told without a listed parent", async () => {
    await using world = await badWorld();
    const { projectId, id, token } = world.repository;
    const [one = 0] = world.people;
    world.emulator.setAccessLists(git, [
      list(`repoV2/${projectId}`, allows(one, read)),
      list(token, allows(one, forcePush)),
    ]);
    const isProject = (row: Readonly<Record<string, unknown>>) => row.id === projectId;
    world.amendments.amend(
      ({ route }) => route === "_apis/projects",
      rowsOf((rows) => rows.filter((row) => !isProject(row))),
    );
    const synced = await world.sync();
    expect(synced.resources.map((each) => keyOf(each.id))).not.toContain(`project:${projectId}`);
    expect(notesOf(synced.manifest).limits.join("\n")).toMatch(/git for what no listing has \(1\)/);
    expect(synced.on(`repository:${id}`)).toEqual([`git.force_push ${refOf(world.emulator, one)}`]);
  });
});

describe("namespaces", () => {
  test("without actions have their permissions told by bits, and one that is gone tells nothing", async () => {
    await using world = await badWorld();
    const [one = 0] = world.people;
    world.emulator.setAccessLists(git, [list(world.repository.token, allows(one, forcePush))]);
    world.amendments.amend(
      ({ route }) => route === "_apis/securitynamespaces",
      rowsOf((rows) => rows.map((row) => (row.namespaceId === git ? { ...row, actions: null } : row))),
    );
    expect((await world.sync()).on(`repository:${world.repository.id}`)).toEqual([
      `git.bit_8 ${refOf(world.emulator, one)}`,
    ]);
  });
});

describe("answers", () => {
  test.each([
    ["no dictionary", { token: "repoV2", inheritPermissions: true }],
    ["null for a dictionary", { token: "repoV2", inheritPermissions: true, acesDictionary: null }],
    ["null for an entry", { token: "repoV2", inheritPermissions: true, acesDictionary: { x: null } }],
    ["an entry without a descriptor", { token: "repoV2", acesDictionary: { x: { allow: 1 } } }],
    ["no token", { inheritPermissions: true, acesDictionary: {} }],
    ["null for a list", null],
  ])("with %s fail the sync, and say which route", async (_name, row) => {
    await using world = await badWorld();
    world.amendments.amend(
      listsOf(git),
      rowsOf((rows) => [...rows, row]),
    );
    const { code, message } = await world.failure();
    expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("accesscontrollists")]);
  });

  test("of 500,000 entries that are cut once are read again and are complete, and cut always are UNAVAILABLE", async () => {
    await using world = await badWorld();
    const holders = Array.from({ length: 200 }, (_, index) => allows(`System:License;${index}`, read));
    const { projectId } = world.repository;
    const lists = Array.from({ length: 2_500 }, (_, index) =>
      list(`repoV2/${projectId}/${index.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`, ...holders),
    );
    world.emulator.setAccessLists(git, lists);
    const route = `*accesscontrollists/${git}`;
    world.emulator.faults.add({ kind: "truncated-json", route, nth: 1 });
    const { readings } = world.replica.app.scope.sessions.private();
    const index = await readings.permissions.index(testCall());
    expect(world.emulator.faults.list().map(({ applied }) => applied)).toEqual([1]);
    expect(index.table(git)?.size).toBe(500_000);
    world.emulator.faults.clear();
    world.emulator.faults.add({ kind: "truncated-json", route });
    const { code, message } = await world.failure();
    expect([code, message]).toEqual([codes.unavailable, expect.stringContaining("accesscontrollists")]);
  }, 120_000);
});

describe("groups", () => {
  test("in a circle of which one is denied give nobody what is denied", async () => {
    await using world = await badWorld();
    const { state } = world.emulator;
    const [first, second] = state.subjects.filter(({ group }) => group?.kind === "made");
    const [member = 0, outsider = 0] = world.people.filter((who) => !first?.group?.members.includes(who));
    if (!first?.group || !second?.group) throw new Error("no groups");
    first.group.members.splice(0, Number.POSITIVE_INFINITY, second.index, member);
    second.group.members.splice(0, Number.POSITIVE_INFINITY, first.index);
    for (const [who, group] of [
      [second.index, first.index],
      [member, first.index],
      [first.index, second.index],
    ] as const) {
      if (!subjectAt(state, who).memberOf.includes(group)) subjectAt(state, who).memberOf.push(group);
    }
    const group = (who: number) => refOf(world.emulator, who, "group");
    world.emulator.setAccessLists(git, [
      list(
        world.repository.token,
        allows(second.index, forcePush + read),
        denies(first.index, forcePush),
        allows(member, forcePush),
        allows(outsider, forcePush),
      ),
    ]);
    const synced = await world.sync();
    expect(synced.on(`repository:${world.repository.id}`)).toEqual(
      [`git.force_push ${refOf(world.emulator, outsider)}`, `git.generic_read ${group(second.index)}`].sort(),
    );
  });
});
