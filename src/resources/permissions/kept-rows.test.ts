import { expect, test } from "vitest";
import { createKeptRows } from "./kept-rows.ts";

test("rows are kept for a few resources, and not beyond the reading that they are of", async () => {
  const kept = createKeptRows<string>();
  const [first, second] = [{}, {}];
  let made = 0;
  const rows = (from: object, key: string) =>
    kept(from, key, async () => {
      made += 1;
      return `${key} ${made}`;
    });
  expect([await rows(first, "a"), await rows(first, "a"), await rows(first, "b")]).toEqual(["a 1", "a 1", "b 2"]);
  expect(await rows(second, "a")).toBe("a 3");
  for (let at = 0; at < 16; at += 1) await rows(second, `other ${at}`);
  expect(await rows(second, "a")).toBe("a 20");
});
