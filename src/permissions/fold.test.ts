import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Action } from "./actions.ts";
import { bundles, expands, fold, isCustom } from "./fold.ts";
import type { Tier } from "./namespace.ts";

const slugs = [
  ...new Set(bundles.flatMap(({ permissions }) => permissions)),
  ...["git.policy_exempt", "git.pull_request_bypass_policy", "git.view_adv_sec_alerts", "git.bit_1048576"],
];
const tierOf = (slug: string): Tier => ([0, 1, 2, 3] as const)[slugs.indexOf(slug) % 4] ?? 3;

const actions: readonly Action[] = slugs.map((slug, at) => ({
  ...{ bit: 2 ** at, name: slug, slug, displayName: slug, tier: tierOf(slug), system: false },
}));

const held = fc.subarray([...actions]);
const inner = fc.constantFrom("", "refs/heads/6d00");

describe("what somebody holds", () => {
  test.each(["standard", "all"] as const)("is told at detail %s, each permission once, and nothing else", (detail) => {
    fc.assert(
      fc.property(held, inner, fc.subarray(slugs), (own, inside, pinned) => {
        const told = fold(own, { detail, bundled: inside === "", inner: inside, pinned: new Set(pinned) });
        const permissions = told.flatMap((each) => each.permissions);
        expect([...permissions].sort()).toEqual(own.map(({ slug }) => slug).sort());
        expect(new Set(told.map(({ slug }) => slug)).size).toBe(told.length);
      }),
    );
  });

  test("in one entitlement that expands to members is nothing that some of them lack", () => {
    fc.assert(
      fc.property(held, fc.subarray(slugs), (own, pinned) => {
        for (const told of fold(own, { detail: "standard", bundled: true, inner: "", pinned: new Set(pinned) })) {
          if (told.permissions.length > 1 && expands(told.tier)) {
            expect(told.permissions.filter((slug) => pinned.includes(slug))).toEqual([]);
          }
        }
      }),
    );
  });

  test("is the highest bundle that is held whole, and no bundle on a branch", () => {
    fc.assert(
      fc.property(held, inner, (own, inside) => {
        const names = own.map(({ slug }) => slug);
        const told = fold(own, { detail: "standard", bundled: inside === "", inner: inside, pinned: new Set() });
        const found = told.filter(({ slug }) => bundles.some((bundle) => bundle.slug === slug));
        const whole = bundles.filter(({ permissions }) => permissions.every((slug) => names.includes(slug)));
        expect(found.map(({ slug }) => slug)).toEqual(inside === "" && whole.length > 0 ? [whole.at(-1)?.slug] : []);
        for (const { slug, tier } of told) if (isCustom(slug)) expect(tier).toBeGreaterThan(1);
      }),
    );
  });

  test("is told nowhere at detail roles", () => {
    expect(fold(actions, { detail: "roles", bundled: true, inner: "", pinned: new Set() })).toEqual([]);
  });
});

test("each bundle contains the one before it", () => {
  for (const [at, { permissions }] of bundles.entries()) {
    const before = bundles[at - 1]?.permissions ?? [];
    expect(permissions).toEqual(expect.arrayContaining([...before]));
    expect(permissions.length).toBeGreaterThan(before.length);
  }
});
