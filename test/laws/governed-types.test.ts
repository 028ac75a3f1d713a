import { createValidator } from "@bufbuild/protovalidate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StreamSyncResponse, StreamSyncResponseSchema } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { ResourceGetterService } from "../../gen/c1/connector/v2/resource_pb.js";
import { isResourceId, isSlug } from "../../src/connector/ids.ts";
import { type EmulatorOptions, namespaceIds } from "../../src/emulator/index.ts";
import type { Detail } from "../../src/permissions/fold.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { exclusionOf, expandsTo, keyOf, rowsOfStream, type Streamed } from "../support/rights.ts";
import { idsOf, wholeStream } from "../support/stream.ts";
import {
  difference,
  entitlementListing,
  grantListing,
  idOfResource,
  type Listing,
  none,
  resourceListing,
  rowText,
  typesOf,
  walk,
} from "../support/walk.ts";
import { type Replica, type ReplicaOptions, startWorld, type World } from "../support/world.ts";

/**
 * The laws of every listing once more, over all that there is at the two details that tell permissions: the rows of the
 * types that have lists of access come from many readings at once. The organization is small, since each page is a call.
 */
const small: EmulatorOptions = {
  users: 14,
  groups: 5,
  projects: 2,
  teamsPerProject: 1,
  repositoriesPerProject: 2,
  pools: 3,
  feeds: 3,
  endpointsPerProject: 1,
  variableGroupsPerProject: 1,
  shuffle: true,
  pageSizes: { graph: 9, entitlements: 7, projects: 2, teams: 2 },
};

const withoutRights = new Set([
  "user",
  "service-account",
  "service-principal",
  "unknown-identity",
  "personal-access-token",
]);

