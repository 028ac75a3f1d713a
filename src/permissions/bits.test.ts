import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitsOf, commonBits, hasBit, joinBits, withoutBits } from "./bits.ts";

/** What 32 bits hold, signed or not, and what is beyond them. */
const mask = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), fc.nat({ max: 2 ** 50 }));
const unsigned = (value: number) => (value < 0 ? value + 2 ** 32 : value);

describe("bits of a mask", () => {
  test("are single, ascending, each once, and together the mask", () => {
    fc.assert(
      fc.property(mask, (value) => {
        const bits = [...bitsOf(value)];
        const binary = unsigned(value).toString(2);
        const naive = [...binary].reverse().flatMap((digit, power) => (digit === "1" ? [2 ** power] : []));
        expect(bits).toEqual(naive);
        expect(bits.reduce((sum, bit) => sum + bit, 0)).toBe(unsigned(value));
        for (const [power] of [...binary].entries()) expect(hasBit(value, 2 ** power)).toBe(bits.includes(2 ** power));
      }),
    );
  });

  test("joined with others are those of any, each once", () => {
    fc.assert(
      fc.property(fc.array(mask, { maxLength: 4 }), (masks) => {
        const all = new Set(masks.flatMap((each) => [...bitsOf(each)]));
        expect([...bitsOf(joinBits(masks))]).toEqual([...all].sort((a, b) => a - b));
      }),
    );
  });

  test("without others are those that the others have not", () => {
    fc.assert(
      fc.property(mask, mask, (value, others) => {
        expect([...bitsOf(withoutBits(value, others))]).toEqual(
          [...bitsOf(value)].filter((bit) => !hasBit(others, bit)),
        );
      }),
    );
  });

  test("in common with others are those that the others have too", () => {
    fc.assert(
      fc.property(mask, mask, (value, others) => {
        expect([...bitsOf(commonBits(value, others))]).toEqual([...bitsOf(value)].filter((bit) => hasBit(others, bit)));
      }),
    );
  });
});
