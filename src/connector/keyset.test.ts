import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grantRow, resourceId } from "../../test/support/arbitraries.ts";
import { compareText } from "./ids.ts";
import { compareGrants, firstGrantAfter, grantKey, indexAfter, indexFrom } from "./keyset.ts";

const sortedIds = fc.uniqueArray(resourceId, { maxLength: 60 }).map((ids) => ids.sort(compareText));
const sortedGrants = fc.array(grantRow, { maxLength: 40 }).map((grants) => grants.sort(compareGrants));

describe("a place among ids", () => {
  test("splits them: those before are smaller, those from there on are not", () => {
    fc.assert(
      fc.property(sortedIds, fc.oneof(resourceId, fc.constant("")), (ids, id) => {
        expect(indexFrom(ids, id)).toBe(ids.filter((each) => each < id).length);
        expect(indexAfter(ids, id)).toBe(ids.filter((each) => each <= id).length);
      }),
    );
  });

  test("of an id that is there is its own, and the one after it", () => {
    fc.assert(
      fc.property(sortedIds, (ids) => {
        ids.forEach((id, index) => {
          expect([indexFrom(ids, id), indexAfter(ids, id)]).toEqual([index, index + 1]);
        });
      }),
    );
  });

  test("among none is 0", () => {
    expect([indexFrom([], "x"), indexAfter([], "x"), firstGrantAfter([], ["x"])]).toEqual([0, 0, 0]);
  });
});

describe("the first grant past a key", () => {
  test("follows all that are not past it", () => {
    fc.assert(
      fc.property(sortedGrants, grantRow, (grants, other) => {
        const index = firstGrantAfter(grants, grantKey(other));
        expect(grants.slice(0, index).every((grant) => compareGrants(grant, other) <= 0)).toBe(true);
        expect(grants.slice(index).every((grant) => compareGrants(grant, other) > 0)).toBe(true);
      }),
    );
  });

  test("is found by the key of any grant handed out, so a listing loses and repeats nothing", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(grantRow, { maxLength: 25, comparator: (a, b) => compareGrants(a, b) === 0 }),
        (rows) => {
          const grants = rows.sort(compareGrants);
          const read: typeof grants = [];
          for (let next = 0; next < grants.length; ) {
            const [grant] = grants.slice(next, next + 1);
            if (!grant) break;
            read.push(grant);
            next = firstGrantAfter(grants, grantKey(grant));
          }
          expect(read).toEqual(grants);
        },
      ),
    );
  });
});

test("grants are ordered by slug, principal type and principal id, bytewise", () => {
  const grant = (slug: string, type: string, id: string) => ({ slug, principal: { type, id } });
  const ordered = [
    grant("admin", "user", "b"),
    grant("member", "group", "z"),
    grant("member", "user", "B"),
    grant("member", "user", "a"),
    grant("member", "user", "a~"),
    grant("member-2", "group", "a"),
  ];
  expect([...ordered].reverse().sort(compareGrants)).toEqual(ordered);
});

test("the order of grants is an order", () => {
  fc.assert(
    fc.property(grantRow, grantRow, grantRow, (a, b, c) => {
      expect(Math.sign(compareGrants(a, b))).toBe(-Math.sign(compareGrants(b, a)) || 0);
      if (compareGrants(a, b) <= 0 && compareGrants(b, c) <= 0) expect(compareGrants(a, c)).toBeLessThanOrEqual(0);
      expect(compareGrants(a, { ...a })).toBe(0);
    }),
  );
});
