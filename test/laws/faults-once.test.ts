import { afterAll, beforeAll, expect, test } from "vitest";
import { difference } from "../support/walk.ts";
import { cellsOf, type Matrix, startMatrix } from "./fault-matrix.ts";
import { rules } from "./fault-outcomes.ts";

/**
 * Every fault that the emulator knows, in each of its forms, once, at every upstream request of a sync in turn. What
 * asking again can mend is mended; else the sync fails with a code of the table and says which request and what to do.
 */

let matrix: Matrix;
beforeAll(async () => {
  matrix = await startMatrix();
});
afterAll(() => matrix.close());

test("an undisturbed sync says everything once, and has many requests to disturb", () => {
  expect(difference(matrix.complete, matrix.complete).doubled).toEqual([]);
  expect([...matrix.requests.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(25);
});

test.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))(
  "%s, at each request",
  async (_name, rule) => {
    expect(await matrix.wrongOf([...cellsOf(rule, matrix.requests, false)])).toEqual([]);
  },
  300_000,
);

test("the matrix in numbers", () => {
  const { text, totals } = matrix.report("once");
  process.stdout.write(text);
  expect(totals.wrong).toBe(0);
  expect(totals.complete).toBeGreaterThan(totals["right code"]);
});
