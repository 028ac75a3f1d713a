import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { createCallGate } from "./call-gate.ts";

describe("the gate", () => {
  test("counts each caller's calls by themselves", () => {
    const gate = createCallGate({ maxCallsPerCaller: 2 });
    const first = gate.enter("a");
    gate.enter("a");
    const { kind, message, retryAtMs = 0 } = thrownBy(() => gate.enter("a"));
    expect([kind, message]).toEqual(["rate-limited", expect.stringContaining("caller a has 2 calls running")]);
    expect(retryAtMs).toBeGreaterThan(Date.now() - 60_000);
    gate.enter("b");
    first.leave();
    first.leave(); // Counts once.
    gate.enter("a");
    expect(thrownBy(() => gate.enter("a")).kind).toBe("rate-limited");
  });

  test("once stopped lets nobody in, and tells when the last has left", async () => {
    const gate = createCallGate({ maxCallsPerCaller: 2 });
    const calls = [gate.enter("a"), gate.enter("b")];
    gate.stop();
    expect(thrownBy(() => gate.enter("c"))).toMatchObject({ kind: "unavailable" });
    expect(await gate.idle(1)).toBe(false);
    const idle = gate.idle(60_000);
    for (const { leave } of calls) leave();
    expect(await idle).toBe(true);
    expect(await gate.idle(0)).toBe(true);
  });

  test("ends what runs, with a reason that is UNAVAILABLE", () => {
    const gate = createCallGate({ maxCallsPerCaller: 2 });
    const { ended } = gate.enter("a");
    const left = gate.enter("a");
    left.leave();
    gate.end();
    expect(ended.reason).toMatchObject({ kind: "unavailable" });
    expect(left.ended.aborted).toBe(false);
  });
});
