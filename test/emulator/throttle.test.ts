import { afterEach, describe, expect, test } from "vitest";
import type { Emulator, ThrottleOptions } from "../../src/emulator/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { createThrottle } from "../../src/emulator/throttle/index.ts";
import { exchanges, send } from "./exchanges.ts";
import { haveDocuments, operationOf } from "./openapi.ts";
import { look } from "./raw.ts";

const startedAt = 1_800_000_000_000;
const request = {
  method: "GET",
  route: "_apis/projects",
  host: "core",
  path: "/fabrikam/_apis/projects",
  query: new URLSearchParams(),
  headers: {},
};

/** A throttle with a clock of its own. */
function underClock(options: ThrottleOptions = {}) {
  let now = startedAt;
  const { admit, throttle } = createThrottle({ now: () => now, ...options });
  const ask = (credential = "one") => {
    const admission = admit(credential, request);
    if (!admission) throw new Error("not throttled");
    const headers: Readonly<Record<string, string | undefined>> = admission.headers();
    return { ...admission, headers, told: () => admission.told(headers) };
  };
  const askOften = (count: number) => Array.from({ length: count }, () => ask());
  const usage = () => throttle.usage()[0];
  return { ask, askOften, throttle, usage, pass: (milliseconds: number) => (now += milliseconds) };
}

describe("thresholds", () => {
  test("nothing is said below 80 % of the limit, and then how much is left", () => {
    const { askOften } = underClock();
    const answers = askOften(200);
    expect(answers.slice(0, 159).every(({ headers }) => Object.keys(headers).length === 0)).toBe(true);
    expect(answers[159]?.headers).toEqual({
      "X-RateLimit-Resource": "Core",
      "X-RateLimit-Limit": "200",
      "X-RateLimit-Remaining": "40",
      "X-RateLimit-Reset": String((startedAt + 300_000) / 1000),
    });
    expect(answers[199]?.headers["X-RateLimit-Remaining"]).toBe("0");
    expect(answers.every(({ delayMs, refuseBy }) => delayMs === 0 && refuseBy === undefined)).toBe(true);
  });

  test("from the limit on requests are delayed, the longer the nearer to twice the limit, and told so", () => {
    const { askOften, usage } = underClock();
    askOften(200);
    const delayed = askOften(200);
    expect(delayed[0]).toMatchObject({ delayMs: 1, headers: { "Retry-After": "300", "X-RateLimit-Delay": "0.001" } });
    expect(delayed[100]).toMatchObject({
      delayMs: 15_000,
      headers: { "X-RateLimit-Delay": "15.000", "X-RateLimit-Remaining": "0", "Retry-After": "300" },
    });
    const waits = delayed.map(({ delayMs }) => delayMs);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(delayed.every(({ refuseBy }) => refuseBy === undefined)).toBe(true);
    expect(usage()).toMatchObject({ units: 400, limitUnits: 200, requests: 400, delayed: 200, refused: 0 });
  });

  test("from twice the limit on requests are refused, and cost nothing", () => {
    const { askOften, usage } = underClock({ refuseBy: "close" });
    askOften(400);
    const [refused] = askOften(3);
    expect(refused).toMatchObject({ refuseBy: "close", delayMs: 0, headers: { "Retry-After": "300" } });
    expect(refused?.headers).not.toHaveProperty("X-RateLimit-Delay");
    expect(usage()).toMatchObject({ units: 400, requests: 403, refused: 3 });
  });

  test("requests cost what the option says, by route too", () => {
    const { ask, usage } = underClock({ unitsPerRequest: ({ route }) => (route === "_apis/projects" ? 2.5 : 1) });
    ask();
    ask();
    expect(usage()?.units).toBe(5);
  });
});

describe("the window", () => {
  test("slides: Retry-After is the time until the usage is below the limit, Reset until it is nothing", () => {
    const { ask, askOften, pass, usage } = underClock({ limitUnits: 10, windowMs: 60_000 });
    askOften(5);
    pass(20_000);
    askOften(6);
    expect(ask().headers).toMatchObject({
      "Retry-After": "40",
      "X-RateLimit-Reset": String((startedAt + 20_000 + 60_000) / 1000),
    });
    pass(39_999);
    expect(usage()?.units).toBe(12);
    pass(1);
    expect(usage()?.units).toBe(7);
    expect(ask().delayMs).toBe(0);
    pass(60_000);
    expect(usage()?.units).toBe(0);
  });

  test("may be scaled down; Retry-After stays whole seconds, at least one", () => {
    const { ask, askOften, pass } = underClock({ limitUnits: 10, windowMs: 3_000 });
    askOften(10);
    expect(ask().headers["Retry-After"]).toBe("3");
    pass(2_900);
    expect(ask()).toMatchObject({ delayMs: 30, headers: { "Retry-After": "1" } });
  });

  test("is each credential's own", () => {
    const { ask, askOften, throttle } = underClock({ limitUnits: 10 });
    askOften(12);
    expect(ask("two").delayMs).toBe(0);
    expect(throttle.usage().map(({ credential, delayed }) => [credential, delayed])).toEqual([
      ["one", 2],
      ["two", 0],
    ]);
  });
});

