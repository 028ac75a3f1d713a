import { describe, expect, test } from "vitest";
import { createSeats } from "./seats.ts";

describe("seats that are taken", () => {
  test("are more than are shown while what was given does not show", () => {
    const seats = createSeats(() => 0);
    expect(seats.unseen("basic", 4)).toBe(0);
    seats.expect("basic", 5);
    expect(seats.unseen("basic", 4)).toBe(1);
    expect(seats.unseen("basic-test-plans", 4)).toBe(0);
    // Shown since: what is given back later is free again.
    expect(seats.unseen("basic", 5)).toBe(0);
    expect(seats.unseen("basic", 4)).toBe(0);
  });

  test("are expected for some minutes only", () => {
    let nowMs = 0;
    const seats = createSeats(() => nowMs);
    seats.expect("basic", 5);
    nowMs = 4 * 60_000;
    expect(seats.unseen("basic", 4)).toBe(1);
    nowMs = 6 * 60_000;
    expect(seats.unseen("basic", 4)).toBe(0);
  });
});
