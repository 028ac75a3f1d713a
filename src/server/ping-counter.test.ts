import { describe, expect, test } from "vitest";
import { createPingCounter } from "./ping-counter.ts";

/** The number of the first ping, from 1, that is abuse. */
function abusiveAt(pings: readonly (readonly [atMs: number, bytesSent: number])[]): number | undefined {
  const counter = createPingCounter(1000);
  const index = pings.findIndex(([atMs, bytesSent]) => counter.isAbuse(atMs, bytesSent));
  return index < 0 ? undefined : index + 1;
}

const many = Array.from({ length: 50 }, (_, index) => index);

describe("pings", () => {
  test("in time are no abuse, however many", () => {
    expect(abusiveAt(many.map((index) => [index * 1000, 9 + index * 17]))).toBeUndefined();
  });

  test("too fast are abuse from the fourth on, answered one by one or all at once", () => {
    expect(abusiveAt(many.map((index) => [index, 9 + index * 17]))).toBe(4);
    expect(abusiveAt(many.map((index) => [index, 9]))).toBe(4);
    expect(
      abusiveAt([
        [0, 9],
        [1, 9],
        [2, 43],
        [3, 60],
        [4, 77],
      ]),
    ).toBe(4);
  });

  test("along with data are none, and are abuse again when it stops", () => {
    const data = many.map((index): [number, number] => [index, 9 + index * (17 + 20)]);
    expect(abusiveAt(data)).toBeUndefined();
    const [lastMs, lastBytes] = data.at(-1) ?? [0, 0];
    const after = many.map((index): [number, number] => [lastMs + index, lastBytes + (index + 1) * 17]);
    expect(abusiveAt([...data, ...after])).toBe(data.length + 3);
  });
});
