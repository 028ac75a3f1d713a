import { type Call, sleep } from "../call.ts";
import type { Change, ChangeResult, ChangeState, WriteReceipt } from "../connector/changes.ts";
import type { Json } from "../connector/model.ts";
import { abortError, ConnectorError, isConnectorError } from "../errors.ts";

export interface PerformOptions {
  readonly dryRun: boolean;
  /** Fails where too much is being taken away. */
  readonly admit: (state: ChangeState) => void;
  /** How long the new state is waited for. */
  readonly readBackMs: number;
  /** How long one write and what follows it may take, whether or not the caller is still there. */
  readonly settleMs: number;
}

/** What came of a change, for its record; `error` is what the caller is told. */
export interface Performed {
  readonly outcome: "performed" | "already" | "not_performed" | "refused" | "unclear";
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** What it was expected to take along. */
  readonly foretold?: readonly string[];
  readonly result?: ChangeResult;
  readonly error?: unknown;
}

/** So often a write is sent whose answer was lost and whose effect does not show. */
const maxTries = 3;

/** Makes a change: reads, checks, writes, reads back. It never fails; what went wrong is in what it gives. */
export async function perform(change: Change, options: PerformOptions, call: Call): Promise<Performed> {
  if (change.instead) {
    const result: ChangeResult = { outcome: "not-performed", notPerformed: change.instead };
    return { outcome: "not_performed", result };
  }
  let before: ChangeState;
  let foretold: readonly string[] | undefined;
  try {
    before = await change.read(call);
  } catch (error) {
    return notMade(error);
  }
  try {
    if (before.done) {
      await change.already?.(before, call);
      return { outcome: "already", before: before.held, after: before.held, result: { outcome: "already" } };
    }
    await change.check(before, call);
    foretold = await change.foretell?.(before, call);
    if (options.dryRun) {
      const result: ChangeResult = { outcome: "not-performed", dryRun: true, ...(foretold ? { notes: foretold } : {}) };
      return { outcome: "not_performed", before: before.held, result };
    }
    if (call.signal.aborted) throw abortError(call.signal);
    options.admit(before);
  } catch (error) {
    return { before: before.held, ...notMade(error) };
  }
  // From here on the caller may go: what is begun is brought to its end, and recorded.
  const made = await make(change, before, options, ownCall(call, options.settleMs));
  return { before: before.held, ...(foretold ? { foretold } : {}), ...made };
}

/** Nothing was sent: a rule stood against it, or upstream could not be read. */
function notMade(error: unknown): Performed {
  const isRule = isConnectorError(error, "refused", "forbidden", "not-found", "invalid-request", "conflict");
  return { outcome: isRule ? "refused" : "not_performed", error };
}

async function make(change: Change, before: ChangeState, options: PerformOptions, call: Call): Promise<Performed> {
  let state = before;
  for (let tries = 1; ; tries += 1) {
    const written = await write(change, state, call);
    if ("receipt" in written) {
      return finish(change, before, written.receipt, await readBack(change, options.readBackMs, call), call);
    }
    const { error } = written;
    // What was refused has no effect that could show later.
    const seen = await readBack(change, isUnclear(error) ? options.readBackMs : 0, call);
    if (seen.state?.done) return concluded(change, before, error, seen.state, call);
    if (!isUnclear(error) && !isConnectorError(error, "rate-limited")) {
      return { outcome: "refused", after: seen.state?.held, error };
    }
    if (!seen.state) return { outcome: "unclear", error: unclear(change, error) };
    if (tries >= maxTries) return { outcome: "not_performed", after: seen.state.held, error: notDone(change, error) };
    state = seen.state;
  }
}

type Written = { readonly receipt: WriteReceipt } | { readonly error: unknown };

async function write(change: Change, state: ChangeState, call: Call): Promise<Written> {
  try {
    return { receipt: await change.write(state, call) };
  } catch (error) {
    return { error };
  }
}

/** True unless the service said no: it may have done what it was asked, or do it yet. */
function isUnclear(error: unknown): boolean {
  return isConnectorError(error, "unavailable", "timeout", "malformed-answer", "unexpected-answer");
}

interface Seen {
  /** The last that could be read; absent when nothing could. */
  readonly state?: ChangeState;
  readonly error?: unknown;
}

