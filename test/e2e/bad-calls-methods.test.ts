import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { protoFiles } from "../../src/server/descriptors.ts";
import { messagesOf, wordsOf } from "../support/messages.ts";
import { codes, expectFine, openRawClient, outcomeOf, type RawClient, tableCodes } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/** Every method of every service, as the descriptors tell them: whatever comes, the answer is one of the table. */

const services = protoFiles
  .flatMap((file) => file.services)
  .filter(({ file }) => file.proto.package !== "grpc.health.v1");
const methods = services.flatMap((service) =>
  service.methods.map((method) => ({ path: `/${service.typeName}/${method.name}`, method })),
);

/** A length past the end, half a tag, the end of a group that never began, groups of an unknown field without end. */
const garbage = [[0x0a, 0xff, 0xff, 0xff, 0xff], [0xff], [0x0c], Array(2500).fill([0xbb, 0x7d]).flat()];

let world: World;
let replica: Replica;
let writing: Replica;
let messages: ReturnType<typeof messagesOf>;

beforeAll(async () => {
  world = await startWorld({ users: 10, groups: 3, projects: 1, teamsPerProject: 1 });
  replica = await world.replica();
  writing = await world.replica({ provisioning: "standard" });
  messages = messagesOf(await wordsOf(replica));
});
afterEach(() => expectFine(replica));
afterAll(() => world.close());

test("every method of the contract and of ours is mounted", () => {
  const mounted = replica.app.pipelines.map(({ service, method }) => `/${service.typeName}/${method.name}`);
  expect(mounted.sort()).toEqual(methods.map(({ path }) => path).sort());
  expect(methods.length).toBeGreaterThan(30);
});

describe.each(methods)("$path", ({ path, method }) => {
  const clients = (): readonly RawClient[] => [openRawClient(replica.address), openRawClient(writing.address)];

  test("answers an empty request with a code of the table", async () => {
    for (const client of clients()) {
      using open = client;
      const { code, message } = await outcomeOf(open.call(path, new Uint8Array()));
      expect(tableCodes, message).toContain(code);
      expect(code === codes.ok || message !== "").toBe(true);
    }
  });

  test("refuses bytes that are no message", async () => {
    for (const client of clients()) {
      using open = client;
      for (const bytes of garbage) {
        const { code, message } = await outcomeOf(open.call(path, Uint8Array.from(bytes)));
        expect({ code, message }).toEqual({
          code: codes.invalidArgument,
          message: `the request is not a ${method.input.typeName}: send one, encoded by the contract's .proto files`,
        });
      }
    }
  });

  test("answers random messages of its type with codes of the table", async () => {
    using reading = openRawClient(replica.address);
    using other = openRawClient(writing.address);
    await fc.assert(
      fc.asyncProperty(messages(method.input), async (bytes) => {
        for (const client of [reading, other]) {
          const { code, message } = await outcomeOf(client.call(path, bytes));
          expect(tableCodes, `${code} ${message}`).toContain(code);
        }
      }),
      { numRuns: 20 },
    );
  });
});