describe("a refusal is foretold", () => {
  test("when an answer that came before told to wait, and the wait is not over", () => {
    const { ask, askOften, pass, usage } = underClock({ limitUnits: 10, windowMs: 60_000 });
    askOften(15);
    const warned = ask();
    askOften(4);
    expect(ask().refuseBy).toBe("429"); // Under way already when nothing had been told.
    warned.told();
    expect(ask().refuseBy).toBe("429"); // It crosses the answer.
    expect(usage()).toMatchObject({ refused: 2, foretold: 0 });
    pass(100);
    ask();
    expect(usage()).toMatchObject({ refused: 3, foretold: 1 });
  });

  test("when nothing was left before the reset", () => {
    const { askOften, pass, usage } = underClock({ limitUnits: 10, windowMs: 60_000 });
    const [last] = askOften(10).slice(-1);
    expect(last?.headers).not.toHaveProperty("Retry-After");
    last?.told();
    askOften(10);
    pass(100);
    askOften(1);
    expect(usage()).toMatchObject({ refused: 1, foretold: 1 });
  });
});

test.each<readonly [ThrottleOptions, string]>([
  [{ limitUnits: 0 }, "limitUnits"],
  [{ windowMs: Number.NaN }, "windowMs"],
  [{ maxDelayMs: -1 }, "maxDelayMs"],
])("%j is refused", (options, name) => {
  expect(() => createThrottle(options)).toThrow(RangeError);
  expect(() => createThrottle(options)).toThrow(name);
});

describe("over HTTP", () => {
  let emulator: Emulator;
  afterEach(() => emulator.close());
  const start = async (throttle: ThrottleOptions, projects = 1) => {
    emulator = await startEmulator({ users: 20, groups: 2, projects, throttle });
  };
  const often = async (count: number) => {
    for (let asked = 0; asked < count; asked++) await look(emulator, "_apis/projects");
  };

  test("a delayed request is answered, later, with 200, Retry-After and its delay", async () => {
    await start({ limitUnits: 10, maxDelayMs: 400 });
    await often(15);
    const sight = await look(emulator, "_apis/projects");
    expect(sight.status).toBe(200);
    expect(sight.headers.get("x-ratelimit-delay")).toBe("0.200");
    expect(Number(sight.headers.get("retry-after"))).toBeGreaterThan(200);
    expect(sight.elapsedMs).toBeGreaterThan(195);
    expect(JSON.parse(sight.bytes.toString()).value).toHaveLength(1);
    expect(emulator.throttle.usage()).toMatchObject([{ credential: "full", units: 16, delayed: 6 }]);
  });

  test("a refused one gets 429 with TF400733, and another credential its answer", async () => {
    await start({ limitUnits: 1, unitsPerRequest: 2 });
    await often(1);
    const sight = await look(emulator, "_apis/projects");
    expect(sight.status).toBe(429);
    expect(Number(sight.headers.get("retry-after"))).toBeGreaterThan(1);
    expect(sight.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(JSON.parse(sight.bytes.toString())).toMatchObject({
      typeKey: "RequestBlockedException",
      message: expect.stringContaining("TF400733"),
    });
    expect((await look(emulator, "_apis/projects", { token: emulator.syncOnlyToken })).status).toBe(200);
    expect((await look(emulator, "_apis/projects", { token: "unknown" })).status).toBe(401);
    expect(emulator.throttle.usage()).toMatchObject([
      { credential: "full", refused: 1 },
      { credential: "sync-only", refused: 0 },
    ]);
  });

  test.each([
    { refuseBy: "close", error: "ECONNRESET" },
    { refuseBy: "timeout", error: "timeout" },
  ] as const)("a refused one sees $error where upstream refuses by $refuseBy", async ({ error, refuseBy }) => {
    await start({ limitUnits: 1, unitsPerRequest: 2, refuseBy });
    await often(1);
    expect(await look(emulator, "_apis/projects", { limitMs: 200 })).toMatchObject({ status: 0, error });
    expect(emulator.throttle.usage()).toMatchObject([{ refused: 1 }]);
  });

  test("limits can be set and lifted while it runs", async () => {
    await start({ limitUnits: 1, unitsPerRequest: 2 });
    await often(1);
    emulator.throttle.set(undefined);
    expect((await look(emulator, "_apis/projects")).status).toBe(200);
    expect(emulator.throttle.usage()).toEqual([]);
    emulator.throttle.set({ limitUnits: 1, unitsPerRequest: 3 });
    await often(1);
    expect((await look(emulator, "_apis/projects")).status).toBe(429);
  });

  test.skipIf(!haveDocuments)("answers are as documented while they are delayed and while faults wait", async () => {
    await start({ limitUnits: 3, unitsPerRequest: 0.04, maxDelayMs: 5 }, 2);
    emulator.faults.add({ kind: "latency", ms: 1 });
    emulator.faults.add({ kind: "retry-after" });
    emulator.faults.add({ kind: "short-page" });
    emulator.faults.add({ kind: "server-error", from: 1_000 });
    const broken: string[] = [];
    for (const exchange of exchanges(emulator)) {
      const response = await send(emulator, exchange);
      const { check } = operationOf(exchange.area, exchange.method, exchange.path);
      const problems = response.ok ? check(await response.json()) : response.status;
      if (problems) broken.push(`${exchange.path}: ${problems}`);
    }
    expect(broken).toEqual([]);
    expect(emulator.throttle.usage()[0]?.delayed).toBeGreaterThan(0);
  });
});
