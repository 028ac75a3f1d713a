import { expect, test } from "vitest";
import { createCoolDown, defaultCoolDown } from "./cool-down.ts";

test("refusals in a row hold twice as long each, up to five minutes", () => {
  const coolDown = createCoolDown(defaultCoolDown);
  const held = Array.from({ length: 11 }, (_, at) => coolDown.refused(at, at));
  expect(held).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000));
});

test("an answer to a request that was sent after the last refusal begins the row anew", () => {
  const coolDown = createCoolDown({ firstMs: 10, maxMs: 100 });
  coolDown.refused(0, 5);
  coolDown.answered(4);
  expect(coolDown.refused(6, 7)).toBe(20);
  coolDown.answered(8);
  expect(coolDown.refused(8, 9)).toBe(10);
});

test("refusals of requests that were sent before the last one are part of it", () => {
  const coolDown = createCoolDown({ firstMs: 10, maxMs: 100 });
  expect([coolDown.refused(0, 5), coolDown.refused(4, 6), coolDown.refused(5, 7)]).toEqual([10, undefined, 20]);
});
