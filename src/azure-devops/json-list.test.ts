import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createListParser, ListError, type ListLimits } from "./json-list.ts";

const wide: ListLimits = { maxRowBytes: 1_000_000, maxDepth: 500 };

type Outcome = { readonly rows: readonly unknown[] } | { readonly fault: string };

/** What comes of a text that arrives in pieces of `size` bytes. */
function parse(text: string | Buffer, size = Number.POSITIVE_INFINITY, limits = wide): Outcome {
  const bytes = Buffer.from(text);
  const rows: unknown[] = [];
  const parser = createListParser(
    limits,
    (row) => rows.push(row),
    () => undefined,
  );
  const step = Math.min(size, Math.max(bytes.length, 1));
  try {
    for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step));
    parser.end();
    return { rows };
  } catch (error) {
    if (error instanceof ListError) return { fault: error.fault };
    throw error;
  }
}

/** What `JSON.parse` makes of the whole text. */
function expected(text: string): Outcome {
  try {
    const body: unknown = JSON.parse(text);
    if (Array.isArray(body)) return { rows: body };
    const value = typeof body === "object" && body !== null && "value" in body ? body.value : undefined;
    return Array.isArray(value) ? { rows: value } : { fault: "no-list" };
  } catch {
    return { fault: "not-json" };
  }
}

const words = fc.string({
  unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", "a", "ß", "€", "𝒳", "\n", "\u2028"),
});
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.jsonValue(),
    words,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(words, fc.constantFrom("value", "__proto__", "constructor")), tie("value"), { maxKeys: 4 }),
  ),
})).value;
const rows = fc.array(json, { maxLength: 6 });
const list = fc.oneof(
  rows,
  rows.map((value) => ({ count: value.length, value })),
  fc.tuple(json, rows, json).map(([before, value, after]) => ({ before, value, after })),
);
const spaces = fc.constantFrom(undefined, 1, "\t", "\r\n");
const text = fc.tuple(list, spaces).map(([value, space]) => JSON.stringify(value, null, space));

