import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultKinds, type RequestHook } from "../../src/emulator/index.ts";
import { logLevels } from "../../src/telemetry/log.ts";
import { bodies, echoes, headersWith, sentBy, successes } from "./echoes.ts";
import { runOnce } from "./run.ts";
import { eachAtOnce, startWorld, type World } from "./world.ts";

/**
 * A unique secret goes in through every option that takes one; everything goes wrong that can, at every log level; then
 * all that was written is searched for each secret, in every form and in pieces.
 */

const workers = 6;
let world: World;
let runs = 0;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  const { search } = world;
  const megabytes = (search.searchedBytes / 1e6).toFixed(0);
  process.stdout.write(
    `canaries: ${search.canaries} secrets, ${runs} runs, ${search.writings} writings of ${megabytes} MB searched, ` +
      `${search.found.length} found\n`,
  );
  await world[Symbol.asyncDispose]();
});

const nothingFound = () => expect(world.search.found).toEqual([]);

/** At which upstream request a fault begins, differently at each level. */
const beginnings = [1, 2, 4, 7, 11, 16, 22];

test("every fault of the emulator, at every log level", async () => {
  const organizations = await Promise.all(Array.from({ length: workers }, () => world.organization()));
  const rules = faultKinds.flatMap((kind) => kind.rules);
  const cells = rules.flatMap((rule, at) => logLevels.map((level, index) => ({ rule, level, at: at + index })));
  const outcomes = new Map<number, number>();
  await eachAtOnce(cells, organizations, async ({ rule, level, at }, emulator) => {
    emulator.faults.clear();
    const from = beginnings[at % beginnings.length] ?? 1;
    emulator.faults.add(rule.times === undefined ? { ...rule, from } : rule);
    const run = { name: `${rule.kind} from ${from}`, level, ways: world.waysFor(runs), organizationUrl: emulator.url };
    runs += 1;
    for (const code of await runOnce(run, world.folder, world.search))
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  });
  nothingFound();
  // Nothing is learned of a fault that was never met.
  expect([...outcomes.keys()].sort()).toEqual(expect.arrayContaining([0, 4, 7, 9, 14, 16]));
}, 300_000);

describe("an upstream that tells what it was sent", () => {
  const statuses = [200, 203, 302, 400, 401, 403, 404, 409, 429, 500, 503];

  test.each(Object.entries(echoes))(
    "%s, in every header and body, with every status",
    async (echoName, echo) => {
      const cells = Object.entries(bodies).flatMap(([where, body], row) =>
        statuses.map((status, column) => ({ where, body, status, from: beginnings[(row + column) % 4] ?? 1 })),
      );
      await eachAtOnce(cells, await hostiles(), async ({ where, body, status, from }, hostile) => {
        let asked = 0;
        hostile.hook = (request) => {
          const sent = sentBy(request);
          asked += 1;
          if (!sent || asked < from) return undefined;
          const { type, body: content } = body(echo(sent));
          return { status, headers: { ...headersWith(echo(sent)), "Content-Type": type }, body: content };
        };
        await run(`${echoName} in ${where} with ${status} from ${from}`, hostile.url);
      });
      nothingFound();
    },
    300_000,
  );

  test.each(Object.entries(successes))(
    "in a good answer of %s",
    async (route, reply) => {
      const whole = ["the header", "the token", "the request", "URL-encoded", "in upper case", "in lower case"];
      await eachAtOnce(whole, await hostiles(), async (name, hostile) => {
        hostile.hook = (request) => {
          const sent = sentBy(request);
          return sent && request.route === route ? reply(echoes[name]?.(sent) ?? "") : undefined;
        };
        for (const level of ["trace", "info"] as const) await run(`${name} in ${route}`, hostile.url, level);
      });
      nothingFound();
    },
    300_000,
  );

  async function run(name: string, organizationUrl: string, level = logLevels[runs % 5] ?? "trace") {
    const ways = world.waysFor(runs);
    runs += 1;
    await runOnce({ name, level, ways, organizationUrl }, world.folder, world.search);
  }

  interface Hostile {
    readonly url: string;
    hook: RequestHook;
  }

  let made: Promise<Hostile[]> | undefined;
  function hostiles(): Promise<Hostile[]> {
    made ??= Promise.all(
      Array.from({ length: workers }, async () => {
        const hostile = { url: "", hook: (() => undefined) as RequestHook };
        const { url } = await world.organization((request) => hostile.hook(request));
        return Object.assign(hostile, { url });
      }),
    );
    return made;
  }
});
