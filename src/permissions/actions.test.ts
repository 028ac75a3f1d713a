import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createActions } from "./actions.ts";
import { governedNamespaces } from "./namespaces.ts";

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
