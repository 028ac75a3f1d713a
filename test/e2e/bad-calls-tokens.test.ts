import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { EntitlementsService } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourcesService, ResourceTypesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { codes, expectFine, expectRefused, outcomeOf } from "../support/refusals.ts";
import { streamBatches } from "../support/stream.ts";
import { rowText } from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** Page tokens that are not of the listing they come with: refused in every listing, and never taken for another. */

let world: World;
let replica: Replica;
/** A team with two administrators and members at least. */
let team = "";

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
  const resource = { id: { resourceType: "team", resource: "team" } };
  const { list } = await replica.call(GrantsService.method.listGrants, { resource });
  const held = list.map(({ entitlement }) => entitlement?.resource?.id?.resource ?? "");
  team = held.find((id) => held.filter((each) => each === id).length > 2) ?? "";
  expect(team).not.toBe("");
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

interface Asked {
  readonly type?: string;
  readonly id?: string;
  readonly pageToken?: string;
  readonly pageSize?: number;
  readonly activeSyncId?: string;
  readonly parent?: string;
}

interface Answer {
  readonly rows: readonly string[];
  readonly next: string;
}

type List = (own: Replica, asked?: Asked) => Promise<Answer>;

const sync = { pageSize: 1, activeSyncId: "one" };

const resources: List = async (own, { type = "team", id: _, parent, ...asked } = {}) => {
  const of = parent === undefined ? {} : { parentResourceId: { resourceType: "project", resource: parent } };
  const request = { ...sync, resourceTypeId: type, ...of, ...asked };
  const { list, nextPageToken } = await own.call(ResourcesService.method.listResources, request);
  return { rows: list.map(rowText), next: nextPageToken };
};

const entitlements =
  (one: () => string | undefined): List =>
  async (own, { type = "team", id = one() ?? type, ...asked } = {}) => {
    const request = { ...sync, resource: { id: { resourceType: type, resource: id } }, ...asked };
    const { list, nextPageToken } = await own.call(EntitlementsService.method.listEntitlements, request);
    return { rows: list.map(rowText), next: nextPageToken };
  };

const grants =
  (one: () => string | undefined): List =>
  async (own, { type = "team", id = one() ?? type, ...asked } = {}) => {
    const request = { ...sync, resource: { id: { resourceType: type, resource: id } }, ...asked };
    const { list, nextPageToken } = await own.call(GrantsService.method.listGrants, request);
    return { rows: list.map(rowText), next: nextPageToken };
  };

const stream: List = async (own, { type = "team", pageToken = "", activeSyncId = sync.activeSyncId } = {}) => {
  const request = { resourceTypeIds: [type], batchSize: 1, resumeToken: pageToken, activeSyncId };
  for await (const batch of streamBatches(own, request)) {
    const rows = [...batch.resources, ...batch.entitlements, ...batch.grants].map(rowText);
    if (rows.length > 0) return { rows, next: batch.resumeToken };
  }
  throw new Error("a stream without rows");
};

const none = () => undefined;
const listings: readonly { readonly of: string; readonly list: List }[] = [
  { of: "resources", list: resources },
  { of: "entitlements of a type", list: entitlements(none) },
  { of: "entitlements of one resource", list: entitlements(() => team) },
  { of: "grants of a type", list: grants(none) },
  { of: "grants of one resource", list: grants(() => team) },
  { of: "a stream", list: stream },
];

const notOurs = /^the page token cannot be used: it is damaged or was not made by this connector; start .* again$/;
const foreign = /^the page token cannot be used: it belongs to .*; start the listing again$/;
const { invalidArgument } = codes;

