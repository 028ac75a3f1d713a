import { afterEach, describe, expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../test/support/calls.ts";
import type { Call } from "./call.ts";
import { createShared } from "./shared-load.ts";

/** A load whose runs are settled by the test. */
function manualLoad() {
  const runs: {
    readonly call: Call;
    readonly resolve: (value: string) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const load = (call: Call) =>
    new Promise<string>((resolve, reject) => {
      runs.push({ call, resolve, reject });
      call.signal.addEventListener("abort", () => reject(call.signal.reason));
    });
  return { runs, load };
}

const settle = () => new Promise(setImmediate);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a shared load", () => {
  test("is made once for all who ask meanwhile, and its value is kept", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    expect([shared.started, shared.value]).toEqual([false, undefined]);
    const asked = [shared.get(testCall()), shared.get(testCall()), shared.get(testCall())];
    expect([runs.length, shared.started, shared.value]).toEqual([1, true, undefined]);
    runs[0]?.resolve("once");
    expect(await Promise.all(asked)).toEqual(["once", "once", "once"]);
    expect(await shared.get(testCall())).toBe("once");
    expect([runs.length, shared.started, shared.value]).toEqual([1, true, "once"]);
  });

  test("keeps values that look like nothing", async () => {
    let loads = 0;
    const shared = createShared(async () => {
      loads += 1;
      return undefined;
    });
    await shared.get(testCall());
    await shared.get(testCall());
    expect(loads).toBe(1);
  });

  test("is not taken from the others by one caller's cancellation", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const controller = new AbortController();
    const leaving = failureFrom(shared.get(testCall({ signal: controller.signal })));
    const staying = shared.get(testCall());
    controller.abort();
    expect((await leaving).kind).toBe("canceled");
    expect(runs[0]?.call.signal.aborted).toBe(false);
    runs[0]?.resolve("kept");
    expect(await staying).toBe("kept");
  });

  test("does not end at the deadline of the caller who began it", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const call = testCall({ deadlineMs: 1, lane: "write" });
    const asked = shared.get(call);
    expect(runs[0]?.call.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    expect(runs[0]?.call.upstream).toBe(call.upstream);
    runs[0]?.resolve("");
    await asked;
  });

  test("is given up when the last caller has gone, and begun anew by the next", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const controllers = [new AbortController(), new AbortController()];
    const leaving = controllers.map(({ signal }) => failureFrom(shared.get(testCall({ signal }))));
    controllers[0]?.abort();
    await leaving[0];
    expect(runs[0]?.call.signal.aborted).toBe(false);
    controllers[1]?.abort();
    await leaving[1];
    expect(runs[0]?.call.signal.aborted).toBe(true);
    expect(shared.started).toBe(false);
    const next = shared.get(testCall());
    expect(runs).toHaveLength(2);
    await settle();
    expect(shared.started).toBe(true);
    runs[1]?.resolve("anew");
    expect(await next).toBe("anew");
  });

  test("that failed fails all who waited, and is made again for the next", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const asked = [shared.get(testCall()), shared.get(testCall())];
    runs[0]?.reject(new Error("no"));
    for (const each of asked) await expect(each).rejects.toThrow("no");
    expect(shared.started).toBe(false);
    const again = shared.get(testCall());
    runs[1]?.resolve("yes");
    expect(await again).toBe("yes");
  });

  test("refuses a caller who has already gone, and is given up with it", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    expect((await failureFrom(shared.get(testCall({ signal: AbortSignal.abort() })))).kind).toBe("canceled");
    expect(runs.every(({ call }) => call.signal.aborted)).toBe(true);
    expect(shared.started).toBe(false);
  });
});

describe("a value with a time to live", () => {
  test("is good for so long from its completion", async () => {
    let nowMs = 1000;
    vi.spyOn(Date, "now").mockImplementation(() => nowMs);
    const { runs, load } = manualLoad();
    const shared = createShared(load, { ttlMs: 100 });
    const asked = shared.get(testCall());
    nowMs = 5000;
    runs[0]?.resolve("first");
    await asked;
    nowMs = 5099;
    expect(shared.value).toBe("first");
    nowMs = 5100;
    expect([shared.value, shared.started]).toEqual([undefined, false]);
    const again = shared.get(testCall());
    runs[1]?.resolve("second");
    expect(await again).toBe("second");
  });
});

