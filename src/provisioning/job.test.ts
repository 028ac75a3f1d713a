import { expect, test } from "vitest";
import { testCall } from "../../test/support/calls.ts";
import type { Change } from "../connector/changes.ts";
import { silentLog } from "../telemetry/log.ts";
import { createHistory } from "./history.ts";
import { createJobs, type Job } from "./job.ts";
import { createLocks } from "./locks.ts";
import { defaultChangeOptions } from "./options.ts";

const change: Change = {
  summary: "give Reader to Ana",
  lock: "a pool",
  read: async () => ({ done: false, held: "administrator" }),
  check: async () => undefined,
  write: async () => ({}),
};

function runner(maxRevokesPerHour: number) {
  const { accounts, ...options } = { ...defaultChangeOptions, tierZeroTo: new Set<never>(), readBackMs: 0 };
  return createJobs(
    {
      ...createHistory({ maxRevokesPerHour, maxGroupShrinkPercent: 50 }, silentLog),
      createReadings: () => undefined,
      policy: { ...options, accounts },
      callerRights: { levelOf: () => "standard", guardAcknowledge() {} },
      onChanged: () => undefined,
      onOutcome: () => undefined,
      dryRun: false,
      readBackMs: 0,
      settleMs: 1_000,
    },
    createLocks(),
    new AbortController().signal,
  );
}

const origin = { caller: "a", requestId: "r" };
const grantOf = (made: Change): Job<undefined, Change> => ({
  action: "grant",
  takesAway: false,
  prepare: async () => made,
  facts: () => ({}),
});

test("a grant that lowers what is there counts as taking away, and no other does", async () => {
  const run = runner(1);
  const lowering: Change = { ...change, read: async () => ({ done: false, held: "administrator", lowers: true }) };
  for (let times = 0; times < 3; times += 1) {
    expect((await run(grantOf(change), origin, testCall())).result.outcome).toBe("performed");
  }
  expect((await run(grantOf(lowering), origin, testCall())).result.outcome).toBe("performed");
  await expect(run(grantOf(lowering), origin, testCall())).rejects.toThrow(/--max-revokes-per-hour/);
});

test("what cannot be put back is for somebody to do, and nothing to ask for again", async () => {
  const stuck: Change = {
    ...change,
    review: async () => "too few are left",
    undo: async () => {
      throw new Error("no");
    },
  };
  await expect(runner(1)(grantOf(stuck), origin, testCall())).rejects.toMatchObject({
    kind: "refused",
    message: expect.stringContaining("do it by hand"),
  });
});