describe.each(listings)("a listing of $of", ({ of, list }) => {
  const refused = (pageToken: string, says: RegExp, asked: Asked = {}, own = replica) =>
    expectRefused(list(own, { ...asked, pageToken }), invalidArgument, says);
  const good = async () => (await list(replica)).next;

  test("goes on with its own token, on another replica too, also twice and after Cleanup", async () => {
    const pageToken = await good();
    const next = await list(replica, { pageToken });
    expect(next.rows).toHaveLength(1);
    const other = await world.replica();
    expect((await list(other, { pageToken })).rows).toEqual(next.rows);
    expect((await list(replica, { pageToken })).rows).toEqual(next.rows);
    await replica.call(ConnectorService.method.cleanup, { activeSyncId: sync.activeSyncId });
    expect((await list(replica, { pageToken })).rows).toEqual(next.rows);
    await other.close();
  });

  test.each(["garbage", "?", "AAAAAAAA", "😀", "a b", "\u001b[2J", "null", "e30"])("refuses %j", (text) =>
    refused(text, notOurs),
  );

  test("refuses a token that was cut, joined to another, changed or padded", async () => {
    const token = await good();
    const flipped = token[20] === "A" ? "B" : "A";
    for (const text of [
      token.slice(0, -1),
      token.slice(0, token.length / 2),
      token.slice(1),
      token + token,
      token.slice(0, 20) + flipped + token.slice(21),
      token.toLowerCase(),
      ` ${token}`,
      `${token}=`,
      encodeURIComponent(`${token}=`),
      Buffer.from(token).toString("base64url"),
    ]) {
      await refused(text, notOurs);
    }
  });

  test("refuses a token of every other listing", async () => {
    for (const other of listings) {
      if (other.of === of) continue;
      await refused((await other.list(replica)).next, foreign);
    }
  });

  test("refuses a token of another type", async () => {
    const other = of === "resources" ? "user" : "group";
    const pageToken = (await list(replica, { type: other, ...(of.endsWith("one resource") ? { id: other } : {}) }))
      .next;
    expect(pageToken).not.toBe("");
    await refused(pageToken, foreign);
  });

  test("refuses a token that is replayed from another sync, or from none", async () => {
    const pageToken = await good();
    await refused(pageToken, foreign, { activeSyncId: "two" });
    await refused(pageToken, foreign, { activeSyncId: "" });
    await refused((await list(replica, { activeSyncId: "" })).next, foreign);
  });

  test("refuses a token of another organization or of other options", async () => {
    const pageToken = await good();
    const options = await world.replica({ syncOrganizations: false });
    await refused(pageToken, foreign, {}, options);
    await options.close();
    const elsewhere = await startWorld({ organization: "contoso" });
    const own = await elsewhere.replica();
    const asked = of.endsWith("one resource") ? { id: elsewhere.emulator.state.teams[0]?.id ?? "" } : {};
    await refused(pageToken, foreign, asked, own);
    await elsewhere.close();
  });

  test("refuses a token of two megabytes by the contract's bound, and one at the bound by what it is", async () => {
    await refused(
      "A".repeat(2 * 1024 * 1024),
      /^the request breaks the contract: (page|resume)_token: .* 1048576 bytes/,
    );
    await refused("A".repeat(1024 * 1024), notOurs);
  });
});

test("a token of one resource is refused for another, and one with a parent without it", async () => {
  const other = world.emulator.state.teams.find(({ id }) => id !== team)?.id ?? "";
  for (const list of [entitlements(none), grants(none)]) {
    const { next } = await list(replica, { id: team });
    await expectRefused(list(replica, { id: other, pageToken: next }), invalidArgument, foreign);
  }
  const parent = world.emulator.state.projects[0]?.id ?? "";
  const { next } = await resources(replica, { parent });
  expect(next).not.toBe("");
  await expectRefused(resources(replica, { pageToken: next }), invalidArgument, foreign);
});

test("listings that come in one page take no token", async () => {
  const { next: pageToken } = await resources(replica);
  const says = /come in one page, without token$/;
  const types = replica.call(ResourceTypesService.method.listResourceTypes, { pageToken });
  await expectRefused(types, invalidArgument, says);
  const request = { resourceTypeId: "team", pageToken };
  const fixed = replica.call(EntitlementsService.method.listStaticEntitlements, request);
  await expectRefused(fixed, invalidArgument, says);
});

test("a page token goes on with another page size than the one before", async () => {
  const { next: pageToken } = await grants(none)(replica);
  const one = await grants(none)(replica, { pageToken, pageSize: 1 });
  const many = await grants(none)(replica, { pageToken, pageSize: 250 });
  expect(many.rows.slice(0, 1)).toEqual(one.rows);
  expect((await outcomeOf(grants(none)(replica, { pageToken, pageSize: 0 }))).code).toBe(codes.ok);
});
