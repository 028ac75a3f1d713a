import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultRule } from "../../src/emulator/index.ts";
import { type Cell, cellsOf, type Matrix, maxRssMiB, startMatrix } from "./fault-matrix.ts";
import { rules } from "./fault-outcomes.ts";

/**
 * Every fault from each upstream request of a sync on, and mixed with others at random: the sync is complete, or it
 * fails with a code of the table and says which request and what to do. Never a shorter list, never a hang.
 */

let matrix: Matrix;
beforeAll(async () => {
  matrix = await startMatrix();
});
afterAll(() => matrix.close());

const named = (some: readonly FaultRule[]) => some.map((rule) => [JSON.stringify(rule), rule] as const);

describe("from each request on", () => {
  test.each(named(rules.filter(({ times }) => times === undefined)))(
    "%s",
    async (_name, rule) => {
      expect(await matrix.wrongOf([...cellsOf(rule, matrix.requests, true)])).toEqual([]);
    },
    300_000,
  );
});

function mixed(rule: FaultRule, seed: number): Cell {
  const others = [
    { kind: "latency", ms: 1, jitterMs: 15, seed },
    { kind: "short-page", rate: 0.3, seed: seed + 10 },
    { kind: "reset-body", nth: 5 * seed },
  ];
  const name = `${JSON.stringify(rule)} with others, seed ${seed}`;
  return { name, rules: [...others, { ...rule, rate: 0.1, seed }], lasts: true, route: "" };
}

describe("now and then, on a slow service with short pages and one cut answer", () => {
  test.each(named(rules))(
    "%s",
    async (_name, rule) => {
      expect(await matrix.wrongOf([1, 2, 3].map((seed) => mixed(rule, seed)))).toEqual([]);
    },
    300_000,
  );
});

test("the matrix in numbers, and memory that has a bound", () => {
  const { text, totals } = matrix.report("lasting and mixed");
  process.stdout.write(text);
  expect(totals.wrong).toBe(0);
  expect(totals.complete).toBeGreaterThan(totals.poorer);
  expect(maxRssMiB()).toBeLessThan(3072);
});
