import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ResourcesServiceListResourcesRequestSchema } from "../../gen/c1/connector/v2/resource_pb.js";
import { codes, expectFine, expectRefused, frame, openRawClient, rawRequest } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** What is wrong before there is a message: bytes, frames, compression, paths, sizes. */

let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld();
  replica = await world.replica();
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

const path = "/c1.connector.v2.ResourcesService/ListResources";
const request = (resourceTypeId: string, annotation = new Uint8Array()) => {
  const schema = ResourcesServiceListResourcesRequestSchema;
  return toBinary(schema, create(schema, { resourceTypeId, annotations: [{ value: annotation }] }));
};
const good = request("project");

async function send(bytes: Uint8Array): Promise<unknown> {
  using client = openRawClient(replica.address);
  return await client.call(path, bytes);
}

describe("a message", () => {
  const says = /^the request is not a c1\.connector\.v2\.ResourcesServiceListResourcesRequest: send one, encoded by/;

  test.each([
    { what: "of garbage", bytes: Buffer.from("garbage in, answer out") },
    { what: "that is JSON", bytes: Buffer.from('{"resource_type_id":"user"}') },
    { what: "that is cut", bytes: good.subarray(0, -1) },
    { what: "with a length beyond its end", bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07]) },
    { what: "with a tag of eleven bytes", bytes: Buffer.alloc(11, 0xff) },
    { what: "with invalid UTF-8 for a type", bytes: Buffer.from([0x0a, 2, 0xff, 0xfe]) },
    { what: "with half a surrogate pair for a type", bytes: Buffer.from([0x0a, 3, 0xed, 0xa0, 0x80]) },
    { what: "with an overlong encoding for a type", bytes: Buffer.from([0x0a, 2, 0xc0, 0xaf]) },
    { what: "with invalid UTF-8 for a sync id", bytes: Buffer.concat([good, Buffer.from([0x32, 1, 0xff])]) },
    { what: "with invalid UTF-8 for a page token", bytes: Buffer.concat([good, Buffer.from([0x22, 1, 0xff])]) },
    { what: "of a million nested groups", bytes: Buffer.alloc(1_000_000, 0x7b) },
  ])("$what is INVALID_ARGUMENT", ({ bytes }) => expectRefused(send(bytes), codes.invalidArgument, says));

  test("of nothing is an empty request, which the contract refuses", () =>
    expectRefused(send(Buffer.alloc(0)), codes.invalidArgument, /resource_type_id: must be at least 1 bytes/));

  test("with unknown fields is taken without them: the contract grows", async () => {
    expect(await send(Buffer.concat([good, Buffer.from([0xfa, 0x7f, 3, 1, 2, 3])]))).toEqual(await send(good));
  });

  test("of four megabytes is taken, and of one byte more RESOURCE_EXHAUSTED", async () => {
    const max = 4 * 1024 * 1024;
    const padding = max - request("project", new Uint8Array(max - 1000)).length + max - 1000;
    const largest = request("project", new Uint8Array(padding));
    expect(largest.length).toBe(max);
    expect(await send(largest)).toHaveLength(1);
    const larger = request("project", new Uint8Array(padding + 1));
    await expectRefused(send(larger), codes.resourceExhausted, /larger than max \(4194305 vs 4194304\)/);
  });
});

