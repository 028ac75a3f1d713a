import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourceId, resourceRef, slug, typeId } from "../../test/support/arbitraries.ts";
import { thrownBy } from "../../test/support/calls.ts";
import {
  compareText,
  entitlementId,
  grantId,
  isRef,
  isResourceId,
  isSlug,
  parseEntitlementId,
  safeId,
  sha256,
  shorten,
  unknownIdentityId,
} from "./ids.ts";

describe("an entitlement id", () => {
  test("is type, resource id and slug, joined by colons", () => {
    expect(entitlementId({ type: "team", id: "7f1d" }, "member")).toBe("team:7f1d:member");
  });

  test("parses back to what it was built from, for every legal resource and slug", () => {
    fc.assert(
      fc.property(resourceRef, slug, (resource, legal) => {
        expect(parseEntitlementId(entitlementId(resource, legal))).toEqual({ resource, slug: legal });
      }),
      { numRuns: 1000 },
    );
  });

  test("is built by no other resource and slug", () => {
    fc.assert(
      fc.property(resourceRef, slug, resourceRef, slug, (a, slugA, b, slugB) => {
        const same = a.type === b.type && a.id === b.id && slugA === slugB;
        expect(entitlementId(a, slugA) === entitlementId(b, slugB)).toBe(same);
      }),
    );
  });

  test.each([
    "",
    ":",
    "::",
    "team",
    "team:",
    "team:id",
    "team::member",
    ":id:member",
    "team:id:",
    "team:id:Member",
    "team:id:member\n",
    "team:a b:member",
    "team:a:b:member",
    "Team:id:member",
    "team:ünï:member",
    "team:id:member:user:x",
    `team:${"x".repeat(513)}:member`,
    `team:id:${"s".repeat(129)}`,
    `${"t".repeat(65)}:id:member`,
    "__proto__:constructor:",
  ])("is refused as %j", (text) => {
    expect(thrownBy(() => parseEntitlementId(text)).kind).toBe("invalid-request");
  });

  test("of any text at all is parsed or refused with a short invalid-request, nothing else", () => {
    const nearly = fc.array(fc.oneof(typeId, resourceId, slug, fc.constant(":"), fc.string()), { maxLength: 7 });
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      nearly.map((parts) => parts.join("")),
      nearly.map((parts) => parts.join(":")),
    );
    fc.assert(
      fc.property(text, (foreign) => {
        try {
          const { resource, slug: parsed } = parseEntitlementId(foreign);
          expect(entitlementId(resource, parsed)).toBe(foreign);
          expect(isRef(resource) && isSlug(parsed)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: "ConnectorError", kind: "invalid-request" });
        }
      }),
      { numRuns: 5000 },
    );
  });

  test("of megabytes is refused in a message of a line", () => {
    const { message } = thrownBy(() => parseEntitlementId(":".repeat(4 * 1024 * 1024)));
    expect(message.length).toBeLessThan(200);
  });
});

describe("a grant id", () => {
  test("is the entitlement's, then the principal's type and id", () => {
    const principal = { type: "user", id: "aad.MDA" };
    expect(grantId({ type: "team", id: "7f1d" }, "member", principal)).toBe("team:7f1d:member:user:aad.MDA");
  });

  test("has exactly five parts, whatever legal ids it is of", () => {
    fc.assert(
      fc.property(resourceRef, slug, resourceRef, (resource, legal, principal) => {
        const id = grantId(resource, legal, principal);
        expect(id.split(":")).toEqual([resource.type, resource.id, legal, principal.type, principal.id]);
        expect(id.startsWith(`${entitlementId(resource, legal)}:`)).toBe(true);
      }),
    );
  });
});

describe("safeId", () => {
  test("leaves what fits as it is, and gives the rest an id that fits and tells nothing", () => {
    fc.assert(
      fc.property(fc.oneof(resourceId, fc.string()), (key) => {
        const id = safeId(key);
        expect(isResourceId(id)).toBe(true);
        expect(id === key).toBe(isResourceId(key));
        expect(safeId(key)).toBe(id);
      }),
    );
    expect(safeId("someone@example.com")).toBe(`x~${sha256("someone@example.com")}`);
  });
});

test("the id of an unknown identity is stable, legal, and holds nothing of the descriptor", () => {
  const id = unknownIdentityId("Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\someone@example.com");
  expect(id).toMatch(/^ukn\.[A-Za-z0-9_-]{43}$/);
  expect(unknownIdentityId("x")).not.toBe(unknownIdentityId("X"));
});

test("the order of ids is the order of their bytes", () => {
  fc.assert(
    fc.property(fc.array(resourceId), (ids) => {
      const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect([...ids].sort(compareText)).toEqual(byBytes);
    }),
  );
});

test("a foreign text is shown without half a character, and without what a terminal obeys", () => {
  expect(shorten(`${"x".repeat(79)}😀`)).toBe(`${"x".repeat(79)}…`);
  expect(shorten("a\ud800b")).toBe("a\uFFFDb");
  expect(shorten("a\u001b[2J\n\u202eb\u2028")).toBe("a\\u{1b}[2J\\u{a}\\u{202e}b\\u{2028}");
});

test("a foreign text is shortened for messages", () => {
  expect(shorten("x".repeat(80))).toHaveLength(80);
  expect(shorten("x".repeat(1_000_000))).toBe(`${"x".repeat(80)}…`);
});
