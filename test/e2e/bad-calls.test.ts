import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { EntitlementsService } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import {
  ResourceGetterService,
  ResourcesService,
  ResourcesServiceListResourcesRequestSchema,
} from "../../gen/c1/connector/v2/resource_pb.js";
import { TicketsService } from "../../gen/c1/connector/v2/ticket_pb.js";
import { codes, expectFine, expectRefused, openRawClient } from "../support/refusals.ts";
import { streamBatches } from "../support/stream.ts";
import { rowText, typesOf } from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** What a careless or hostile caller asks for: types, resources, sizes, ids and annotations that cannot be. */

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

const { invalidArgument, notFound } = codes;
const { listResources } = ResourcesService.method;
const { getResource } = ResourceGetterService.method;
const { listEntitlements, listStaticEntitlements } = EntitlementsService.method;
const { listGrants } = GrantsService.method;

interface Id {
  readonly resourceType: string;
  readonly resource: string;
}

/** Every call that names one resource, or a type by itself. */
const callsOnOne = [
  { name: "GetResource", call: (own: Replica, resourceId: Id) => own.call(getResource, { resourceId }) },
  { name: "ListEntitlements", call: (own: Replica, id: Id) => own.call(listEntitlements, { resource: { id } }) },
  { name: "ListGrants", call: (own: Replica, id: Id) => own.call(listGrants, { resource: { id } }) },
];
const callsOnType = [
  { name: "ListResources", call: (resourceTypeId: string) => replica.call(listResources, { resourceTypeId }) },
  {
    name: "ListStaticEntitlements",
    call: (resourceTypeId: string) => replica.call(listStaticEntitlements, { resourceTypeId }),
  },
  { name: "StreamSync", call: (type: string) => firstBatch(replica, { resourceTypeIds: [type] }) },
  ...callsOnOne.map(({ name, call }) => ({
    name,
    call: (resourceType: string) => call(replica, { resourceType, resource: "x" }),
  })),
];

async function firstBatch(own: Replica, request: Parameters<typeof streamBatches>[1]): Promise<unknown> {
  for await (const batch of streamBatches(own, request)) return batch;
  return undefined;
}

