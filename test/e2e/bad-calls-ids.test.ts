import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AnySchema } from "@bufbuild/protobuf/wkt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { EntitlementsService } from "../../gen/c1/connector/v2/entitlement_pb.js";
import { GrantManagerService, GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourceGetterService, ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { protoFiles } from "../../src/server/descriptors.ts";
import { codes, expectFine, expectRefused, outcomeOf } from "../support/refusals.ts";
import { rowText } from "../support/walk.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** Ids and annotations that cannot be, or that contradict each other. */

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

const { invalidArgument } = codes;
const { listResources } = ResourcesService.method;
const { getResource } = ResourceGetterService.method;
const { listEntitlements, listStaticEntitlements } = EntitlementsService.method;
const { listGrants } = GrantsService.method;

const of = (resourceTypeId: string) => ({ resourceTypeId });
const on = (type: string) => ({ resource: { id: { resourceType: type, resource: type } } });

interface Id {
  readonly resourceType: string;
  readonly resource: string;
}

/** Every call that names one resource. */
const callsOnOne = [
  { call: (own: Replica, resourceId: Id) => own.call(getResource, { resourceId }) },
  { call: (own: Replica, id: Id) => own.call(listEntitlements, { resource: { id } }) },
  { call: (own: Replica, id: Id) => own.call(listGrants, { resource: { id } }) },
];

describe("an id", () => {
  const notAnId = /^not a resource id of this connector: .*; take ids from its listings$/;

  test.each([
    { what: "with a separator", id: { resourceType: "user", resource: "a:b" } },
    { what: "with a slash", id: { resourceType: "project", resource: "../../_apis/projects" } },
    { what: "with a question mark", id: { resourceType: "user", resource: "aad.x?api-version=1" } },
    { what: "with an escape", id: { resourceType: "user", resource: "aad.%2e%2e" } },
    { what: "with a line break", id: { resourceType: "group", resource: "vssgp.x\r\nx-header: 1" } },
    { what: "with control characters", id: { resourceType: "group", resource: "\u0000\u001b[2J\u202e" } },
    { what: "with a letter beyond ASCII", id: { resourceType: "group", resource: "vssgp.ünï" } },
    { what: "of one character too many", id: { resourceType: "group", resource: "x".repeat(513) } },
    { what: "whose type has a separator", id: { resourceType: "a:b", resource: "c" } },
    { what: "whose type has upper case", id: { resourceType: "User", resource: "c" } },
  ])("$what is INVALID_ARGUMENT, shown without what could harm a terminal", async ({ id }) => {
    for (const { call } of callsOnOne) await expectRefused(call(replica, id), invalidArgument, notAnId);
    const filtered = replica.call(listResources, { resourceTypeId: "team", parentResourceId: id });
    await expectRefused(filtered, invalidArgument, notAnId);
    const { message } = await outcomeOf(replica.call(getResource, { resourceId: id }));
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test.each([
    { what: "that is empty", id: { resourceType: "user", resource: "" } },
    { what: "whose type is empty", id: { resourceType: "", resource: "x" } },
    { what: "of 10 kB", id: { resourceType: "user", resource: "x".repeat(10_000) } },
    { what: "whose type has 10 kB", id: { resourceType: "x".repeat(10_000), resource: "x" } },
  ])("$what is INVALID_ARGUMENT by the contract or by its form", async ({ id }) => {
    const says = /^(the request breaks the contract: .*bytes|not a resource id of this connector: )/;
    for (const { call } of callsOnOne) await expectRefused(call(replica, id), invalidArgument, says);
  });

  test("of a sync is bounded, and may hold any text", async () => {
    const list = (activeSyncId: string) => replica.call(listResources, { ...of("project"), activeSyncId });
    await expectRefused(list("x".repeat(10_000)), invalidArgument, /active_sync_id: must be at most 1024 bytes/);
    for (const id of ["", "a:b", "\u0000", '",""]', "😀".repeat(256)]) expect((await list(id)).list).not.toEqual([]);
  });

  test("of a grant or entitlement that disagrees with its fields is refused like every change, while changes are off", async () => {
    const entitlement = {
      id: "group:vssgp.other:member",
      slug: "member",
      resource: { id: { resourceType: "group", resource: "vssgp.this" } },
    };
    const principal = { id: { resourceType: "user", resource: "aad.x" } };
    const says = /^(Grant|Revoke): provisioning is off; start the connector with --provisioning standard/;
    const { grant, revoke } = GrantManagerService.method;
    await expectRefused(replica.call(grant, { entitlement, principal }), codes.failedPrecondition, says);
    const held = { id: "group:vssgp.else:admin:user:aad.y", entitlement, principal };
    await expectRefused(replica.call(revoke, { grant: held }), codes.failedPrecondition, says);
  });
});

describe("annotations", () => {
  type AnyInit = MessageInitShape<typeof AnySchema>;
  const typeUrl = (name: string) => `type.googleapis.com/c1.connector.v2.${name}`;
  const bytes = Uint8Array.from([0xff, 0xff, 0xff]);
  const calls = [
    (annotations: AnyInit[]) => replica.call(listResources, { ...of("project"), annotations }),
    (annotations: AnyInit[]) => replica.call(listEntitlements, { ...on("team"), annotations }),
    (annotations: AnyInit[]) => replica.call(listGrants, { ...on("team"), annotations }),
    (annotations: AnyInit[]) => replica.call(listStaticEntitlements, { ...of("team"), annotations }),
  ];

  test.each<[string, AnyInit[]]>([
    ["of an unknown type", [{ typeUrl: "type.example/who.knows.Nothing", value: bytes }]],
    ["without a type", [{}]],
    ["with a type that is no URL", [{ typeUrl: "\u0000😀//", value: bytes }]],
    ["with garbage in a known type", [{ typeUrl: typeUrl("UserTrait"), value: bytes }]],
    ["with garbage in the marker of a whole type", [{ typeUrl: typeUrl("TypeScopedGrants"), value: bytes }]],
    ["a thousand at once", Array.from({ length: 1000 }, (_, i) => ({ typeUrl: typeUrl(`Unknown${i}`), value: bytes }))],
    [
      "of every type of the contract, empty",
      protoFiles.flatMap(({ messages }) =>
        messages.map(({ typeName }) => ({ typeUrl: `type.googleapis.com/${typeName}` })),
      ),
    ],
  ])("%s change nothing: what is not known is not asked for", async (_what, annotations) => {
    for (const call of calls) {
      const plain = (await call([])).list.map(rowText);
      expect((await call(annotations)).list.map(rowText)).toEqual(plain);
    }
  });

  test("that ask for a whole type while the id names one resource are INVALID_ARGUMENT", async () => {
    const resource = { id: { resourceType: "team", resource: world.emulator.state.teams[0]?.id ?? "" } };
    for (const marker of ["TypeScopedGrants", "TypeScopedEntitlements"]) {
      const says = new RegExp(`^the annotation ${marker} asks for all of team, .*: send team for the id, or leave`);
      const annotations = [{ typeUrl: typeUrl("Unknown") }, { typeUrl: typeUrl(marker) }];
      for (const method of [listEntitlements, listGrants]) {
        await expectRefused(replica.call(method, { resource, annotations }), invalidArgument, says);
      }
    }
  });
});
