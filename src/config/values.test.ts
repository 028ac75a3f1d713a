import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OptionRow, row } from "./row.ts";
import { formatDuration, parseValue } from "./values.ts";

const option = (kind: OptionRow["kind"], rest: Partial<OptionRow> = {}): OptionRow => ({
  ...row("some-option", { kind, help: "" }),
  ...rest,
});
const number = option("number", { min: 1, max: 64 });
const duration = option("duration", { min: 1_000, max: 3_600_000 });
const choice = option("choice", { choices: ["type-scoped", "per-resource"], synonyms: { true: "per-resource" } });
const colours = option("list", { choices: ["red", "green"] });

describe("a value is read as its kind says:", () => {
  test.each([
    [option("text"), "  some text ", "some text"],
    [option("flag"), "Yes", true],
    [option("flag"), "0", false],
    [option("address"), "127.0.0.1:0", "127.0.0.1:0"],
    [option("address"), "[::1]:65535", "[::1]:65535"],
    [choice, "type-scoped", "type-scoped"],
    [choice, "TRUE", "per-resource"],
    [number, "64", 64],
    [duration, "1s", 1_000],
    [duration, "1.5m", 90_000],
    [duration, "1 h", 3_600_000],
    [option("list"), " a, b,,c ", ["a", "b", "c"]],
    [colours, "green,red", ["green", "red"]],
  ])("%#: $1", (row, text, value) => {
    expect(parseValue(row, text)).toEqual({ value });
  });
});

describe("what it cannot be is refused with the remedy:", () => {
  test.each([
    [option("flag"), "maybe", 'must be true or false, not "maybe"'],
    [option("address"), "50051", "write 127.0.0.1:50051"],
    [option("address"), "::1:50051", "an IPv6 host in brackets"],
    [option("address"), "localhost:65536", "must be HOST:PORT"],
    [choice, "per-resorce", "did you mean per-resource?"],
    [choice, "nothing like it", 'one of type-scoped, per-resource, not "nothing like it"'],
    [number, "0", "from 1 to 64"],
    [number, "65", "from 1 to 64"],
    [number, "1e1", "whole number"],
    [number, "", "whole number"],
    [option("number"), "-1", "of at least 0"],
    [duration, "30", "did you mean 30s?"],
    [duration, "999ms", "at least 1s"],
    [duration, "2h", "at most 1h"],
    [duration, "-1s", "such as 500ms, 30s, 5m or 1h"],
    [option("list"), " , ", "has none"],
    [colours, "red,gren", "did you mean green?"],
    [option("text", { check: () => "is not good enough" }), "x", "is not good enough"],
  ])("%#: $1", (row, text, reason) => {
    expect(parseValue(row, text)).toEqual({ reason: expect.stringContaining(reason) });
  });
});

test("a message repeats only the beginning of what was written", () => {
  const kinds = ["flag", "address", "choice", "number", "duration"] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.string({ minLength: 200, maxLength: 5_000, unit: "grapheme" }),
      (kind, text) => {
        const parsed = parseValue(option(kind), text);
        expect("reason" in parsed ? parsed.reason.length : 0).toBeLessThan(500);
      },
    ),
  );
});

test("every duration is read back as it is shown", () => {
  const wide = option("duration");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (ms) => {
      expect(parseValue(wide, formatDuration(ms))).toEqual({ value: ms });
    }),
  );
  expect([60_000, 90_000, 1_500, 86_400_000].map(formatDuration)).toEqual(["1m", "90s", "1500ms", "1d"]);
});
