import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ArrivingList, collectAccessTable, createInterner } from "./access-table.ts";
import { canonicalToken } from "./tokens.ts";

const part = fc.constantFrom("repov2", "A", "a", "b", "refs", "");
const bits = fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 40 }));
const entry = fc.record({ descriptor: fc.constantFrom("x", "y", "z"), allow: bits, deny: bits });
const arriving = (separator: string) =>
  fc.array(
    fc.record<ArrivingList>({
      token: fc.array(part, { maxLength: 4 }).map((parts) => parts.join(separator)),
      inheritPermissions: fc.boolean(),
      entries: fc.array(entry, { maxLength: 3 }),
    }),
    { maxLength: 12 },
  );

function tableOf(lists: readonly ArrivingList[], separator: string) {
  const descriptors = createInterner();
  const collector = collectAccessTable(separator, descriptors);
  for (const list of lists) collector.add(list);
  return { table: collector.result(), descriptors };
}

/** The same, said as plainly as can be. */
function naive(lists: readonly ArrivingList[], canonical: string, separator: string) {
  const own = lists.filter(({ token }) => canonicalToken(token, separator) === canonical);
  return {
    exists: own.length > 0,
    inherits: own.every(({ inheritPermissions }) => inheritPermissions),
    entries: own.flatMap(({ entries }) => [...entries]).filter(({ allow, deny }) => allow > 0 || deny > 0),
  };
}

describe.each(["/", ":", "\\"])("a table of lists with the separator %s", (separator) => {
  test("has every entry of every spelling of a token, once, in order", () => {
    fc.assert(
      fc.property(arriving(separator), (lists) => {
        const { table, descriptors } = tableOf(lists, separator);
        const canonicals = new Set(lists.map(({ token }) => canonicalToken(token, separator)));
        expect([...table.lists()].map(({ canonical }) => canonical)).toEqual([...canonicals]);
        let size = 0;
        for (const canonical of canonicals) {
          const list = table.get(canonical);
          const expected = naive(lists, canonical, separator);
          const entries = list?.entries.map(({ who, ...rest }) => ({ descriptor: descriptors.text(who), ...rest }));
          expect([list?.inherits, entries]).toEqual([expected.inherits, expected.entries]);
          size += expected.entries.length;
        }
        expect(table.size).toBe(size);
      }),
    );
  });

  test("goes up from a token by whole parts, nearest first, to the first list that does not inherit", () => {
    fc.assert(
      fc.property(arriving(separator), fc.array(part, { minLength: 1, maxLength: 5 }), (lists, parts) => {
        const { table } = tableOf(lists, separator);
        const canonical = canonicalToken(parts.join(separator), separator);
        const pieces = canonical.split(separator);
        const expected: string[] = [];
        for (let length = pieces.length; length > 0; length -= 1) {
          const at = canonicalToken(pieces.slice(0, length).join(separator), separator);
          const list = naive(lists, at, separator);
          if (!list.exists || expected.includes(at)) continue;
          expected.push(at);
          if (!list.inherits) break;
        }
        expect(table.chain(canonical).map((list) => list.canonical)).toEqual(expected);
      }),
    );
  });
});

test("a list counts once for a token with two separators in a row", () => {
  const descriptors = createInterner();
  const { add, result } = collectAccessTable("/", descriptors);
  add({ token: "a", inheritPermissions: true, entries: [{ descriptor: "d", allow: 1, deny: 0 }] });
  expect(
    result()
      .chain("a//b")
      .map((list) => list.canonical),
  ).toEqual(["a"]);
});

test("numbers stand for the texts that they were given for, and for no other", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      const interner = createInterner();
      const numbers = texts.map((text) => interner.numberOf(text));
      expect(numbers.map((number) => interner.text(number))).toEqual(texts);
      expect(interner.size).toBe(new Set(texts).size);
    }),
  );
  expect(() => createInterner().text(0)).toThrow(RangeError);
});
