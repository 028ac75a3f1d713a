import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { EntitlementsService } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import {
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from "../../gen/c1/connector/v2/resource_pb.js";
import { RateLimiterService } from "../../gen/c1/ratelimit/v1/ratelimit_pb.js";
import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { descriptorOf, type RequestSeen, subjectAt } from "../../src/emulator/index.ts";
import { Secret } from "../../src/secret.ts";
import { protoFiles } from "../../src/server/descriptors.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { membershipsOnly } from "../support/sync-options.ts";
import { grantListing, idOfResource, resourceListing, rowText, typesOf, walk } from "../support/walk.ts";
import { codeOf, type Replica, startReplica, startWorld, type World } from "../support/world.ts";

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
});
afterAll(() => world.close());

const codes = { invalidArgument: 3, notFound: 5, failedPrecondition: 9, unimplemented: 12, unauthenticated: 16 };

describe("ConnectorService", () => {
  test("validates with a version for which the platform sends sync ids", async () => {
    const { sdkVersion } = await replica.call(ConnectorService.method.validate, {});
    expect(sdkVersion).toMatch(/^v\d+\.\d+\.\d+$/);
  });

  test("refuses a bad token with UNAUTHENTICATED, and a URL of nothing with FAILED_PRECONDITION", async () => {
    const bad = await world.replica({ token: "wrong" });
    expect(await codeOf(bad.call(ConnectorService.method.validate, {}))).toBe(codes.unauthenticated);
    const elsewhere = await startReplica({ ...world.emulator, url: world.emulator.url.replace("fabrikam", "nobody") });
    expect(await codeOf(elsewhere.call(ConnectorService.method.validate, {}))).toBe(codes.failedPrecondition);
    await elsewhere.close();
  });

  test("fails without a scope that every sync needs, and names it", async () => {
    const own = await startWorld({ tokens: [{ token: "graph-only", scopes: ["vso.graph"] }] });
    const poor = await own.replica({ token: "graph-only" });
    await expect(poor.call(ConnectorService.method.validate, {})).rejects.toThrow(
      /PERMISSION_DENIED.*Project and Team \(Read\)/,
    );
    await own.close();
  });

  test("tells types and capabilities, and ends a sync without complaint", async () => {
    const { metadata } = await replica.call(ConnectorService.method.getMetadata, {});
    const listed = metadata?.capabilities?.resourceTypeCapabilities.map(({ resourceType }) => resourceType?.id);
    expect(listed).toEqual(await typesOf(replica));
    await replica.call(ConnectorService.method.cleanup, { activeSyncId: "never-seen" });
  });
});

describe("types", () => {
  test("with the user or group trait have it on each of their resources", async () => {
    const { list } = await replica.call(ResourceTypesService.method.listResourceTypes, {});
    for (const { id, traits } of list) {
      const { list: resources } = await replica.call(ResourcesService.method.listResources, { resourceTypeId: id });
      expect(resources.length, id).toBeGreaterThan(0);
      const wanted = traits.map((trait) => ({ 1: "UserTrait", 2: "GroupTrait" })[trait as 1 | 2]);
      for (const { annotations } of resources) {
        for (const name of wanted) {
          expect(annotations.map(({ typeUrl }) => typeUrl)).toContain(`type.googleapis.com/c1.connector.v2.${name}`);
        }
      }
    }
  });

  test("have their static entitlements, with the per-resource listing switched off", async () => {
    const slugs = async (resourceTypeId: string) =>
      (await replica.call(EntitlementsService.method.listStaticEntitlements, { resourceTypeId })).list.map(
        ({ slug }) => slug,
      );
    expect(await slugs("group")).toEqual(["member"]);
    expect(await slugs("team")).toEqual(["admin", "member"]);
    expect(await slugs("user")).toEqual([]);
    const { list } = await replica.call(ResourceTypesService.method.listResourceTypes, {});
    const annotations = Object.fromEntries(
      list.map((type) => [type.id, type.annotations.map(({ typeUrl }) => typeUrl.split(".").pop())]),
    );
    expect(annotations.group).toEqual(["SkipEntitlements", "TypeScopedGrants"]);
    expect(annotations.user).toEqual(["SkipEntitlementsAndGrants"]);
  });
});