describe("a frame", () => {
  // What does not get as far as a message is answered by grpc-js, by gRPC's own rules.
  test.each([
    { what: "that is absent", body: Buffer.alloc(0), code: codes.unimplemented, says: /no request message/ },
    { what: "of half a head", body: Buffer.alloc(2), code: codes.unimplemented, says: /no request message/ },
    {
      what: "that ends early",
      body: frame(good, { length: good.length + 1 }),
      code: codes.unimplemented,
      says: /no request message/,
    },
    {
      what: "of four gigabytes, by its head",
      body: frame(good, { length: 2 ** 32 - 1 }),
      code: codes.resourceExhausted,
      says: /larger than max/,
    },
    {
      what: "after another, as of a client's stream",
      body: Buffer.concat([frame(good), frame(good)]),
      code: codes.unimplemented,
      says: /second request message/,
    },
  ])("$what is refused", async ({ body, code, says }) => {
    const outcome = await rawRequest(replica.address, path, body);
    expect(outcome).toEqual({ status: 200, code, message: expect.stringMatching(says) });
  });

  test.each([
    { what: "is gzip", bytes: gzipSync(good), encoding: "gzip", code: codes.ok, says: /^OK$/ },
    {
      what: "is gzip of 64 MiB",
      bytes: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
      encoding: "gzip",
      code: codes.resourceExhausted,
      says: /decompresses to a size larger than 4194304/,
    },
    {
      // gRPC's own rule: INTERNAL for what cannot be decompressed.
      what: "says gzip and is not",
      bytes: Buffer.from(good),
      encoding: "gzip",
      code: codes.internal,
      says: /Failed to decompress message/,
    },
    {
      what: "has an unknown compression",
      bytes: Buffer.from(good),
      encoding: "zstd",
      code: codes.unimplemented,
      says: /unsupported encoding %22zstd%22/,
    },
  ])("whose content $what ends with code $code", async ({ bytes, encoding, code, says }) => {
    const outcome = await rawRequest(replica.address, path, frame(bytes, { flag: 1 }), { "grpc-encoding": encoding });
    expect(outcome).toEqual({ status: 200, code, message: expect.stringMatching(says) });
  });
});

describe("a path", () => {
  test.each([
    "/c1.connector.v2.ResourcesService/Nothing",
    "/c1.connector.v2.ResourcesService/listResources",
    "/c1.connector.v2.NothingService/ListResources",
    "/__proto__/constructor",
    "/",
    "/%ff%fe/..",
    `/${"x".repeat(2000)}`,
  ])("%s is UNIMPLEMENTED", async (unknown) => {
    const outcome = await rawRequest(replica.address, unknown, frame(good));
    const says = expect.stringContaining("The server does not implement the method");
    expect(outcome).toEqual({ status: 200, code: codes.unimplemented, message: says });
  });

  test("of a method that is asked by GET is UNIMPLEMENTED, and with another content 415", async () => {
    const got = await rawRequest(replica.address, path, Buffer.alloc(0), { ":method": "GET" });
    expect(got.code).toBe(codes.unimplemented);
    expect((await rawRequest(replica.address, path, frame(good), { "content-type": "text/plain" })).status).toBe(415);
  });
});

describe("a deadline", () => {
  test.each(["0n", "1n", "0S"])("of %s has passed: DEADLINE_EXCEEDED", async (timeout) => {
    const outcome = await rawRequest(replica.address, path, frame(request("user")), { "grpc-timeout": timeout });
    expect(outcome.code).toBe(codes.deadlineExceeded);
  });

  test.each(["99999999H", "99999999S"])("of %s is far away and harmless", async (timeout) => {
    expect((await rawRequest(replica.address, path, frame(good), { "grpc-timeout": timeout })).code).toBe(codes.ok);
  });

  test("that is no time is refused by grpc-js, by gRPC's own rules", async () => {
    const outcome = await rawRequest(replica.address, path, frame(good), { "grpc-timeout": "soon" });
    expect(outcome).toEqual({ status: 200, code: codes.internal, message: "Invalid grpc-timeout value %22soon%22" });
  });
});

describe("metadata", () => {
  test.each(["x".repeat(65), "a b", "\u0080", "{}", ""])(
    "with a request id of %j is answered with another",
    async (id) => {
      const outcome = await rawRequest(replica.address, path, frame(good), { "x-request-id": id });
      expect(outcome.code).toBe(codes.ok);
    },
  );

  test("of more than 16 KiB is RESOURCE_EXHAUSTED, and says which option raises it", async () => {
    const outcome = await rawRequest(replica.address, path, frame(good), { "x-much": "x".repeat(17 * 1024) });
    const says = expect.stringMatching(
      /bytes of metadata and may have 16384: send less, or raise --max-metadata-bytes/,
    );
    expect(outcome).toEqual({ status: 200, code: codes.resourceExhausted, message: says });
  });
});

test("a hundred connections that say nothing, or that hang up halfway, take nothing away", async () => {
  const { connect } = await import("node:net");
  const [host = "", port] = replica.address.split(":");
  const sockets = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const socket = connect({ host, port: Number(port) });
      await new Promise((resolve) => socket.once("connect", resolve));
      if (index % 2 === 0) socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      if (index % 3 === 0) socket.write("GET / HTTP/1.1\r\n\r\n");
      return socket;
    }),
  );
  await expectFine(replica);
  for (const socket of sockets) socket.destroy();
});
