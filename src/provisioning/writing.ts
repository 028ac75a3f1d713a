import { type Call, sleep } from "../call.ts";
import type { Change, ChangeResult, ChangeState, WriteReceipt } from "../connector/changes.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import { messageOf, type Performed, type PerformOptions } from "./performed.ts";

/** So often a write is sent whose answer was lost and whose effect does not show. */
const maxTries = 3;

/** Writes, until it is known what came of it. */
export async function make(
  change: Change,
  before: ChangeState,
  options: PerformOptions,
  call: Call,
): Promise<Performed> {
  let state = before;
  /** Of the last write that may have been made though its answer was lost. */
  let lost: unknown;
  for (let tries = 1; ; tries += 1) {
    const written = await write(change, state, call);
    if ("receipt" in written) {
      const seen = await readBack(change, options.readBackMs, call);
      return finish(change, before, written.receipt, seen, options, call);
    }
    const { error } = written;
    if (isUnclear(error)) lost = error;
    const saysSo = change.saysSo?.(error) ?? false;
    // What was refused for another reason has no effect that could show later.
    const seen = await readBack(change, isUnclear(error) || saysSo ? options.readBackMs : 0, call);
    if (seen.state?.done || saysSo) return concluded(change, before, { error, lost, saysSo }, seen, options, call);
    if (!isUnclear(error) && !isConnectorError(error, "rate-limited", "contended")) {
      // The one before it, whose answer was lost, may have been made.
      if (lost !== undefined) return { outcome: "unclear", shows: "late", error: lateRefusal(change, lost, error) };
      return { outcome: "refused", after: seen.state?.held, error };
    }
    if (!seen.state) return { outcome: "unclear", shows: "late", error: unclear(change, error) };
    if (tries >= maxTries) {
      // Reads can be behind for longer than is waited: what may have been made may show yet.
      if (lost !== undefined) return { outcome: "unclear", shows: "late", error: notSeen(change, lost) };
      return { outcome: "not_performed", after: seen.state.held, error: notDone(change, error) };
    }
    state = seen.state;
    if (isConnectorError(error, "contended")) await sleep(tries * 200, call.signal).catch(() => undefined);
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
export async function readBack(change: Change, readBackMs: number, call: Call): Promise<Seen> {
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
  options: PerformOptions,
  call: Call,
): Promise<Performed> {
  const reason = await reviewed(change, call);
  if (reason !== undefined) return takeBack(change, before, reason, options, call);
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
    ...change.past?.(before),
    ...details,
    notes: [...(details.notes ?? []), ...lag],
    verifiedAt: state?.done ? new Date() : undefined,
    activityId,
  };
  return { outcome: "performed", shows: state?.done ? undefined : "late", after: state?.held, result };
}

/** Why a write is over though it was not answered with success. */
interface Ending {
  readonly error: unknown;
  readonly lost: unknown;
  /** Upstream's own words are that it is so already. */
  readonly saysSo: boolean;
}

/** A write failed, and what was asked for is there: an answer was lost, or somebody else was faster. */
async function concluded(
  change: Change,
  before: ChangeState,
  { error, lost, saysSo }: Ending,
  seen: Seen,
  options: PerformOptions,
  call: Call,
): Promise<Performed> {
  const isSeen = seen.state?.done ?? false;
  if (lost === undefined) {
    const late = `Azure DevOps says that it is so already (${messageOf(error)}), and does not show it yet`;
    const result: ChangeResult = { outcome: "already", ...(saysSo && !isSeen ? { notes: [late] } : {}) };
    return { outcome: "already", shows: isSeen ? undefined : "late", after: seen.state?.held, result };
  }
  const done = await finish(change, before, {}, seen, options, call);
  if (!done.result) return done;
  const known = isSeen ? "the state was read, and is as asked" : "Azure DevOps says since that it is so";
  const note = `the answer to the write was lost (${messageOf(lost)}); ${known}`;
  return { ...done, result: { ...done.result, notes: [...(done.result.notes ?? []), note] } };
}

/** What cannot be reviewed is taken back. */
async function reviewed(change: Change, call: Call): Promise<string | undefined> {
  try {
    return await change.review?.(call);
  } catch (error) {
    return `whether it may stay cannot be read (${messageOf(error)})`;
  }
}

async function takeBack(
  change: Change,
  before: ChangeState,
  reason: string,
  { readBackMs }: PerformOptions,
  call: Call,
): Promise<Performed> {
  const told = `${reason.startsWith(change.summary) ? reason : `${change.summary}: ${reason}`}; `;
  try {
    const lost = (await undo(change, before, call)) ?? [];
    const without = lost.length > 0 ? `, without what does not come back: ${lost.join("; ")}` : "";
    const { state } = await readBack(undone(change), readBackMs, call);
    const late = state?.done ? "" : ", which Azure DevOps does not show yet";
    const error = new ConnectorError("refused", `${told}it was put back${without}${late}`);
    return { outcome: "refused", shows: state?.done ? undefined : "undone-late", after: state?.held, error };
  } catch (cause) {
    // Asking again would not do it: somebody has to.
    const error = new ConnectorError("refused", `${told}putting it back failed (${messageOf(cause)}): do it by hand`, {
      cause,
    });
    return { outcome: "unclear", error };
  }
}

/** Right to repeat, as a write is. */
async function undo(change: Change, before: ChangeState, call: Call): Promise<readonly string[] | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change.undo?.(before, call);
    } catch (error) {
      if (tries >= maxTries || !(isUnclear(error) || isConnectorError(error, "contended"))) throw error;
      await sleep(tries * 200, call.signal);
    }
  }
}

/** The same, read for whether it is not there, or not any more. */
export function undone(change: Change): Change {
  return {
    ...change,
    async read(call) {
      const state = await change.read(call);
      return { ...state, done: !state.done };
    },
  };
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

function notSeen({ summary }: Change, cause: unknown): ConnectorError {
  const told = `${summary}: it is not known whether it was made: no answer to ${maxTries} tries came (${messageOf(cause)}), and it does not show yet; read the access before asking again`;
  return new ConnectorError("unavailable", told, { cause });
}

function lateRefusal({ summary }: Change, cause: unknown, refusal: unknown): ConnectorError {
  const told = `${summary}: it is not known whether it was made: no answer to the first try came (${messageOf(cause)}), the next one was refused (${messageOf(refusal)}), and it does not show; read the access before asking again`;
  return new ConnectorError("unavailable", told, { cause });
}

function notDone({ summary }: Change, cause: unknown): ConnectorError {
  const told = `${summary}: it was not made, as the state says that was read after ${maxTries} tries (${messageOf(cause)}); try again later`;
  return new ConnectorError("unavailable", told, { cause });
}
