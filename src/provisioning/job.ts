import { type Call, withinCall } from "../call.ts";
import type { Change, ChangeOrigin, ChangePolicy, ChangeResult, ChangeState } from "../connector/changes.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { CallerRights } from "./caller-rights.ts";
import type { ChangeHistory } from "./history.ts";
import type { Locks } from "./locks.ts";
import { perform } from "./perform.ts";
import type { Performed, PerformOptions } from "./performed.ts";
import { factsOf, unrecorded } from "./recorded.ts";
import type { ChainEnd, ChangeRecord } from "./records.ts";
import { createUnseen, type Ordered } from "./unseen.ts";

/** One order, whatever it is about: how its change is prepared, and what its record tells. */
export interface Job<R, C extends Change> {
  readonly action: ChangeRecord["action"];
  /** Whether it takes something away, which the breaker counts. */
  readonly takesAway: boolean;
  prepare(readings: R, policy: ChangePolicy, call: Call): Promise<C>;
  /** Asked when it is its turn: the change anew where one before it made what was prepared old. */
  renew?(): Promise<C | undefined>;
  /** Without a change when it could not be prepared. */
  facts(change: C | undefined): Partial<ChangeRecord>;
}

export interface JobOptions<R> extends Omit<PerformOptions, "admit" | "begin" | "closing">, ChangeHistory {
  /** Readings for one change alone: what decides is asked anew. */
  readonly createReadings: () => R;
  readonly policy: Omit<ChangePolicy, "level">;
  readonly callerRights: CallerRights;
  /** Something was changed: what was read before is old. */
  readonly onChanged: () => void;
  readonly onOutcome: (action: ChangeRecord["action"], outcome: Performed["outcome"]) => void;
}

/** What a job came to that did not fail. */
export interface Finished<C> {
  readonly change: C;
  readonly result: ChangeResult;
  /** "" when it could not be recorded. */
  readonly recordHash: string;
}

/** How far a job has come, for whoever has to tell of it when it is cut off. */
interface Course<C> {
  change?: C;
  /** The record of what is about to be written. */
  begun?: Promise<ChainEnd | undefined>;
  /** From here on something may be written. */
  isWriting: boolean;
}

/** Carries out jobs: every change goes this way, and leaves a record. `closing` cuts off those that run. */
export function createJobs<R>(options: JobOptions<R>, locks: Locks, closing: AbortSignal) {
  const { createReadings, breaker, keeper, memory, callerRights, onChanged, onOutcome, dryRun } = options;
  const unseen = createUnseen(options.readBackMs);

  async function carryOut<C extends Change>(
    job: Job<R, C>,
    origin: ChangeOrigin,
    course: Course<C>,
    call: Call,
  ): Promise<Performed> {
    try {
      const policy = { ...options.policy, level: callerRights.levelOf(origin.caller) };
      const prepared = await job.prepare(createReadings(), policy, call);
      course.change = prepared;
      const { lock, alsoLocks = [], restsOn = [] } = prepared;
      const keys = [lock, ...alsoLocks, ...restsOn];
      return await locks.run(keys, call, () => takeTurn(job, prepared, origin, course, call));
    } catch (error) {
      const isUpstream = isConnectorError(error, "unavailable", "timeout", "rate-limited", "canceled");
      return { outcome: isUpstream ? "not_performed" : "refused", error };
    }
  }

  async function takeTurn<C extends Change>(
    job: Job<R, C>,
    prepared: C,
    origin: ChangeOrigin,
    course: Course<C>,
    call: Call,
  ): Promise<Performed> {
    await unseen.settle(ordered(job, prepared), call);
    const change = (await job.renew?.()) ?? prepared;
    course.change = change;
    const isTaking = ({ lowers }: ChangeState) => job.takesAway || lowers === true;
    const admit: PerformOptions["admit"] = (state) => {
      if (isTaking(state)) breaker[dryRun ? "ask" : "admit"](change.lock, state);
    };
    const begin: PerformOptions["begin"] = async (before, foretold) => {
      const { members, losing = 1 } = before;
      const record: ChangeRecord = {
        action: job.action,
        outcome: "begun",
        ...origin,
        ...job.facts(change),
        before: before.held,
        foretold,
        taken: isTaking(before) ? { group: change.lock, members, losing } : undefined,
        ...change.past?.(before),
      };
      course.begun = keeper.keep(record);
      if (!(await course.begun)) keeper.ready();
      if (closing.aborted) throw stopping();
      memory.note(record);
      course.isWriting = true;
    };
    const performed = await perform(change, { ...options, closing, admit, begin }, call);
    // Whose turn is next has to know it.
    const order = ordered(job, change);
    if (performed.shows) unseen.note(order, performed.shows);
    else if (performed.result) unseen.forget(order);
    memory.note(await endOf(job, origin, course, performed));
    return performed;
  }

  function ordered<C extends Change>(job: Job<R, C>, change: C): Ordered {
    const { previous: _, ...facts } = job.facts(change);
    return { change, facts: { action: job.action, ...facts } };
  }

  async function endOf<C extends Change>(
    job: Job<R, C>,
    origin: ChangeOrigin,
    { change, begun }: Course<C>,
    performed: Performed,
  ): Promise<ChangeRecord> {
    const { outcome } = performed;
    const closes = (await begun)?.sequence;
    return { action: job.action, outcome, ...origin, ...job.facts(change), ...factsOf(performed), closes };
  }

  return async <C extends Change>(job: Job<R, C>, origin: ChangeOrigin, call: Call): Promise<Finished<C>> => {
    if (closing.aborted) throw stopping();
    keeper.ready();
    const course: Course<C> = { isWriting: false };
    const work = carryOut(job, origin, course, { ...call, lane: "write" });
    const performed = await withinCall(work, { signal: closing }).catch(() => cutOff(course));
    const { change } = course;
    const { outcome } = performed;
    const kept = await keeper.keep(await endOf(job, origin, course, performed));
    onOutcome(job.action, outcome);
    if (outcome === "performed" || outcome === "unclear") onChanged();
    const { result, error } = kept ? performed : unrecorded(performed);
    if (!change || !result) throw error;
    return { change, result, recordHash: kept?.hash ?? "" };
  };
}

/** The connector stops, and waits no longer for what upstream answers. */
function cutOff({ change, isWriting }: Course<Change>): Performed {
  if (!isWriting) return { outcome: "not_performed", error: stopping() };
  const told = `${change?.summary}: it is not known whether it was made: the connector stopped before Azure DevOps answered; read the access before asking again`;
  return { outcome: "unclear", error: new ConnectorError("unavailable", told) };
}

function stopping(): ConnectorError {
  return new ConnectorError("unavailable", "the connector stops, and begins no change any more: ask again");
}