describe("a prefetch", () => {
  test("is what the next caller gets, and is begun once", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    shared.prefetch(testCall());
    shared.prefetch(testCall());
    const asked = shared.get(testCall());
    runs[0]?.resolve("ahead");
    expect(await asked).toBe("ahead");
    shared.prefetch(testCall());
    expect(runs).toHaveLength(1);
  });

  test("that fails is nobody's unhandled rejection, and the next caller loads anew", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const { runs, load } = manualLoad();
      const shared = createShared(load);
      shared.prefetch(testCall());
      runs[0]?.reject(new Error("ahead of its time"));
      await settle();
      await settle();
      expect(unhandled).toEqual([]);
      const asked = shared.get(testCall());
      runs[1]?.resolve("now");
      expect(await asked).toBe("now");
    } finally {
      process.off("unhandledRejection", note);
    }
  });

  test("goes on when a caller who joined it leaves", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    shared.prefetch(testCall());
    const controller = new AbortController();
    const leaving = failureFrom(shared.get(testCall({ signal: controller.signal })));
    controller.abort();
    await leaving;
    expect(runs[0]?.call.signal.aborted).toBe(false);
    runs[0]?.resolve("still there");
    await settle();
    expect(shared.value).toBe("still there");
  });
});

describe("a shared load that the upstream budget holds", () => {
  const inAnHour = () => Date.now() + 3_600_000;

  test("fails the caller who may not wait so long at once, and goes on for its return", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const untilMs = Date.now() + 5000;
    const hurried = failureFrom(shared.get(testCall({ deadlineMs: untilMs - 1000 })));
    runs[0]?.call.held?.(untilMs, "GET things");
    expect(await hurried).toMatchObject({ kind: "rate-limited", retryAtMs: untilMs });
    await settle();
    expect(runs[0]?.call.signal.aborted).toBe(false);
    const returned = shared.get(testCall({ deadlineMs: inAnHour() }));
    runs[0]?.resolve("there");
    expect([await returned, runs.length]).toEqual(["there", 1]);
  });

  test("keeps those who can wait, but nobody for more than a minute", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const patient = shared.get(testCall({ deadlineMs: Date.now() + 30_000 }));
    const endless = failureFrom(shared.get(testCall()));
    runs[0]?.call.held?.(Date.now() + 20_000, "GET things");
    await settle();
    runs[0]?.call.held?.(inAnHour(), "GET things");
    expect((await endless).kind).toBe("rate-limited");
    expect((await failureFrom(patient)).kind).toBe("rate-limited");
  });

  test("tells who comes later too, as long as it is held", async () => {
    const { runs, load } = manualLoad();
    const shared = createShared(load);
    const first = failureFrom(shared.get(testCall()));
    const untilMs = inAnHour();
    runs[0]?.call.held?.(untilMs, "GET things");
    await first;
    expect(await failureFrom(shared.get(testCall()))).toMatchObject({ kind: "rate-limited", retryAtMs: untilMs });
    runs[0]?.call.held?.(Date.now() - 1, "GET things");
    const later = shared.get(testCall());
    runs[0]?.resolve("there");
    expect(await later).toBe("there");
  });

  test("tells the load that waits for it, whose callers decide for themselves", async () => {
    const { runs, load } = manualLoad();
    const inner = createShared(load);
    const outer = createShared((call) => inner.get(call));
    const hurried = failureFrom(outer.get(testCall({ deadlineMs: Date.now() + 1000 })));
    const patient = outer.get(testCall());
    runs[0]?.call.held?.(Date.now() + 5000, "GET things");
    expect((await hurried).kind).toBe("rate-limited");
    runs[0]?.resolve("there");
    expect(await patient).toBe("there");
  });
});