describe("a list's text", () => {
  test("gives the rows that JSON.parse finds in it, in pieces of any size", () => {
    const property = fc.property(text, fc.integer({ min: 1, max: 40 }), (given, size) => {
      expect(parse(given, size)).toEqual(expected(given));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("that is damaged is refused where JSON.parse refuses it, and nowhere else", () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom("", ",", "]", "}", '"', "\\", "[", "x", " ", ":"),
    );
    let refused = 0;
    const property = fc.property(text, damage, fc.integer({ min: 1, max: 9 }), (whole, [at, cut, put], size) => {
      const from = at % (whole.length + 1);
      // Through bytes: half a character is none.
      const given = Buffer.from(whole.slice(0, from) + put + whole.slice(from + cut)).toString("utf8");
      const [told, wanted] = [parse(given, size), expected(given)];
      // Which of two reasons is told can differ: the scanner does not wait for the end.
      if ("fault" in wanted) {
        expect(told).toHaveProperty("fault");
        refused += 1;
      } else expect(told).toEqual(wanted);
    });
    fc.assert(property, { numRuns: 5000 });
    expect(refused).toBeGreaterThan(1000);
  });

  test.each([
    ["[]", []],
    [" [ ] ", []],
    ['\uFEFF{"count":0,"value":[]}', []],
    ['{"value":[1,"]",[2],{"a":"}"}],"count":4}\n', [1, "]", [2], { a: "}" }]],
    ['{"\\u0076alue":[true]}', [true]],
    ['[{"a":1,"a":2}]', [{ a: 2 }]],
    ['["\\\\","\\"","\\u00e9 \\ud83d\\ude00"]', ["\\", '"', "é 😀"]],
    ['[{"__proto__":1}]', JSON.parse('[{"__proto__":1}]')],
  ])("%j is read, byte by byte too", (given, wanted) => {
    expect(parse(given)).toEqual({ rows: wanted });
    expect(parse(given, 1)).toEqual({ rows: wanted });
  });

  test.each([
    ["", "not-json"],
    ["\uFEFF", "not-json"],
    ["[1,2", "not-json"],
    ['{"value":[1,2]', "not-json"],
    ['{"value":[1,2]}}', "not-json"],
    ["[1]x", "not-json"],
    ["[1][2]", "not-json"],
    ["[1,]", "not-json"],
    ["[,1]", "not-json"],
    ["[1}", "not-json"],
    ['[{"a":1]]', "not-json"],
    ['{"value":[1],}', "not-json"],
    ['{"value" [1]}', "not-json"],
    ["{value:[1]}", "not-json"],
    ['{"a":1 "value":[1]}', "not-json"],
    ["<html>", "not-json"],
    ["\u0000", "not-json"],
    ["null", "no-list"],
    ['"[]"', "no-list"],
    ["{}", "no-list"],
    ['{"count":1}', "no-list"],
    ['{"value":{}}', "no-list"],
    ['{"value":null}', "no-list"],
    ['{"value":[1],"value":[2]}', "two-lists"],
  ])("%j is refused: %s, byte by byte too", (given, fault) => {
    expect(parse(given)).toEqual({ fault });
    expect(parse(given, 1)).toEqual({ fault });
  });

  test("cut anywhere is refused", () => {
    const whole = '{"count":2,"value":[{"token":"a\\"","list":[1,{"x":"ß"}]},{"token":"b"}]}';
    const bytes = Buffer.from(whole);
    for (let end = 0; end < bytes.length; end += 1)
      expect(parse(bytes.subarray(0, end), 7)).toEqual({ fault: "not-json" });
    expect(parse(bytes, 7)).toHaveProperty("rows");
  });

  test("that is no UTF-8 is read as Node reads it", () => {
    const bytes = Buffer.concat([Buffer.from('["a'), Buffer.from([0xc3, 0x28, 0xff, 0xe2, 0x82]), Buffer.from('"]')]);
    expect(parse(bytes, 1)).toEqual(expected(bytes.toString("utf8")));
  });
});

describe("limits:", () => {
  test("a row of so many bytes is read, one byte more is not, in pieces or whole", () => {
    const limits = { ...wide, maxRowBytes: 100 };
    const row = (bytes: number) => `["${"x".repeat(bytes - 2)}"]`;
    for (const size of [1, 7, 1000]) {
      expect(parse(row(100), size, limits)).toHaveProperty("rows");
      expect(parse(row(101), size, limits)).toEqual({ fault: "row-too-large" });
    }
  });

  test("a row that never ends is given up at the limit", () => {
    const limits = { ...wide, maxRowBytes: 1000 };
    const parser = createListParser(
      limits,
      () => undefined,
      () => undefined,
    );
    parser.push(Buffer.from('{"value":["'));
    let pushed = 0;
    const pushOn = () => {
      for (; pushed < 100; pushed += 1) parser.push(Buffer.alloc(100, "x"));
    };
    expect(pushOn).toThrow(ListError);
    expect(pushed).toBeLessThan(11);
  });

  test("what is nested too deep is given up before it is read", () => {
    const nested = (depth: number) => `[${"[".repeat(depth)}${"]".repeat(depth)}]`;
    expect(parse(nested(5), 3, { ...wide, maxDepth: 5 })).toHaveProperty("rows");
    expect(parse(nested(6), 3, { ...wide, maxDepth: 5 })).toEqual({ fault: "too-deep" });
    expect(parse(`[${"[".repeat(500_000)}`, 1000)).toEqual({ fault: "too-deep" });
  });
});

test("every text is shown before it is read: rows, keys, and what stands beside the list", () => {
  const seen: string[] = [];
  const parser = createListParser(
    wide,
    () => undefined,
    (shown) => seen.push(shown),
  );
  parser.push(Buffer.from('{"key":"beside","value":[{"a":"row"}],"last":7}'));
  parser.end();
  expect(seen.join(" ")).toBe('"key" "beside" "value" {"a":"row"} "last" 7');
});
