import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, FaultRule } from "../../src/emulator/index.ts";
import { difference } from "../support/walk.ts";
import { expectedOf, rules } from "./fault-outcomes.ts";
import { judge, type Verdict } from "./fault-verdicts.ts";
import { type Outcome, poorerTokens, startOrganization, syncOnce } from "./fault-world.ts";

/**
 * Every fault that the emulator knows, in each of its forms, at every upstream request of a sync in turn: once there,
 * and from there on. The sync is complete, or it fails with a code of the table and says which request and what to do.
 */

/** Cells wait more than they compute. */
const workers = 8;

interface Cell {
  readonly name: string;
  readonly rules: readonly FaultRule[];
  readonly lasts: boolean;
  /** The request at which it happens, `METHOD template`. */
  readonly route: string;
}

let emulators: Emulator[];
let complete: readonly string[];
const poorer = new Map<string, readonly string[]>();
/** How often an undisturbed sync asks each route. */
let requests: ReadonlyMap<string, number>;

function rowsOf(outcome: Outcome): readonly string[] {
  if ("rows" in outcome) return outcome.rows;
  throw new Error(`an undisturbed sync failed: ${outcome.failure.message}`);
}

beforeAll(async () => {
  emulators = await Promise.all(Array.from({ length: workers }, startOrganization));
  const [emulator] = emulators;
  if (!emulator) throw new Error("no emulator");
  complete = rowsOf(await syncOnce(emulator));
  requests = new Map(emulator.requests.byRoute);
  for (const [route, { token }] of Object.entries(poorerTokens)) {
    poorer.set(route, rowsOf(await syncOnce(emulator, token)));
  }
});
afterAll(() => Promise.all(emulators.map((emulator) => emulator.close())));

function* cellsOf(rule: FaultRule): Generator<Cell> {
  for (const [route, count] of requests) {
    const [method = "", template = ""] = route.split(" ");
    for (let nth = 1; nth <= count; nth += 1) {
      const at = { ...rule, method, route: template };
      const name = `${JSON.stringify(rule)} at ${route} no. ${nth}`;
      if (rule.times !== undefined) yield { name, rules: [{ ...at, from: nth }], lasts: false, route };
      else {
        yield { name: `${name}, once`, rules: [{ ...at, nth }], lasts: false, route };
        yield { name: `${name} and after`, rules: [{ ...at, from: nth }], lasts: true, route };
      }
    }
  }
}

/** Runs cells side by side, each on an organization that is its own for that time. */
async function run(cells: readonly Cell[]): Promise<{ readonly cell: Cell; readonly outcome: Outcome }[]> {
  const left = [...cells];
  const done: { cell: Cell; outcome: Outcome }[] = [];
  await Promise.all(
    emulators.map(async (emulator) => {
      for (let cell = left.shift(); cell; cell = left.shift()) {
        emulator.faults.clear();
        for (const rule of cell.rules) emulator.faults.add(rule);
        done.push({ cell, outcome: await syncOnce(emulator) });
      }
      emulator.faults.clear();
    }),
  );
  return done;
}

const totals: Record<Verdict["kind"], number> = { complete: 0, "right code": 0, poorer: 0, wrong: 0 };

function judged(results: Awaited<ReturnType<typeof run>>): string[] {
  const wrong: string[] = [];
  for (const { cell, outcome } of results) {
    const expected = cell.rules.map(expectedOf);
    const verdict = judge(outcome, { expected, lasts: cell.lasts, complete, poorer: poorer.get(cell.route) });
    totals[verdict.kind] += 1;
    if (verdict.kind === "wrong") wrong.push(`${cell.name}: ${verdict.why}`);
  }
  return wrong;
}

test("an undisturbed sync says everything once, and each of its requests can be disturbed", () => {
  expect(difference(complete, complete).doubled).toEqual([]);
  expect([...requests.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(25);
  expect([...poorer.keys()].filter((route) => !requests.has(route))).toEqual([]);
});

describe("alone", () => {
  test.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))(
    "%s, at each request, once and from there on",
    async (_name, rule) => {
      const results = await run([...cellsOf(rule)]);
      expect(judged(results)).toEqual([]);
    },
    300_000,
  );
});

describe("mixed", () => {
  test.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))(
    "%s, now and then, on a slow service with short pages and one cut answer",
    async (_name, rule) => {
      const cells = [1, 2, 3].map((seed): Cell => {
        const others = [
          { kind: "latency", ms: 1, jitterMs: 15, seed },
          { kind: "short-page", rate: 0.3, seed: seed + 10 },
          { kind: "reset-body", nth: 5 * seed },
        ];
        return {
          name: `${JSON.stringify(rule)} with others, seed ${seed}`,
          rules: [...others, { ...rule, rate: 0.1, seed }],
          lasts: true,
          route: "",
        };
      });
      expect(judged(await run(cells))).toEqual([]);
    },
    300_000,
  );
});

test("the whole matrix in numbers, and memory that has a bound", () => {
  const maxRssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  const cells = Object.values(totals).reduce((sum, count) => sum + count);
  process.stdout.write(
    `fault matrix: ${rules.length} faults, ${[...requests.values()].reduce((a, b) => a + b)} requests, ${cells} cells: ` +
      `${totals.complete} complete, ${totals.poorer} without a reading whose scope was missing from the start, ` +
      `${totals["right code"]} right code, ${totals.wrong} wrong; at most ${maxRssMiB} MiB with ${workers} organizations\n`,
  );
  expect(totals.wrong).toBe(0);
  expect(totals.complete).toBeGreaterThan(totals.poorer);
  expect(maxRssMiB).toBeLessThan(3072);
});
