import { expect, test } from "vitest";
import { testCall } from "../../test/support/calls.ts";
import { createLocks } from "./locks.ts";

test("works of one key follow each other in order, works of others do not wait", async () => {
  const locks = createLocks();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = locks.run(["a"], testCall(), async () => {
    await gate.promise;
    told.push("first");
  });
  const second = locks.run(["a"], testCall(), async () => void told.push("second"));
  await locks.run(["b"], testCall(), async () => void told.push("other"));
  expect(told).toEqual(["other"]);
  gate.resolve();
  await Promise.all([first, second]);
  expect(told).toEqual(["other", "first", "second"]);
});

test("a work that fails, and a caller that goes while waiting, hold up nobody", async () => {
  const locks = createLocks();
  const gate = Promise.withResolvers<void>();
  const failing = locks.run(["a"], testCall(), async () => {
    await gate.promise;
    throw new Error("no");
  });
  const controller = new AbortController();
  const leaving = locks.run(["a"], { ...testCall(), signal: controller.signal }, async () => "never");
  const last = locks.run(["a"], testCall(), async () => "done");
  controller.abort();
  await expect(leaving).rejects.toThrow(/canceled/);
  gate.resolve();
  await expect(failing).rejects.toThrow("no");
  expect(await last).toBe("done");
});

test("a work of several keys has its turn at all of them, and two that share keys in any order come to an end", async () => {
  const locks = createLocks();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = locks.run(["a", "b"], testCall(), async () => {
    await gate.promise;
    told.push("first");
  });
  const second = locks.run(["b", "a"], testCall(), async () => void told.push("second"));
  const third = locks.run(["b"], testCall(), async () => void told.push("third"));
  await locks.run(["c"], testCall(), async () => void told.push("other"));
  gate.resolve();
  await Promise.all([first, second, third]);
  expect(told).toEqual(["other", "first", "second", "third"]);
});
