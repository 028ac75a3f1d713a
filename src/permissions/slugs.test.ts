import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actionSlug, bitSlug, tokenSlug } from "./slugs.ts";

const pattern = /^[a-z0-9_]{1,64}$/;

describe("a slug", () => {
  test.each([
    ["ForcePush", "force_push"],
    ["GENERIC_READ", "generic_read"],
    ["ViewAdvSecAlerts", "view_adv_sec_alerts"],
    ["ReadEUII", "read_euii"],
    ["  Manage / Delete  ", "manage_delete"],
    ["管理", undefined],
    ["", undefined],
  ])("of the action %j is %j", (name, slug) => {
    expect(actionSlug(name)).toBe(slug);
  });

  test("of any action, bit and token fits into an entitlement's", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.nat({ max: 52 }), (text, power) => {
        const action = actionSlug(text);
        return (
          (action === undefined || (pattern.test(action) && actionSlug(action) === action)) &&
          pattern.test(bitSlug(2 ** power)) &&
          /^[0-9a-v]{26}$/.test(tokenSlug(text))
        );
      }),
      { numRuns: 500 },
    );
  });

  test("of a token tells tokens apart and stays the same", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => (tokenSlug(a) === tokenSlug(b)) === (a === b)));
    expect(tokenSlug("refs/heads/6d00")).toBe(tokenSlug("refs/heads/6d00"));
  });
});
