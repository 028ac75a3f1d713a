import { describe, expect, test } from "vitest";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.js";
import type { RequestSeen } from "../../src/emulator/index.ts";
import { type OptionalType, roleTypes } from "../../src/resources/options.ts";
import { rowsOf } from "../support/amended.ts";
import { keyOf, metadataOf } from "../support/rights.ts";
import { badWorld, notesOf } from "./bad-world.ts";

/** What pipelines use, feeds and licences, as their answers should not be: the right code, or the manifest says so. */
const codes = { permissionDenied: 7, failedPrecondition: 9 };

const worldOf = (...types: OptionalType[]) =>
  badWorld({}, { sync: { permissionDetail: "roles", optionalTypes: types } });

const on = (route: string) => (request: RequestSeen) => request.route === route;

describe("what went while it was read", () => {
  test("environments of a project are a gap, and of the other projects told", async () => {
    await using whole = await worldOf("environment");
    await using world = await worldOf("environment");
    const route = "{project}/_apis/distributedtask/environments/{environmentId}";
    const typeKey = "ProjectDoesNotExistException";
    world.emulator.faults.add({
      kind: "status",
      status: 404,
      typeKey,
      route: route.replace("/{environmentId}", "*"),
      nth: 2,
    });
    const [before, after] = [await whole.sync(), await world.sync()];
    const environments = ({ resources }: typeof before) =>
      resources.map(({ id }) => keyOf(id)).filter((key) => key.startsWith("environment:"));
    expect(world.emulator.faults.list()[0]?.applied).toBe(1);
    expect(environments(after).length).toBeLessThan(environments(before).length);
    expect(environments(after).length).toBeGreaterThan(0);
    expect(notesOf(before.manifest).gaps).toEqual([]);
    expect(notesOf(after.manifest).gaps).toEqual([expect.stringMatching(/^projects .*environment.*\(1\)$/)]);
    expect(after.manifest.complete).toBe(false);
  });

  test("permissions and views of a feed are a gap, and those of the others told", async () => {
    for (const part of ["permissions", "views"]) {
      await using world = await worldOf("feed");
      const route = `*packaging/feeds/*/${part}`;
      world.emulator.faults.add({ kind: "status", status: 404, typeKey: "FeedIdNotFoundException", route, nth: 1 });
      const { manifest, grants } = await world.sync();
      expect(notesOf(manifest).gaps).toEqual([expect.stringMatching(new RegExp(`^feeds whose ${part}.*\\(1\\)$`))]);
      expect(manifest.complete).toBe(false);
      expect(grants.some(({ entitlement }) => entitlement?.resource?.id?.resourceType === "feed")).toBe(true);
    }
  });

  test.each([
    [403, "AccessCheckException", codes.permissionDenied],
    [404, "VssServiceException", codes.failedPrecondition],
    [400, "VssServiceException", 13],
  ])("a feed that answers %i with %s fails the sync by its route", async (status, typeKey, expected) => {
    await using world = await worldOf("feed");
    world.emulator.faults.add({ kind: "status", status, typeKey, route: "*packaging/feeds/*/permissions", nth: 1 });
    const { code, message } = await world.failure();
    expect(code).toBe(expected);
    if (expected !== 13) expect(message).toContain("packaging/feeds/{feed}/permissions");
  });
});

