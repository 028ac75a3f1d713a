import { describe, expect, test } from "vitest";
import { failureFrom } from "../../../test/support/calls.ts";
import { ConnectorError } from "../../errors.ts";
import { createTokenCache } from "./token-cache.ts";

const { signal } = new AbortController();
const minuteMs = 60_000;

/** A cache whose tokens are `token 1`, `token 2`, ... of `lifeMs` each, with a clock of its own. */
function setUp(lifeMs = 60 * minuteMs) {
  const clock = { nowMs: 1_000_000 };
  const state = { obtained: 0, late: [] as string[], failure: undefined as ConnectorError | undefined, same: false };
  const cache = createTokenCache({
    async obtain() {
      state.obtained += 1;
      if (state.failure) throw state.failure;
      return { value: `token ${state.same ? 1 : state.obtained}`, expiresAtMs: clock.nowMs + lifeMs };
    },
    onLateRenewal: (reason) => state.late.push(reason),
    now: () => clock.nowMs,
  });
  return { clock, state, cache };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a token", () => {
  test("is kept, renewed beside the work from five minutes before its end, and waited for at its end", async () => {
    const { clock, state, cache } = setUp();
    expect(await cache.get(signal)).toBe("token 1");
    clock.nowMs += 54 * minuteMs;
    expect(await cache.get(signal)).toBe("token 1");
    await settled();
    expect(state.obtained).toBe(1);
    clock.nowMs += 2 * minuteMs;
    expect(await cache.get(signal)).toBe("token 1");
    await settled();
    expect(await cache.get(signal)).toBe("token 2");
    clock.nowMs += 60 * minuteMs - 29_000;
    expect(await cache.get(signal)).toBe("token 3");
    expect(state.obtained).toBe(3);
  });

  test("of a minute is used for most of it", async () => {
    const { clock, state, cache } = setUp(minuteMs);
    await cache.get(signal);
    clock.nowMs += 40_000;
    expect(await cache.get(signal)).toBe("token 1");
    await settled();
    expect(state.obtained).toBe(1);
    clock.nowMs += 18_000;
    expect(await cache.get(signal)).toBe("token 2");
  });

  test("that cannot be renewed yet stays in use, is told of, and is not asked for again at once", async () => {
    const { clock, state, cache } = setUp();
    await cache.get(signal);
    clock.nowMs += 56 * minuteMs;
    state.failure = new ConnectorError("unavailable", "no");
    for (let call = 0; call < 5; call += 1) {
      expect(await cache.get(signal)).toBe("token 1");
      await settled();
    }
    expect(state).toMatchObject({ obtained: 2, late: ["no"] });
    clock.nowMs += minuteMs;
    await cache.get(signal);
    await settled();
    expect(state.obtained).toBe(3);
    clock.nowMs += 4 * minuteMs;
    expect((await failureFrom(cache.get(signal))).kind).toBe("unavailable");
  });

  test("whose request failed is asked for again by the next caller", async () => {
    const { state, cache } = setUp();
    state.failure = new ConnectorError("unauthenticated", "no");
    expect((await failureFrom(cache.get(signal))).kind).toBe("unauthenticated");
    state.failure = undefined;
    expect(await cache.get(signal)).toBe("token 2");
  });
});

describe("a refused token", () => {
  test("is renewed once for all who were refused", async () => {
    const { state, cache } = setUp();
    await cache.get(signal);
    const renewed = await Promise.all(Array.from({ length: 10 }, () => cache.renew("token 1", signal)));
    expect(new Set(renewed)).toEqual(new Set(["token 2"]));
    expect(await cache.renew("token 1", signal)).toBe("token 2");
    expect(state.obtained).toBe(2);
  });

  test("that is new is not renewed again for a while: it lacks a right", async () => {
    const { clock, state, cache } = setUp();
    await cache.get(signal);
    await cache.renew("token 1", signal);
    expect(await cache.renew("token 2", signal)).toBeUndefined();
    expect(state.obtained).toBe(2);
    clock.nowMs += 2 * minuteMs;
    expect(await cache.renew("token 2", signal)).toBe("token 3");
  });

  test("that comes again is no other", async () => {
    const { state, cache } = setUp();
    state.same = true;
    await cache.get(signal);
    expect(await cache.renew("token 1", signal)).toBeUndefined();
  });
});
