import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitsOf, createActions, hasBit, joinBits, withoutBits } from "./actions.ts";
import { governedNamespaces } from "./namespaces.ts";

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
});

describe("actions", () => {
  const power = fc.nat({ max: 40 });
  const definition = fc.array(
    fc.record({ bit: power.map((each) => 2 ** each), name: fc.string(), displayName: fc.string() }),
    { maxLength: 20 },
  );

  test("have a slug of their own for each bit, whatever a definition says, and none is lost", () => {
    fc.assert(
      fc.property(fc.constantFrom(...governedNamespaces), definition, fc.array(power), (namespace, defined, more) => {
        const actions = createActions(namespace, { id: namespace.id, systemBits: 1, actions: defined });
        const bits = [...new Set([...defined.map(({ bit }) => bit), ...more.map((each) => 2 ** each)])];
        const slugs = bits.map((bit) => actions.of(bit).slug);
        expect(new Set(slugs).size).toBe(bits.length);
        for (const slug of slugs) expect(slug).toMatch(/^[a-z-]+\.[a-z0-9_]{1,64}$/);
        for (const bit of bits) expect(actions.of(bit)).toMatchObject({ bit, system: bit === 1 });
      }),
    );
  });
});
