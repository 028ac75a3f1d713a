import { Client, credentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { TicketsService } from "../../gen/c1/connector/v2/ticket_pb.js";
import { codeOf, type Replica, startWorld, type World } from "../support/world.ts";

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
});
afterAll(() => world.close());

const codes = { invalidArgument: 3 };

describe("bad calls", () => {
  test("bytes that are no message are INVALID_ARGUMENT", async () => {
    const client = new Client(replica.address, credentials.createInsecure());
    const garbage = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff]);
    const call = new Promise((resolve, reject) => {
      const path = "/c1.connector.v2.ResourcesService/ListResources";
      client.makeUnaryRequest(
        path,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        garbage,
        (error, value) => (error ? reject(error) : resolve(value)),
      );
    });
    expect(await codeOf(call)).toBe(codes.invalidArgument);
    client.close();
  });

  test.each([
    { what: "a page size over the bound", request: { resourceTypeId: "user", pageSize: 251 } },
    { what: "a foreign page token", request: { resourceTypeId: "user", pageToken: "abc" } },
    { what: "no type", request: {} },
    {
      what: "a parent that cannot be",
      request: { resourceTypeId: "user", parentResourceId: { resourceType: "a:b", resource: "c" } },
    },
  ])("$what is INVALID_ARGUMENT", async ({ request }) => {
    expect(await codeOf(replica.call(ResourcesService.method.listResources, request))).toBe(codes.invalidArgument);
  });

  test("a page token of another type, sync or set of options is INVALID_ARGUMENT", async () => {
    const request = { resourceTypeId: "user", pageSize: 1, activeSyncId: "one" };
    const { nextPageToken: pageToken } = await replica.call(ResourcesService.method.listResources, request);
    const list = (own: Replica, change: object) =>
      own.call(ResourcesService.method.listResources, { ...request, pageToken, ...change });
    await list(replica, {});
    expect(await codeOf(list(replica, { resourceTypeId: "group" }))).toBe(codes.invalidArgument);
    expect(await codeOf(list(replica, { activeSyncId: "two" }))).toBe(codes.invalidArgument);
    expect(await codeOf(list(await world.replica({ syncTeams: false }), {}))).toBe(codes.invalidArgument);
  });

  test("a method without an implementation is UNIMPLEMENTED by its name", async () => {
    const call = replica.call(TicketsService.method.listTicketSchemas, {});
    await expect(call).rejects.toThrow(/UNIMPLEMENTED: c1\.connector\.v2\.TicketsService\/ListTicketSchemas/);
  });
});
