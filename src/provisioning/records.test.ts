import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChangeRecord, chained, checkChain, emptyChain } from "./records.ts";

const at = new Date("2026-11-22T12:00:00Z");

const record: fc.Arbitrary<ChangeRecord> = fc.record(
  {
    action: fc.constantFrom("grant", "revoke"),
    outcome: fc.constantFrom("performed", "already", "not_performed", "refused", "unclear"),
    caller: fc.string(),
    requestId: fc.string(),
    reason: fc.string(),
    before: fc.constantFrom(true, "x", { allow: 8, deny: 0 }),
  },
  { requiredKeys: ["action", "outcome", "caller", "requestId"] },
);

function linesOf(records: readonly ChangeRecord[]): string[] {
  let end = emptyChain;
  return records.map((each) => {
    const next = chained(each, end, at);
    end = { sequence: next.sequence, hash: next.hash };
    return JSON.stringify(next);
  });
}

async function* arriving(lines: readonly string[]) {
  yield* lines;
}

test("a chain that nobody touched is whole, and ends with its last record", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
      const { end, problems } = await checkChain(arriving(linesOf(records)));
      expect(problems).toEqual([]);
      expect(end.sequence).toBe(records.length);
    }),
  );
});

test("what is altered, left out, put in or moved is found", async () => {
  const one = fc.array(record, { minLength: 3, maxLength: 8 }).chain((records) =>
    fc.record({
      lines: fc.constant(linesOf(records)),
      at: fc.nat({ max: records.length - 2 }),
      how: fc.constantFrom("alter", "leave out", "put in", "move", "cut"),
    }),
  );
  await fc.assert(
    fc.asyncProperty(one, async ({ lines, at: place, how }) => {
      const line = lines[place] ?? "";
      const changed = {
        alter: lines.with(place, line.replace(/"caller":"/, '"caller":"not ')),
        "leave out": lines.toSpliced(place, 1),
        "put in": lines.toSpliced(place, 0, line),
        move: lines.toSpliced(place, 2, lines[place + 1] ?? "", line),
        cut: lines.with(place, line.slice(0, -1)),
      }[how];
      expect((await checkChain(arriving(changed))).problems.length).toBeGreaterThan(0);
    }),
  );
});
