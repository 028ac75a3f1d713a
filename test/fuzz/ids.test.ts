import fc from "fast-check";
import { describe, test } from "vitest";
import {
  entitlementId,
  grantId,
  isRef,
  isResourceId,
  isSlug,
  parseEntitlementId,
  safeId,
  shorten,
} from "../../src/connector/ids.ts";
import { isConnectorError } from "../../src/errors.ts";
import { anyText, resourceRef, slug } from "../support/arbitraries.ts";
import { mutated, mutations } from "../support/mutations.ts";
import { createTally, fuzz } from "./fuzz.ts";

function parsed(text: string) {
  try {
    return parseEntitlementId(text);
  } catch (error) {
    if (isConnectorError(error, "invalid-request")) return undefined;
    throw error;
  }
}

/** Parsed to what builds the very same text, or refused. */
function isExact(text: string): boolean {
  const ref = parsed(text);
  return !ref || (entitlementId(ref.resource, ref.slug) === text && isRef(ref.resource) && isSlug(ref.slug));
}

describe("ids", () => {
  test("that were built parse to what they were built from", async () => {
    const property = fc.property(resourceRef, slug, resourceRef, (resource, each, principal) => {
      const id = entitlementId(resource, each);
      const ref = parsed(id);
      const same = ref?.resource.type === resource.type && ref.resource.id === resource.id && ref.slug === each;
      const grant = grantId(resource, each, principal);
      // A grant's id is its entitlement's and its principal's, and no entitlement's.
      return same && grant === `${id}:${principal.type}:${principal.id}` && parsed(grant) === undefined;
    });
    await fuzz("ids, built and parsed", 40_000, property);
  });

  test("of arbitrary text are refused, or are exactly what they say", async () => {
    const unit = fc.constantFrom("a", "b", "-", ":", ".", "_", "~", "A", "é", "\n", "\0", "%", "/");
    const text = fc.oneof(fc.string(), fc.string({ unit, maxLength: 20 }), anyText);
    await fuzz("ids, arbitrary text", 40_000, fc.property(text, isExact));
  });

  test("that were changed are refused, or are exactly what they say", async () => {
    const tally = createTally();
    const property = fc.property(resourceRef, slug, mutations, (resource, each, changes) => {
      const text = mutated(Buffer.from(entitlementId(resource, each)), changes).toString("latin1");
      tally.add(parsed(text) ? "another id" : "refused");
      return isExact(text);
    });
    await fuzz("ids, changed", 40_000, property, tally.told);
  });

  test("of upstream's keys are always legal, and the key itself where it is", async () => {
    const property = fc.property(anyText, (key) => {
      const id = safeId(key);
      return isResourceId(id) && (isResourceId(key) ? id === key : id !== key);
    });
    await fuzz("ids, upstream keys", 20_000, property);
  });

  test("of strangers are told in a line that no terminal obeys", async () => {
    const property = fc.property(anyText, (text) => {
      const told = shorten(text);
      return told.isWellFormed() && told.length <= 641 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(told);
    });
    await fuzz("ids, told", 20_000, property);
  });
});