describe("an unknown resource type", () => {
  test.each(callsOnType)("is NOT_FOUND in $name, with the types that are served", async ({ call }) => {
    const says = /^unknown resource type nothing; served here: organization, project, user, .*unknown-identity$/;
    await expectRefused(call("nothing"), notFound, says);
  });

  test.each(callsOnType)("is told in part by $name when it is long, whole characters only", async ({ name, call }) => {
    // As a resource's type it is checked by form before it is looked up.
    const code = callsOnOne.some((each) => each.name === name) ? invalidArgument : notFound;
    await expectRefused(call(`${"a".repeat(79)}😀😀`), code, /a{78,79}…/);
    await expectRefused(call(`\u001b[2J${"x".repeat(500)}`), code, /\\u\{1b\}\[2Jx+…/);
  });

  test("that is missing is INVALID_ARGUMENT by the contract", async () => {
    await expectRefused(replica.call(listResources, {}), invalidArgument, /resource_type_id: must be at least 1 bytes/);
    const says = /^the request names no resource: send its type and id/;
    await expectRefused(replica.call(listEntitlements, {}), invalidArgument, says);
    await expectRefused(replica.call(listEntitlements, { resource: {} }), invalidArgument, says);
    await expectRefused(replica.call(listGrants, { resource: {} }), invalidArgument, says);
    await expectRefused(replica.call(listGrants, {}), invalidArgument, /resource: value is required/);
    await expectRefused(
      replica.call(getResource, {}),
      invalidArgument,
      /resource_id: value is required|names no resource/,
    );
  });

  test("of ten thousand characters is INVALID_ARGUMENT by the contract", async () => {
    const says = /^the request breaks the contract: resource_type_id: must be at most 1024 bytes/;
    await expectRefused(replica.call(listResources, { resourceTypeId: "a".repeat(10_000) }), invalidArgument, says);
  });

  test("in a stream comes at most once, by the contract", async () => {
    const call = firstBatch(replica, { resourceTypeIds: ["user", "user"] });
    await expectRefused(call, invalidArgument, /resource_type_ids: .*unique/);
  });

  test("starts no sync: what others have read stays", async () => {
    const sessions = replica.app.scope.sessions.size;
    for (let i = 0; i < 10; i += 1) {
      const request = { resource: { id: { resourceType: "nothing", resource: "x" } }, activeSyncId: `sync ${i}` };
      await expectRefused(replica.call(listGrants, request), notFound, /unknown resource type/);
    }
    expect(replica.app.scope.sessions.size).toBe(sessions);
  });
});

/** A resource of each type that is not there, in the form of one that could be. */
const missing: readonly Id[] = [
  { resourceType: "organization", resource: "00000000-0000-0000-0000-000000000001" },
  { resourceType: "project", resource: "00000000-0000-0000-0000-000000000001" },
  { resourceType: "user", resource: "aad.bm9ib2R5" },
  { resourceType: "service-account", resource: "svc.bm9ib2R5" },
  { resourceType: "service-principal", resource: "aadsp.bm9ib2R5" },
  { resourceType: "group", resource: "vssgp.bm9ib2R5" },
  { resourceType: "team", resource: "00000000-0000-0000-0000-000000000001" },
  { resourceType: "unknown-identity", resource: "ukn.bm9ib2R5" },
];

describe("an unknown resource", () => {
  test("is known for every type", async () => {
    expect(missing.map(({ resourceType }) => resourceType).sort()).toEqual((await typesOf(replica)).sort());
  });

  test.each(missing)("$resourceType is NOT_FOUND by GetResource, in the form of an id and in none", async (id) => {
    for (const resource of [id.resource, "x", ".", "..", "~", "-", `${id.resource}x`, "_apis"]) {
      const says = new RegExp(`^there is no ${id.resourceType} .* \\(any more\\); list its type again$`);
      await expectRefused(callsOnOne[0]?.call(replica, { ...id, resource }) ?? never(), notFound, says);
    }
  });

  test.each(missing)("$resourceType by ListEntitlements and ListGrants, in a sync and alone", async (id) => {
    const holders = ["group", "team"].includes(id.resourceType);
    const fresh = await world.replica({ listing: "per-resource" });
    for (const own of [replica, fresh]) {
      for (const method of [listEntitlements, listGrants]) {
        const call = own.call(method, { resource: { id } });
        if (holders) await expectRefused(call, notFound, /^there is no (group|team) .*; list its type again$/);
        // Nothing can be held of the other types, whichever resource it is: nothing is read, and nothing is missing.
        else expect((await call).list).toEqual([]);
      }
    }
    await fresh.close();
  });

  test("as a parent leaves nothing to list", async () => {
    const parentResourceId = { resourceType: "project", resource: "00000000-0000-0000-0000-000000000001" };
    const { list, nextPageToken } = await replica.call(listResources, { resourceTypeId: "team", parentResourceId });
    expect([list, nextPageToken]).toEqual([[], ""]);
  });
});

function never(): Promise<never> {
  throw new Error("a call is missing from the table");
}

describe("a page size", () => {
  const sized = [
    { name: "ListResources", call: (pageSize: number) => replica.call(listResources, { ...of("user"), pageSize }) },
    {
      name: "ListEntitlements",
      call: (pageSize: number) => replica.call(listEntitlements, { ...on("team"), pageSize }),
    },
    { name: "ListGrants", call: (pageSize: number) => replica.call(listGrants, { ...on("group"), pageSize }) },
  ];

  test.each(sized)("of 0, 1 and 250 is taken by $name, as an upper bound", async ({ call }) => {
    expect((await call(1)).list).toHaveLength(1);
    const { list } = await call(0);
    expect(list.length).toBeGreaterThan(1);
    expect((await call(250)).list.map(rowText).sort()).toEqual(list.map(rowText).sort().slice(0, 250));
  });

  test.each([251, 100_000, 2 ** 32 - 1])("of %i is INVALID_ARGUMENT everywhere", async (pageSize) => {
    const says = /^the request breaks the contract: page_size: must be less than or equal to 250/;
    for (const { call } of sized) await expectRefused(call(pageSize), invalidArgument, says);
    const fixed = replica.call(listStaticEntitlements, { ...of("group"), pageSize });
    await expectRefused(fixed, invalidArgument, says);
  });

  test("below zero is a number beyond the bound", async () => {
    using client = openRawClient(replica.address);
    const request = toBinary(
      ResourcesServiceListResourcesRequestSchema,
      create(ResourcesServiceListResourcesRequestSchema, of("user")),
    );
    // Field 3, varint: -1 as an int32 has it, and as an int64.
    const field = listResources.input.fields.find(({ name }) => name === "page_size")?.number ?? 0;
    for (const minusOne of [
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [...Array(9).fill(0xff), 0x01],
    ]) {
      const bytes = Uint8Array.from([...request, field << 3, ...minusOne]);
      const call = client.call("/c1.connector.v2.ResourcesService/ListResources", bytes);
      await expectRefused(call, invalidArgument, /page_size: must be less than or equal to 250/);
    }
  });

  test("of a stream goes up to 10,000", async () => {
    const request = { resourceTypeIds: ["project"], batchSize: 10_001 };
    await expectRefused(
      firstBatch(replica, request),
      invalidArgument,
      /batch_size: must be less than or equal to 10000/,
    );
    expect(await firstBatch(replica, { ...request, batchSize: 10_000 })).toBeDefined();
  });
});

const of = (resourceTypeId: string) => ({ resourceTypeId });
const on = (type: string) => ({ resource: { id: { resourceType: type, resource: type } } });

test("a method without an implementation is UNIMPLEMENTED by its name", async () => {
  const says =
    /^c1\.connector\.v2\.TicketsService\/ListTicketSchemas is not implemented by this connector; .*GetMetadata/;
  await expectRefused(replica.call(TicketsService.method.listTicketSchemas, {}), codes.unimplemented, says);
});