describe.each<Detail>(["standard", "all"])("at detail %s", (permissionDetail) => {
  let world: World;
  let replica: Replica;
  let types: string[];
  let batches: StreamSyncResponse[];
  let told: Streamed;

  const replicaWith = (options: ReplicaOptions = {}) =>
    world.replica({ sync: { optionalTypes, permissionDetail, personalAccessTokens: "all" }, ...options });

  beforeAll(async () => {
    world = await startWorld(small);
    replica = await replicaWith();
    types = await typesOf(replica);
    batches = await wholeStream(replica);
    told = rowsOfStream(batches);
  });
  afterAll(() => world.close());

  function listingsOf(pageSize: number, syncId = "law"): Listing[] {
    const options = { pageSize, syncId };
    const governed = types.filter((type) => !withoutRights.has(type));
    return [
      ...types.map((type) => resourceListing(type, options)),
      ...governed.map((type) => entitlementListing(type, undefined, options)),
      ...governed.map((type) => grantListing(type, undefined, options)),
    ];
  }

  test("every type is told, and a stream tells what the single calls tell", async () => {
    expect(types).toEqual(
      expect.arrayContaining([...optionalTypes, "personal-access-token", "organization", "project", "repository"]),
    );
    const rows = await Promise.all(listingsOf(0).map((listing) => walk(listing, replica)));
    const streamed = [...told.resources, ...told.entitlements, ...told.grants].map(rowText);
    expect(streamed.length).toBeGreaterThan(1_000);
    expect(difference(rows.flat(), streamed)).toEqual(none);
  });

  const fewest = permissionDetail === "all" ? 16 : 1;
  test(`pages of ${fewest} are the whole, in any order upstream`, async () => {
    const other = await replicaWith();
    const whole = listingsOf(0);
    for (const [index, listing] of listingsOf(fewest).entries()) {
      const expected = await walk(whole[index] ?? listing, replica);
      expect(difference(await walk(listing, other), expected), listing.name).toEqual(none);
    }
  }, 120_000);

  test("what was stopped at a page goes on where it was on a replica that has never seen the sync", async () => {
    for (const share of permissionDetail === "all" ? [0.5] : [0.3, 0.8]) {
      const fresh = await replicaWith();
      for (const listing of listingsOf(11, `stopped-${share}`)) {
        const expected = await walk(listing, replica);
        const head: string[] = [];
        let token = "";
        do {
          const page = await listing.page(replica, token);
          head.push(...page.rows);
          token = page.next;
        } while (token !== "" && head.length < share * expected.length);
        const rest = token === "" ? [] : await walk(listing, fresh, token);
        expect(difference([...head, ...rest], expected), `${listing.name} after ${head.length} rows`).toEqual(none);
      }
    }
  }, 120_000);

  test("a stream that broke goes on on another replica, with nothing lost or doubled", async () => {
    const request = { batchSize: 200, activeSyncId: "broken" };
    const whole = await wholeStream(await replicaWith(), request);
    expect(whole.length).toBeGreaterThan(8);
    for (let kept = 1; kept < whole.length; kept += Math.ceil(whole.length / (permissionDetail === "all" ? 2 : 3))) {
      const head = whole.slice(0, kept);
      const fresh = await replicaWith();
      const tail = await wholeStream(fresh, { ...request, resumeToken: head.at(-1)?.resumeToken ?? "" });
      await fresh.close();
      expect(difference(idsOf([...head, ...tail]), idsOf(whole)), `after batch ${kept}`).toEqual(none);
    }
  }, 120_000);

  test("each resource says of itself what the listing of its type says of it", async () => {
    const own = await replicaWith({ listing: "per-resource" });
    const options = { pageSize: 0, syncId: "each" };
    for (const type of types) {
      const rows = await walk(resourceListing(type, options), own);
      for (const row of rows) {
        const resourceId = { resourceType: type, resource: idOfResource(row) };
        const { resource } = await own.call(ResourceGetterService.method.getResource, { resourceId });
        expect(rowText(resource ?? {})).toBe(row);
      }
      if (withoutRights.has(type)) continue;
      for (const listingOf of [entitlementListing, grantListing]) {
        const each: string[] = [];
        for (const row of rows) each.push(...(await walk(listingOf(type, idOfResource(row), options), own)));
        const whole = await walk(listingOf(type, undefined, options), own);
        expect(difference(each, whole), `${listingOf.name} ${type}`).toEqual(none);
      }
    }
  }, 120_000);

  test("rows keep to the contract's rules, ids to their patterns, and none comes twice", () => {
    const validator = createValidator();
    for (const batch of batches) {
      const result = validator.validate(StreamSyncResponseSchema, batch);
      expect(result.kind === "invalid" ? result.violations.slice(0, 3).map(String) : result.kind).toBe("valid");
    }
    const ids = idsOf(batches);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of told.resources) expect(isResourceId(id?.resource ?? ""), id?.resource).toBe(true);
    for (const { id, slug, resource } of told.entitlements) {
      expect(isSlug(slug), slug).toBe(true);
      expect(id).toBe(`${keyOf(resource?.id)}:${slug}`);
    }
    for (const { id, entitlement, principal } of told.grants) {
      expect(id).toBe(`${entitlement?.id}:${keyOf(principal?.id)}`);
    }
  });

  test("every grant names a listed resource, entitlement and principal, and expands to what its principal lists", () => {
    const resources = new Set(told.resources.map(({ id }) => keyOf(id)));
    const entitlements = new Map(told.entitlements.map((entitlement) => [entitlement.id, entitlement]));
    for (const { resource, id } of told.entitlements) expect(resources, id).toContain(keyOf(resource?.id));
    let expanded = 0;
    for (const grant of told.grants) {
      const { id, principal } = grant;
      const entitlement = entitlements.get(grant.entitlement?.id ?? "");
      expect(entitlement, id).toBeDefined();
      expect(keyOf(entitlement?.resource?.id), id).toBe(keyOf(grant.entitlement?.resource?.id));
      expect(resources, id).toContain(keyOf(principal?.id));
      for (const through of expandsTo(grant)) {
        expanded += 1;
        expect(keyOf(entitlements.get(through)?.resource?.id), `${id} through ${through}`).toBe(keyOf(principal?.id));
      }
    }
    expect(expanded).toBeGreaterThan(20);
    // Whoever holds something must be of a type that may ask for it.
    const grantable = new Map(told.entitlements.map(({ id, grantableTo }) => [id, grantableTo.map((each) => each.id)]));
    for (const { id, entitlement, principal } of told.grants) {
      const type = principal?.id?.resourceType ?? "";
      if (type !== "unknown-identity") expect(grantable.get(entitlement?.id ?? ""), id).toContain(type);
    }
  });

  test("exclusion groups are of one type, small, and have one default at most", () => {
    const groups = Map.groupBy(
      told.entitlements.filter((each) => exclusionOf(each) !== undefined),
      (each) => exclusionOf(each)?.exclusionGroupId ?? "",
    );
    expect(groups.size).toBeGreaterThan(10);
    for (const [id, members] of groups) {
      expect(id).not.toBe("");
      expect(new Set(members.map(({ resource }) => resource?.id?.resourceType)).size, id).toBe(1);
      expect(members.length, id).toBeLessThanOrEqual(50);
      expect(members.filter((each) => exclusionOf(each)?.isDefault).length, id).toBeLessThanOrEqual(1);
    }
  });

  test("ids stay when everything upstream is renamed, and in another language", async () => {
    const before = idsOf(batches);
    const german = await startWorld({ ...small, language: "de" });
    const elsewhere = await german.replica({ sync: { optionalTypes, permissionDetail, personalAccessTokens: "all" } });
    expect(difference(idsOf(await wholeStream(elsewhere)), before)).toEqual(none);
    await german.close();

    const { projects, repositories, teams, roleObjects, feeds, subjects } = world.emulator.state;
    const { environments, pools, queues, secureFiles, endpoints, variableGroups } = roleObjects;
    const objects = [...environments, ...pools, ...queues, ...secureFiles, ...feeds.feeds, ...repositories];
    const uses = [...endpoints, ...variableGroups].flatMap((each) => each.uses);
    renameVersionControl(world, (name) => `${name} (renamed)`);
    for (const named of [...projects, ...teams, ...objects, ...uses]) {
      Object.assign(named, { name: `${named.name} (renamed)` });
    }
    // Groups that the service itself made keep their names.
    for (const subject of subjects.filter(({ group }) => group?.kind !== "default")) {
      Object.assign(subject, { displayName: `${subject.displayName} (renamed)` });
    }
    const after = await wholeStream(await replicaWith());
    expect(difference(idsOf(after), before)).toEqual(none);
    const names = rowsOfStream(after).resources.map(({ displayName }) => displayName);
    expect(names.filter((name) => name.endsWith("(renamed)")).length).toBeGreaterThan(30);
  }, 60_000);
});

/** Version control names the project in its tokens, and renames them with it. */
function renameVersionControl({ emulator }: World, renamed: (name: string) => string): void {
  const names = new Set(emulator.state.projects.map(({ name }) => name));
  const lists = [...(emulator.state.accessLists.get(namespaceIds.versionControl)?.values() ?? [])].map((list) => {
    const [root = "", name = "", ...path] = list.token.split("/");
    return names.has(name) ? { ...list, token: [root, renamed(name), ...path].join("/") } : list;
  });
  expect(lists.length).toBeGreaterThan(0);
  emulator.setAccessLists(namespaceIds.versionControl, lists);
}
