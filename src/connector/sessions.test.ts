import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSessionStore, type SessionStoreOptions } from "./sessions.ts";

type Readings = { readonly anonymous: boolean };

let nowMs = 0;
let sweep: () => void = () => undefined;

beforeEach(() => {
  nowMs = 1_000_000;
  vi.spyOn(Date, "now").mockImplementation(() => nowMs);
  // The store's own timer is not waited for: its work is called when a test says so.
  vi.spyOn(globalThis, "setInterval").mockImplementation((work) => {
    sweep = () => work();
    return setTimeout(() => undefined, 0);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function store(options: Partial<SessionStoreOptions<Readings>> = {}) {
  return createSessionStore<Readings>({
    create: ({ anonymous }) => ({ anonymous }),
    idleMs: 10_000,
    maxSessions: 16,
    ...options,
  });
}

const key = (syncId: string, caller = "c") => ({ caller, syncId });

describe("calls", () => {
  test("of one sync and caller share readings, others do not", () => {
    const sessions = store();
    const readings = sessions.readings(key("a"));
    expect(sessions.readings(key("a"))).toBe(readings);
    const others = [key("b"), key("a", "other"), key(""), key("", "other")].map((other) => sessions.readings(other));
    expect(new Set([readings, ...others]).size).toBe(5);
    expect(sessions.size).toBe(5);
  });

  test("without a sync id share readings that are made to live short", () => {
    const sessions = store();
    expect(sessions.readings(key(""))).toEqual({ anonymous: true });
    expect(sessions.readings(key("a"))).toEqual({ anonymous: false });
    expect(sessions.readings(key(""))).toBe(sessions.readings(key("")));
  });

  test("whose caller and sync id only read alike when joined are kept apart", () => {
    const sessions = store();
    expect(sessions.readings({ caller: 'a","', syncId: "b" })).not.toBe(
      sessions.readings({ caller: "a", syncId: '","b' }),
    );
  });
});

describe("a session", () => {
  test("that no call used for the idle time is let go, one in use stays", () => {
    const sessions = store();
    const used = sessions.readings(key("used"));
    const unused = sessions.readings(key("unused"));
    nowMs += 6000;
    sessions.readings(key("used"));
    nowMs += 6000;
    sweep();
    expect(sessions.size).toBe(1);
    expect(sessions.readings(key("used"))).toBe(used);
    expect(sessions.readings(key("unused"))).not.toBe(unused);
  });

  test("ends when its sync does, and the end of an unknown one is nobody's error", () => {
    const sessions = store();
    const ended = sessions.readings(key("a"));
    const other = sessions.readings(key("b"));
    sessions.end(key("a"));
    sessions.end(key("never"));
    sessions.end(key("b", "other"));
    expect(sessions.readings(key("a"))).not.toBe(ended);
    expect(sessions.readings(key("b"))).toBe(other);
  });

  test("unused for longest makes room for one more", () => {
    const sessions = store({ maxSessions: 2 });
    const first = sessions.readings(key("first"));
    const second = sessions.readings(key("second"));
    sessions.readings(key("first"));
    sessions.readings(key("third"));
    expect(sessions.size).toBe(2);
    expect(sessions.readings(key("first"))).toBe(first);
    expect(sessions.readings(key("second"))).not.toBe(second);
  });

  test("of calls without a sync id ends for every caller after a write, others stay", () => {
    const sessions = store();
    const anonymous = [key(""), key("", "other")].map((each) => sessions.readings(each));
    const others = [key("a"), key('x,""]'), key('x"')];
    const kept = others.map((each) => sessions.readings(each));
    sessions.endAnonymous();
    expect(sessions.size).toBe(3);
    others.forEach((each, index) => {
      expect(sessions.readings(each)).toBe(kept[index]);
    });
    for (const ended of anonymous) expect(sessions.readings(key(""))).not.toBe(ended);
  });
});

test("a closed store no longer looks after its sessions", () => {
  const cleared = vi.spyOn(globalThis, "clearInterval");
  store().close();
  expect(cleared).toHaveBeenCalledTimes(1);
});

test("readings for one call alone are as many at once as there are sessions", () => {
  const sessions = store({ maxSessions: 2 });
  const [first, second] = [sessions.private(), sessions.private()];
  expect(first.readings).not.toBe(second.readings);
  expect(() => sessions.private()).toThrow(/2 streams .* wait for one to end/);
  first.release();
  first.release();
  sessions.private();
  expect(() => sessions.private()).toThrow(expect.objectContaining({ kind: "rate-limited" }));
});
