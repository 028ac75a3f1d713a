import type { Call } from "../call.ts";
import type { Change, ChangeOrigin, ChangePolicy, ChangeResult } from "../connector/changes.ts";
import { isConnectorError } from "../errors.ts";
import type { Breaker } from "./breaker.ts";
import type { Locks } from "./locks.ts";
import { type Performed, type PerformOptions, perform } from "./perform.ts";
import type { RecordKeeper } from "./record-file.ts";
import type { ChangeRecord } from "./records.ts";

/** One order, whatever it is about: how its change is prepared, and what its record tells. */
export interface Job<R, C extends Change> {
  readonly action: ChangeRecord["action"];
  /** Whether it takes something away, which the breaker counts. */
  readonly takesAway: boolean;
  prepare(readings: R, policy: ChangePolicy, call: Call): Promise<C>;
  /** Without a change when it could not be prepared. */
  facts(change: C | undefined): Partial<ChangeRecord>;
}

export interface JobOptions<R> extends Omit<PerformOptions, "admit"> {
  /** Readings for one change alone: what decides is asked anew. */
  readonly createReadings: () => R;
  readonly policy: Omit<ChangePolicy, "level">;
  /** What a caller may ask for; fails for one that may only read. */
  readonly levelOf: (caller: string) => ChangePolicy["level"];
  readonly breaker: Breaker;
  readonly keeper: RecordKeeper;
  /** Something was changed: what was read before is old. */
  readonly onChanged: () => void;
  readonly onOutcome: (action: ChangeRecord["action"], outcome: ChangeRecord["outcome"]) => void;
}

/** What a job came to that did not fail. */
export interface Finished<C> {
  readonly change: C;
  readonly result: ChangeResult;
  readonly recordHash: string;
}

/** Carries out jobs: every change goes this way, and leaves a record. */
export function createJobs<R>(options: JobOptions<R>, locks: Locks) {
  const { createReadings, breaker, keeper, levelOf, onChanged, onOutcome } = options;

  async function carryOut<C extends Change>(job: Job<R, C>, policy: ChangePolicy, call: Call) {
    let change: C | undefined;
    try {
      const prepared = await job.prepare(createReadings(), policy, call);
      change = prepared;
      const admit: PerformOptions["admit"] = (state) => {
        if (job.takesAway) breaker.admit(prepared.lock, state);
      };
      const keys = [prepared.lock, ...(prepared.alsoLocks ?? [])];
      const performed = await locks.run(keys, call, () => perform(prepared, { ...options, admit }, call));
      return { change, performed };
    } catch (error) {
      const isUpstream = isConnectorError(error, "unavailable", "timeout", "rate-limited", "canceled");
      const performed: Performed = { outcome: isUpstream ? "not_performed" : "refused", error };
      return { change, performed };
    }
  }

  return async <C extends Change>(job: Job<R, C>, origin: ChangeOrigin, call: Call): Promise<Finished<C>> => {
    const level = levelOf(origin.caller);
    keeper.ready();
    const { change, performed } = await carryOut(job, { ...options.policy, level }, { ...call, lane: "write" });
    const { outcome, result } = performed;
    const recordHash = await keeper.keep({
      action: job.action,
      outcome,
      ...origin,
      ...job.facts(change),
      ...recorded(performed),
    });
    onOutcome(job.action, outcome);
    if (outcome === "performed" || outcome === "unclear") onChanged();
    if (!change || !result) throw performed.error;
    return { change, result, recordHash };
  };
}

function recorded(performed: Performed): Partial<ChangeRecord> {
  const { before, after, foretold, result } = performed;
  return {
    before,
    after,
    foretold,
    dryRun: result?.dryRun,
    activityId: result?.activityId,
    verifiedAt: result?.verifiedAt?.toISOString(),
    reason: reasonOf(performed),
  };
}

function reasonOf({ result, error, foretold }: Performed): string | undefined {
  if (error !== undefined) return isConnectorError(error) ? error.message : "internal error";
  const told = result?.notes?.filter((note) => !foretold?.includes(note)) ?? [];
  const notes = [...(result?.notPerformed ? [result.notPerformed.reason] : []), ...told];
  return notes.length > 0 ? notes.join("; ") : undefined;
}
