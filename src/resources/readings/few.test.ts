import { expect, test } from "vitest";
import { mapFew } from "./few.ts";

test("all are made in order, and no more than a few at once", async () => {
  let running = 0;
  let most = 0;
  const made = await mapFew(
    Array.from({ length: 50 }, (_, index) => index),
    async (index) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, (index * 7) % 5));
      running -= 1;
      return index * 2;
    },
  );
  expect(made).toEqual(Array.from({ length: 50 }, (_, index) => index * 2));
  expect(most).toBe(8);
});

test("after the first failure nothing more is begun", async () => {
  const begun: number[] = [];
  const failing = mapFew([...Array(30).keys()], async (index) => {
    begun.push(index);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (index === 3) throw new Error("no 3");
  });
  await expect(failing).rejects.toThrow("no 3");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun.length).toBeLessThan(20);
});
