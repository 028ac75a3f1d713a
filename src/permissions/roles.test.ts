import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitsOf } from "./bits.ts";
import { masksOf, type RoleMasks, roleOfBits, roles } from "./roles.ts";

const pools: RoleMasks = { reader: 1, service_account: 5, user: 17, creator: 33, administrator: 59 };

describe("the role of bits", () => {
  test.each([
    [59, "administrator", 0],
    [17, "user", 0],
    [1, "reader", 0],
    // Use and Create: whoever uses reaches secrets, which tells more than that something may be made.
    [49, "user", 32],
    [27, "user", 10],
    [2, undefined, 2],
    [1 + 2 ** 31, "reader", 2 ** 31],
  ])("%i is %s and %i besides", (bits, role, rest) => {
    expect(roleOfBits(bits, pools)).toMatchObject({ role, rest });
  });

  test("is the one that is exactly they, whatever a higher one is", () => {
    expect(roleOfBits(1, { reader: 1, administrator: 1 })).toMatchObject({ role: "administrator" });
    expect(roleOfBits(3, { reader: 3, administrator: 1 })).toEqual({ role: "reader", mask: 3, rest: 0 });
  });

  test("and what is left over hold each bit once, and no other", () => {
    const masks = fc.record(Object.fromEntries(roles.map(({ slug }) => [slug, fc.integer({ min: 0, max: 63 })])));
    const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(bits, masks, (held, told) => {
        const { mask, rest } = roleOfBits(held, told);
        expect([...bitsOf(mask), ...bitsOf(rest)].sort((a, b) => a - b)).toEqual([...bitsOf(held)]);
      }),
    );
  });
});

test("definitions are known by their name, which no language changes", () => {
  const definitions = [
    { name: "Administrator", displayName: "Administratorin", allowPermissions: 3 },
    { name: "ServiceAccount", allowPermissions: 5 },
    { name: "Auditor", allowPermissions: 8 },
  ];
  expect(masksOf(definitions)).toEqual({ administrator: 3, service_account: 5 });
});
