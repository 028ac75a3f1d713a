import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FaultRule, faultKinds } from "../../src/emulator/index.ts";
import { logLevels } from "../../src/telemetry/log.ts";
import { describeBrokenUpstream, describeTalkativeProxy } from "./broken.ts";
import { describeCallers } from "./callers.ts";
import { formsOf, randomText, randomToken } from "./canaries.ts";
import { describeHostileUpstream } from "./hostile.ts";
import { describeMistakenFiles } from "./mistakes.ts";
import { describeProcesses } from "./processes.ts";
import { captureLog, createSearch } from "./search.ts";
import { allOptions, harmless, holders, placesOf } from "./ways.ts";
import { eachAtOnce, startWorld, type World } from "./world.ts";

/**
 * A unique secret goes in through every option that takes one; everything goes wrong that can, at every log level; then
 * all that was written is searched for each secret, in every form and in pieces.
 */

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  const { search, runs } = world;
  const megabytes = Math.round(search.searchedBytes / 1e6);
  process.stdout.write(
    `canaries: ${search.canaries} secrets, ${runs} runs at ${logLevels.length} log levels, ${search.writings} writings of ${megabytes} MB searched, ` +
      `${search.found} found\n`,
  );
  await world[Symbol.asyncDispose]();
});

describe("every option", () => {
  const mayHoldOne = allOptions.filter(({ kind, secret }) => secret || ["text", "file", "list"].includes(kind));

  test("that could take a secret takes a canary, or is said to take none", () => {
    const unknown = mayHoldOne.filter(({ name }) => !(name in holders) && !harmless.has(name));
    expect(unknown.map(({ name }) => name)).toEqual([]);
    const [known, names] = [[...Object.keys(holders), ...harmless], allOptions.map(({ name }) => name)];
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });

  test("that says that it is secret, or that a secret is in its name, takes one", () => {
    const telling = /(^|[-_])(pat|token|tokens|secret|password|key)([-_]|$)/i;
    const secret = allOptions.filter(({ name, env, kind, secret: masked, noFlag }) => {
      // What is chosen from a list is no secret.
      if (kind === "choice") return false;
      return masked || noFlag || [name, ...env].some((each) => telling.test(each));
    });
    expect(secret.map(({ name }) => name).filter((name) => !(name in holders))).toEqual([]);
  });

  test("has a canary of its own for its flag, each name in the environment and each key in the file", () => {
    const places = allOptions.filter(({ name }) => name in holders).flatMap(placesOf);
    expect(world.ways.map(({ canary }) => canary.name).length).toBe(places.length);
    expect(new Set(world.ways.map(({ canary }) => canary.text)).size).toBe(places.length);
  });
});

describe("the search", () => {
  const padding = randomText(50_000);
  const canary = { name: "planted", text: `${randomText(30)}/+@: %"\\${randomText(30)}` };
  const searched = (written: string) => {
    const search = createSearch();
    search.learn(canary);
    search.text("here", written);
    return search.found > 0;
  };

  test.each(formsOf(canary).map((form) => [form.name, form] as const))(
    "finds a secret %s",
    (_name, { text, pieceLength }) => {
      const [half, from] = [Math.floor(text.length / 2), Math.floor(text.length / 3)];
      const pieces = [text, text.slice(0, half), text.slice(half), text.slice(from, from + pieceLength)];
      for (let shift = 0; shift < 14; shift += 1) {
        const before = padding.slice(0, 20_000 + shift);
        const missed = pieces.flatMap((piece) => [piece, piece.toUpperCase(), piece.toLowerCase()]);
        expect(missed.filter((piece) => !searched(`${before}${piece}${padding}`))).toEqual([]);
      }
    },
  );

  test("finds it in an error's message, cause, fields and list of errors", () => {
    const { text } = canary;
    const errors = [
      new Error(text),
      new Error("outer", { cause: new Error("inner", { cause: text }) }),
      Object.assign(new Error("with a field"), { data: Buffer.from(text).toString("base64") }),
      new AggregateError([new Error(text)], "several"),
    ];
    const found = errors.map((error) => {
      const search = createSearch();
      search.learn(canary);
      search.error("here", error);
      return search.found > 0;
    });
    expect(found).toEqual([true, true, true, true]);
  });

  test("sees what each log level writes, and that it is less from level to level", () => {
    const { log, written } = captureLog();
    for (const level of ["debug", "info", "warn", "error"] as const) log.child({ planted: canary.text })[level](level);
    const lines = logLevels.map((level) => written(level).split("\n").filter(Boolean).length);
    expect(lines).toEqual([4, 4, 3, 2, 1, 0, 0]);
    expect([searched(written("error")), searched(written("fatal"))]).toEqual([true, false]);
  });

  test("finds nothing where nothing is", () => {
    expect(searched(padding + randomToken() + canary.text.slice(0, 11))).toBe(false);
  });
});

/** At which upstream request a fault begins. */
const beginnings = [1, 6, 15];

test("every fault of the emulator, at every log level", async () => {
  const organizations = await Promise.all(Array.from({ length: 6 }, () => world.organization()));
  const rules = faultKinds.flatMap((kind) => kind.rules);
  const cells = rules.flatMap((rule) => beginnings.map((from) => ({ ...rule, from, ...limitOf(rule) })));
  const outcomes = new Set<number>();
  await eachAtOnce(cells, organizations, async (rule, emulator) => {
    emulator.faults.clear();
    emulator.faults.add(rule);
    for (const code of await world.run(JSON.stringify(rule), emulator.url)) outcomes.add(code);
  });
  expect(world.search.take()).toEqual([]);
  // Nothing is learned of faults that were never met.
  expect([...outcomes]).toEqual(expect.arrayContaining([0, 4, 7, 9, 13, 14, 16]));
}, 300_000);

/** Of what is waited for by the second, or costs much to read, a few times are enough. */
function limitOf(rule: FaultRule): Pick<FaultRule, "times"> {
  const costly = ["retry-after", "endless-body", "gzip-bomb"].includes(rule.kind) || "retryAfterSeconds" in rule;
  return costly && rule.times === undefined ? { times: 3 } : {};
}

describeHostileUpstream(() => world);
describeBrokenUpstream(() => world);
describeTalkativeProxy(() => world);
describeCallers(() => world);
describeMistakenFiles(() => world);
describeProcesses(() => world);
