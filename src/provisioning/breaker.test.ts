import { expect, test } from "vitest";
import { createBreaker } from "./breaker.ts";

const hour = 3_600_000;
const state = (members?: number) => ({ done: false, held: true, ...(members === undefined ? {} : { members }) });

function breakerAt(maxRevokesPerHour: number, maxGroupShrinkPercent = 100) {
  const clock = { now: 0 };
  return { clock, breaker: createBreaker({ maxRevokesPerHour, maxGroupShrinkPercent }, () => clock.now) };
}

test("so many revokes are made within an hour, and then as many as have become old", () => {
  const { clock, breaker } = breakerAt(2);
  breaker.admit(undefined, state());
  clock.now = hour / 2;
  breaker.admit(undefined, state());
  expect(() => breaker.admit(undefined, state())).toThrow(/--max-revokes-per-hour/);
  clock.now = hour;
  breaker.admit(undefined, state());
  expect(() => breaker.admit(undefined, state())).toThrow(/--max-revokes-per-hour/);
});

test("what was refused does not count, and what was acknowledged does not any more", () => {
  const { breaker } = breakerAt(1);
  breaker.admit(undefined, state());
  for (let at = 0; at < 5; at += 1) expect(() => breaker.admit(undefined, state())).toThrow(/acknowledge/);
  breaker.acknowledge();
  breaker.admit(undefined, state());
});

test("revokes of before the start count as far as they are of the last hour", () => {
  const { clock, breaker } = breakerAt(1);
  clock.now = 10 * hour;
  breaker.count(8 * hour, { group: "a", losing: 1 });
  breaker.admit(undefined, state());
  const again = breakerAt(1);
  again.clock.now = 10 * hour;
  again.breaker.count(9.5 * hour, { group: "a", losing: 1 });
  expect(() => again.breaker.admit(undefined, state())).toThrow(/--max-revokes-per-hour/);
});

test("half of a group may go within an hour, and not one more; other groups are their own", () => {
  const { clock, breaker } = breakerAt(1000, 50);
  for (let members = 20; members > 10; members -= 1) breaker.admit("a", state(members));
  expect(() => breaker.admit("a", state(10))).toThrow(/had 20 members within the hour.*--max-group-shrink/);
  breaker.admit("b", state(20));
  clock.now = hour + 1;
  breaker.admit("a", state(10));
});

test("small groups may lose anybody", () => {
  const { breaker } = breakerAt(1000, 1);
  for (let members = 9; members > 0; members -= 1) breaker.admit("a", state(members));
});

test("the end of a group counts for each member, and is refused until somebody says that it is meant, once", () => {
  const end = (members: number) => ({ ...state(members), losing: members });
  const { breaker } = breakerAt(30, 50);
  breaker.admit("small", end(9));
  expect(() => breaker.admit("large", end(12))).toThrow(/100 %.*--max-group-shrink/);
  expect(() => breaker.admit("larger", end(40))).toThrow(/40 more .*--max-revokes-per-hour/);
  breaker.acknowledge();
  breaker.admit("large", end(12));
  expect(() => breaker.admit("large", end(12))).toThrow(/--max-group-shrink/);
  expect(() => breaker.admit("other", end(12))).toThrow(/--max-group-shrink/);
});

test("groups that ended before the start count with all their members", () => {
  const { clock, breaker } = breakerAt(10);
  clock.now = 10 * hour;
  breaker.count(9.5 * hour, { group: "a", losing: 10 });
  expect(() => breaker.admit(undefined, state())).toThrow(/--max-revokes-per-hour/);
});

test("what a group lost before the start counts with what it loses after", () => {
  const { clock, breaker } = breakerAt(1000, 50);
  clock.now = 10 * hour;
  for (let at = 0; at < 10; at += 1) breaker.count(9.5 * hour, { group: "a", members: 20 - at, losing: 1 });
  expect(() => breaker.admit("a", state(10))).toThrow(/had 20 members within the hour/);
  breaker.admit("b", state(20));
});

test("asking counts nothing, and does not use up what was acknowledged", () => {
  const { breaker } = breakerAt(1);
  for (let at = 0; at < 3; at += 1) breaker.ask(undefined, state());
  breaker.admit(undefined, state());
  expect(() => breaker.ask(undefined, state())).toThrow(/--max-revokes-per-hour/);
  const end = { ...state(12), losing: 12 };
  expect(() => breaker.admit("large", end)).toThrow();
  breaker.acknowledge();
  breaker.ask("large", end);
  breaker.admit("large", end);
});
