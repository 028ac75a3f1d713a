import { describe, expect, test } from "vitest";
import { createSeats } from "./seats.ts";

describe("seats that are left", () => {
  test("are those that are shown, but for what was given and is not shown yet", () => {
    const seats = createSeats(() => 0);
    expect(seats.left("basic", 2)).toBe(2);
    seats.expect("basic", 1);
    expect(seats.left("basic", 2)).toBe(1);
    expect(seats.left("basic-test-plans", 2)).toBe(2);
    // Shown since: what is given back later counts again.
    expect(seats.left("basic", 1)).toBe(1);
    expect(seats.left("basic", 2)).toBe(2);
  });

  test("are held back for some minutes only", () => {
    let nowMs = 0;
    const seats = createSeats(() => nowMs);
    seats.expect("basic", 0);
    nowMs = 4 * 60_000;
    expect(seats.left("basic", 1)).toBe(0);
    nowMs = 6 * 60_000;
    expect(seats.left("basic", 1)).toBe(1);
  });
});