describe("one resource", () => {
  test("is told as the listing tells it, for every type", async () => {
    for (const type of await typesOf(replica)) {
      const rows = await walk(resourceListing(type, { pageSize: 0, syncId: "" }), replica);
      const alone = await world.replica({ listing: "per-resource" });
      for (const row of rows.slice(0, 12)) {
        const resourceId = { resourceType: type, resource: idOfResource(row) };
        const { resource } = await alone.call(ResourceGetterService.method.getResource, { resourceId });
        expect(rowText(resource ?? {}), type).toBe(row);
      }
      await alone.close();
    }
  });

  test("is NOT_FOUND when it does not exist", async () => {
    for (const [resourceType, resource] of [
      ["user", "aad.bm9ib2R5"],
      ["group", "vssgp.bm9ib2R5"],
      ["team", "00000000-0000-0000-0000-000000000001"],
      ["project", "00000000-0000-0000-0000-000000000001"],
      ["organization", "x"],
      ["unknown-identity", "x"],
      ["nothing", "x"],
    ]) {
      const request = { resourceId: { resourceType: resourceType ?? "", resource: resource ?? "" } };
      expect(await codeOf(replica.call(ResourceGetterService.method.getResource, request)), resourceType).toBe(
        codes.notFound,
      );
    }
  });

  test("that is a team can be named by its team id and by its group, with teams and without", async () => {
    const { state } = world.emulator;
    const team = state.teams[0];
    if (!team) throw new Error("the organization has no team");
    const group = descriptorOf(subjectAt(state, team.group));
    for (const id of [
      { resourceType: "team", resource: team.id },
      { resourceType: "group", resource: group },
    ]) {
      const { resource } = await replica.call(ResourceGetterService.method.getResource, { resourceId: id });
      expect(resource?.id?.resource).toBe(team.id);
      const { list } = await replica.call(GrantsService.method.listGrants, { resource: { id } });
      expect(new Set(list.map(({ entitlement }) => entitlement?.resource?.id?.resourceType))).toEqual(
        new Set(["team"]),
      );
    }
    const without = await world.replica({ syncTeams: false });
    const { resource } = await without.call(ResourceGetterService.method.getResource, {
      resourceId: { resourceType: "group", resource: group },
    });
    expect(resource?.id?.resource).toBe(group);
    expect(JSON.stringify(resource?.annotations.map(({ value }) => Buffer.from(value).toString("latin1")))).toContain(
      team.id,
    );
    const members = (rows: readonly string[]) => rows.map((row) => JSON.parse(row).principal.id.resource).sort();
    const asGroup = members(await walk(grantListing("group", group, { pageSize: 0, syncId: "" }), without));
    const asTeam = (await walk(grantListing("team", team.id, { pageSize: 0, syncId: "" }), replica)).filter(
      (row) => JSON.parse(row).entitlement.slug === "member",
    );
    expect(members(asTeam)).toEqual(asGroup);
  });
});

test("the rate limiter lets every call go and hands the request token back", async () => {
  const { requestToken, description } = await replica.call(RateLimiterService.method.do, { requestToken: "t" });
  expect(requestToken).toBe("t");
  expect(description?.status).toBe(4);
});

test("every generated file is among those that reflection describes", async () => {
  const { globSync, readFileSync } = await import("node:fs");
  const generated = globSync("gen/**/*_pb.js").map(
    (path) => /export const (file_\w+) =/.exec(readFileSync(path, "utf8"))?.[1],
  );
  const described = protoFiles.map(({ name }) => `file_${name.replace(/[/.-]/g, "_")}`);
  expect(generated.length).toBeGreaterThan(30);
  expect(described.sort()).toEqual(generated.sort());
});

test("a token that makes nobody of the caller is UNAUTHENTICATED", async () => {
  const nobody = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
  const body = { authenticatedUser: { id: nobody }, instanceId: nobody };
  const onRequest = ({ route }: RequestSeen) => (route.endsWith("connectionData") ? { status: 200, body } : undefined);
  const own = await startWorld({ onRequest });
  expect(await codeOf((await own.replica()).call(ConnectorService.method.validate, {}))).toBe(codes.unauthenticated);
  await own.close();
});

test("what a token lacks is told once, however many syncs there are", async () => {
  const lines: string[] = [];
  const log = createLog("warn", { write: (line) => lines.push(line) });
  const app = createApp({
    organizationUrl: world.emulator.url,
    credential: personalAccessToken(new Secret(world.emulator.syncOnlyToken)),
    listing: "type-scoped",
    syncTeams: false,
    syncOrganizations: false,
    ...membershipsOnly,
    log,
  });
  const call = {
    signal: new AbortController().signal,
    deadlineMs: Date.now() + 60_000,
    lane: "read",
    log,
    upstream: { requests: 0 },
  } as const;
  for (const syncId of ["one", "two"]) {
    const readings = app.scope.sessions.readings({ caller: "test", syncId });
    expect(await readings.membershipSource(call)).toBe("graph");
  }
  await app.close();
  expect(lines.filter((line) => line.includes("Identity (Read)"))).toHaveLength(1);
  expect(lines.join("")).not.toContain(world.emulator.syncOnlyToken);
});