describe("definitions of roles", () => {
  const route = "_apis/securityroles/scopes/{scopeId}/roledefinitions";

  /** `<resource> <permission> <principal>` of all bits that roles stand for. */
  async function bitsWith(
    change: ((role: Readonly<Record<string, unknown>>) => unknown) | undefined,
  ): Promise<string[]> {
    await using world = await worldOf(...roleTypes);
    if (change)
      world.amendments.amend(
        on(route),
        rowsOf((roles) => roles.map(change)),
      );
    const { grants } = await world.sync();
    const asked = world.emulator.requests.count(`GET ${route}`);
    expect(asked).toBeGreaterThan(5);
    // Somebody can hold a bit by a role of their own and through a group's as well.
    const bits = grants.flatMap((grant) => {
      const names = metadataOf(grant).permissions;
      const hub = grant.entitlement?.slug.includes(".") ? grant.entitlement.slug.split(".")[0] : "";
      const place = `${keyOf(grant.entitlement?.resource?.id)} ${hub}`;
      return Array.isArray(names) ? names.map((name) => `${place} ${name} ${keyOf(grant.principal?.id)}`) : [];
    });
    return [...new Set(bits)].sort();
  }

  test("of no known name, in another language, or with other bits lose no bit", async () => {
    const told = await bitsWith(undefined);
    expect(told.length).toBeGreaterThan(50);
    const named = (role: Readonly<Record<string, unknown>>, name: string) => ({ ...role, name, displayName: name });
    for (const change of [
      (role: Readonly<Record<string, unknown>>) => named(role, "Administratorin"),
      (role: Readonly<Record<string, unknown>>) => (role.name === "Reader" ? role : named(role, `x${role.name}`)),
      (role: Readonly<Record<string, unknown>>) => ({ ...role, displayName: "Jede" }),
      (role: Readonly<Record<string, unknown>>) => ({ ...role, allowPermissions: 1 }),
      (role: Readonly<Record<string, unknown>>) => ({ ...role, allowPermissions: 0 }),
    ]) {
      expect(await bitsWith(change)).toEqual(told);
    }
  });

  test("without their needed fields fail the sync by their route", async () => {
    await using world = await worldOf("environment");
    world.amendments.amend(
      on(route),
      rowsOf((roles) => roles.map((role) => ({ ...role, name: null }))),
    );
    const { code, message } = await world.failure();
    expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("roledefinitions")]);
  });
});

describe("licences", () => {
  const levels = (resources: readonly Resource[]) =>
    resources.filter(({ id }) => id?.resourceType === "access-level").map(({ id }) => id?.resource);

  test("a summary without lists leaves the levels that somebody has, each held as before", async () => {
    await using whole = await worldOf("access-level");
    await using world = await worldOf("access-level");
    world.amendments.amend(on("_apis/userentitlementsummary"), () => ({ licenses: null }));
    const [before, after] = [await whole.sync(), await world.sync()];
    const held = ({ grants }: typeof before) =>
      grants
        .map(({ id }) => id)
        .filter((id) => id.startsWith("access-level:"))
        .sort();
    expect(held(before).length).toBeGreaterThan(5);
    expect(held(after)).toEqual(held(before));
    expect(levels(after.resources).length).toBeGreaterThan(0);
    expect(levels(before.resources)).toEqual(expect.arrayContaining(levels(after.resources)));
  });

  test.each([
    ["rules of groups that are null", "_apis/groupentitlements", () => ({ count: 0, value: null })],
    ["a rule without its group", "_apis/groupentitlements", () => ({ value: [{ id: "x", group: null }] })],
    ["a summary that is a list", "_apis/userentitlementsummary", () => ({ licenses: "all" })],
  ])("%s fail the sync by their route", async (_name, route, change) => {
    await using world = await worldOf("access-level");
    world.amendments.amend(on(route), change);
    const { code, message } = await world.failure();
    expect([code, message]).toEqual([codes.failedPrecondition, expect.stringMatching(/entitlement/)]);
  });

  test("a rule of a group without a licence gives nobody one", async () => {
    await using world = await worldOf("access-level");
    world.amendments.amend(
      on("_apis/groupentitlements"),
      rowsOf((rules) => rules.map((rule) => ({ ...rule, licenseRule: null }))),
    );
    const { grants } = await world.sync();
    const ofGroups = grants.filter(
      ({ id, principal }) => id.startsWith("access-level:") && principal?.id?.resourceType === "group",
    );
    expect(ofGroups).toEqual([]);
  });
});
