import fc from "fast-check";
import { expect, test } from "vitest";
import { anyText } from "../../test/support/arbitraries.ts";
import { cut } from "./text.ts";

const bound = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 5000 }));

test("a text that fits stays as it is", () => {
  expect(cut("grüße 𝒳", 1024)).toBe("grüße 𝒳");
  expect(cut("€€", 6)).toBe("€€");
  expect(cut("", 0)).toBe("");
});

test("a longer text is cut before the character that does not fit", () => {
  expect(cut("€€", 5)).toBe("€");
  expect(cut("a𝒳b", 4)).toBe("a");
  expect(cut("a𝒳b", 5)).toBe("a𝒳");
  expect(cut("𝒳", 3)).toBe("");
});

test("lone surrogates are replaced, whether cut or not", () => {
  expect(cut("a\ud800b", 100)).toBe("a\ufffdb");
  expect(cut(`${"a".repeat(50)}\udc00`, 53)).toBe(`${"a".repeat(50)}\ufffd`);
  expect(cut(`${"a".repeat(50)}\udc00`, 52)).toBe("a".repeat(50));
});

test("what is left is within the bound, well formed, and how the text begins", () => {
  fc.assert(
    fc.property(anyText, bound, (text, maxBytes) => {
      const kept = cut(text, maxBytes);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxBytes);
      expect(kept.isWellFormed()).toBe(true);
      expect(text.toWellFormed().startsWith(kept)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("no more is cut than has to be", () => {
  fc.assert(
    fc.property(anyText, bound, (text, maxBytes) => {
      const kept = cut(text, maxBytes);
      const [next = ""] = text.toWellFormed().slice(kept.length);
      expect(next === "" || Buffer.byteLength(kept + next) > maxBytes).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("cutting twice is cutting once", () => {
  fc.assert(
    fc.property(anyText, bound, (text, maxBytes) => {
      const kept = cut(text, maxBytes);
      expect(cut(kept, maxBytes)).toBe(kept);
    }),
  );
});