/** Reads until the change shows, for as long as is worth it: reads can be behind writes by seconds (facts 4.6, 12.1). */
async function readBack(change: Change, readBackMs: number, call: Call): Promise<Seen> {
  const untilMs = Math.min(Date.now() + readBackMs, call.deadlineMs);
  let seen: Seen = {};
  for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
    try {
      seen = { state: await change.read(call) };
      if (seen.state?.done) return seen;
    } catch (error) {
      // What was read before the write's effect could show says nothing of it: an older reading is not kept.
      seen = { error };
    }
    if (Date.now() + delayMs > untilMs || call.signal.aborted) return seen;
    await sleep(delayMs, call.signal).catch(() => undefined);
  }
}

async function finish(
  change: Change,
  before: ChangeState,
  { activityId }: WriteReceipt,
  { state, error }: Seen,
  call: Call,
): Promise<Performed> {
  const reason = await reviewed(change, call);
  if (reason !== undefined) return takeBack(change, before, reason, call);
  const details = await detailsOf(change, before, call);
  const lag = state?.done
    ? []
    : [
        error
          ? `Azure DevOps accepted it, and could not be read afterwards: ${messageOf(error)}`
          : "Azure DevOps accepted it and does not show it yet; that can take some minutes",
      ];
  const result: ChangeResult = {
    outcome: "performed",
    ...details,
    notes: [...(details.notes ?? []), ...lag],
    verifiedAt: state?.done ? new Date() : undefined,
    activityId,
  };
  return { outcome: "performed", after: state?.held, result };
}

/** The write failed, and what was asked for is there: its answer was lost, or somebody else was faster. */
async function concluded(
  change: Change,
  before: ChangeState,
  error: unknown,
  state: ChangeState,
  call: Call,
): Promise<Performed> {
  if (!isUnclear(error)) return { outcome: "already", after: state.held, result: { outcome: "already" } };
  const done = await finish(change, before, {}, { state }, call);
  if (!done.result) return done;
  const note = `the answer to the write was lost (${messageOf(error)}); the state was read, and is as asked`;
  return { ...done, result: { ...done.result, notes: [...(done.result.notes ?? []), note] } };
}

/** What cannot be reviewed is taken back: too few could be left. */
async function reviewed(change: Change, call: Call): Promise<string | undefined> {
  try {
    return await change.review?.(call);
  } catch (error) {
    return `whether it left enough cannot be read (${messageOf(error)})`;
  }
}

async function takeBack(change: Change, before: ChangeState, reason: string, call: Call): Promise<Performed> {
  const told = `${change.summary}: ${reason}; `;
  try {
    const lost = (await change.undo?.(before, call)) ?? [];
    const without = lost.length > 0 ? `, without what does not come back: ${lost.join("; ")}` : "";
    const error = new ConnectorError("refused", `${told}it was put back${without}`);
    return { outcome: "refused", after: (await change.read(call)).held, error };
  } catch (cause) {
    const error = new ConnectorError(
      "unavailable",
      `${told}putting it back failed (${messageOf(cause)}): do it by hand`,
      {
        cause,
      },
    );
    return { outcome: "unclear", error };
  }
}

async function detailsOf(change: Change, before: ChangeState, call: Call) {
  try {
    return (await change.details?.(before, call)) ?? {};
  } catch (error) {
    return { notes: [`what else is to be told of it could not be read: ${messageOf(error)}`] };
  }
}

function unclear({ summary }: Change, cause: unknown): ConnectorError {
  const told = `${summary}: it is not known whether it was made, since neither the write nor reading the state was answered (${messageOf(cause)}); read the access before asking again`;
  return new ConnectorError("unavailable", told, { cause });
}

function notDone({ summary }: Change, cause: unknown): ConnectorError {
  const told = `${summary}: it was not made, as the state says that was read after ${maxTries} tries (${messageOf(cause)}); try again later`;
  return new ConnectorError("unavailable", told, { cause });
}

function messageOf(error: unknown): string {
  return isConnectorError(error) ? error.message : "internal error";
}

/** The same call without its caller's patience. */
export function ownCall({ log, upstream }: Call, limitMs: number): Call {
  return { signal: AbortSignal.timeout(limitMs), deadlineMs: Date.now() + limitMs, lane: "write", log, upstream };
}
