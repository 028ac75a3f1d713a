import { afterEach, describe, expect, test, vi } from "vitest";
import { failureFrom } from "../test/support/calls.ts";
import { bug, sleep, withinCall } from "./call.ts";
import { abortError, ConnectorError, isConnectorError } from "./errors.ts";

const never = new Promise<never>(() => undefined);

/** A signal that knows how many listen to it. */
function watchedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = { count: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  vi.spyOn(signal, "addEventListener").mockImplementation((...given: Parameters<typeof add>) => {
    listening.count += 1;
    add(...given);
  });
  vi.spyOn(signal, "removeEventListener").mockImplementation((...given: Parameters<typeof remove>) => {
    listening.count -= 1;
    remove(...given);
  });
  return { controller, signal, listening };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("withinCall", () => {
  test("settles as the promise does, and stops listening", async () => {
    const { signal, listening } = watchedSignal();
    expect(await withinCall(Promise.resolve(7), { signal })).toBe(7);
    await expect(withinCall(Promise.reject(new Error("no")), { signal })).rejects.toThrow("no");
    await Promise.resolve();
    expect(listening.count).toBe(0);
  });

  test("fails at once when the caller goes away, or has already gone", async () => {
    const controller = new AbortController();
    const waiting = failureFrom(withinCall(never, controller));
    controller.abort();
    expect((await waiting).kind).toBe("canceled");
    expect((await failureFrom(withinCall(never, controller))).kind).toBe("canceled");
  });

  test.each(["while it waits", "before it asks"])(
    "of a promise that fails after the caller went away %s is nobody's unhandled rejection",
    async (when) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on("unhandledRejection", note);
      const controller = new AbortController();
      const { promise, reject } = Promise.withResolvers<never>();
      if (when === "before it asks") controller.abort();
      const waiting = failureFrom(withinCall(promise, controller));
      controller.abort();
      await waiting;
      reject(new Error("late"));
      await new Promise(setImmediate);
      process.off("unhandledRejection", note);
      expect(unhandled).toEqual([]);
    },
  );
});

describe("sleep", () => {
  test("ends in time, and stops listening", async () => {
    const { signal, listening } = watchedSignal();
    const began = performance.now();
    await sleep(15, signal);
    expect(performance.now() - began).toBeGreaterThan(12);
    expect(listening.count).toBe(0);
  });

  test("fails when the call ends, and leaves no timer behind", async () => {
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const controller = new AbortController();
    const sleeping = failureFrom(sleep(60_000, controller.signal));
    controller.abort();
    expect((await sleeping).kind).toBe("canceled");
    expect(cleared).toHaveBeenCalledTimes(1);
    expect((await failureFrom(sleep(60_000, controller.signal))).kind).toBe("canceled");
  });
});

describe("the error of an ended call", () => {
  const errorOf = (reason: unknown) => abortError(AbortSignal.abort(reason));

  test.each([
    [undefined, "canceled"],
    ["a word", "canceled"],
    [new Error("gone"), "canceled"],
    [new DOMException("deadline", "TimeoutError"), "timeout"],
    [new DOMException("gone", "AbortError"), "canceled"],
  ])("with the reason %s is %s, with the reason as its cause", (reason, kind) => {
    const error = errorOf(reason);
    expect(error.kind).toBe(kind);
    if (reason) expect(error.cause).toBe(reason);
  });

  test("is the reason itself when that is one of ours", () => {
    const reason = new ConnectorError("unavailable", "the server stops");
    expect(errorOf(reason)).toBe(reason);
  });
});

test("a ConnectorError is known by its kind, and nothing else passes for one", () => {
  const error = new ConnectorError("conflict", "there already", { retryAtMs: 5 });
  expect([isConnectorError(error), isConnectorError(error, "conflict"), isConnectorError(error, "bug")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(isConnectorError({ ...error, name: "ConnectorError", message: "" })).toBe(false);
  expect(error).toMatchObject({ name: "ConnectorError", message: "there already", retryAtMs: 5 });
  expect("cause" in error).toBe(false);
  expect(bug("no row", 7)).toMatchObject({ kind: "bug", message: "no row", cause: 7 });
});
