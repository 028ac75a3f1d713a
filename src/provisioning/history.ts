import type { Log } from "../telemetry/log.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createGrantMemory, type GrantMemory } from "./grant-memory.ts";
import type { ChangeOptions } from "./options.ts";
import { createRecordLog, openRecordFile, type RecordKeeper } from "./record-file.ts";
import { type ChangeRecord, recordOf } from "./records.ts";

/** What outlives a change: the records, what was taken away lately, and what grants took the place of. */
export interface ChangeHistory {
  readonly keeper: RecordKeeper;
  readonly breaker: Breaker;
  readonly memory: GrantMemory;
}

type Limits = Pick<ChangeOptions, "maxRevokesPerHour" | "maxGroupShrinkPercent">;

/** A history without a file: records go to the log, and what came before is not known. */
export function createHistory(limits: Limits, log: Log): ChangeHistory {
  return { keeper: createRecordLog(log), breaker: createBreaker(limits), memory: createGrantMemory() };
}

/** The history that a file keeps; fails when it was tampered with, and while another process keeps it. */
export async function openHistory(path: string, limits: Limits, log: Log): Promise<ChangeHistory> {
  const breaker = createBreaker(limits);
  const memory = createGrantMemory();
  const begun = new Map<number, ChangeRecord>();
  const keeper = await openRecordFile(path, log, (line) => {
    const record = recordOf(line);
    if (!record) return;
    const { action, outcome, taken, closes } = record;
    memory.note(record);
    if (action === "acknowledge" && outcome === "performed") breaker.acknowledge();
    if (taken) breaker.count(Date.parse(String(line.at)), taken);
    if (outcome === "begun") begun.set(Number(line.sequence), record);
    if (closes !== undefined) begun.delete(closes);
  });
  for (const [sequence, record] of begun) await tellUnfinished(keeper, sequence, record, log);
  return { keeper, breaker, memory };
}

/** The process ended between the record of what was begun and the record of what came of it. */
async function tellUnfinished(keeper: RecordKeeper, closes: number, record: ChangeRecord, log: Log): Promise<void> {
  const { taken, ...begun } = record;
  const reason = "the connector ended before it was known what came of it: read the access";
  log.warn({ change: { ...begun, sequence: closes } }, `a change was begun and not brought to its end; ${reason}`);
  await keeper.keep({ ...begun, outcome: "unclear", closes, reason });
}
