import type { Call } from "../call.ts";
import type { Change, ChangeResult, ChangeState } from "../connector/changes.ts";
import { abortError, isConnectorError } from "../errors.ts";
import type { Performed, PerformOptions } from "./performed.ts";
import { make } from "./writing.ts";

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
  if (before.done) return nothingToDo(change, before, call);
  try {
    await change.check(before, call);
    foretold = await change.foretell?.(before, call);
    options.admit(before);
    if (options.dryRun) {
      const result: ChangeResult = { outcome: "not-performed", dryRun: true, ...(foretold ? { notes: foretold } : {}) };
      return { outcome: "not_performed", before: before.held, result };
    }
    if (call.signal.aborted) throw abortError(call.signal);
    await options.begin(before, foretold);
  } catch (error) {
    return { before: before.held, ...notMade(error) };
  }
  // From here on the caller may go: what is begun is brought to its end, and recorded.
  const made = await make(change, before, options, ownCall(call, options.settleMs, options.closing));
  return { before: before.held, ...(foretold ? { foretold } : {}), ...made };
}

async function nothingToDo(change: Change, before: ChangeState, call: Call): Promise<Performed> {
  const { held } = before;
  try {
    const details = await change.already?.(before, call);
    return { outcome: "already", before: held, after: held, result: { outcome: "already", ...details } };
  } catch (error) {
    return { before: held, lapsed: true, ...notMade(error) };
  }
}

/** Nothing was sent: a rule stood against it, or upstream could not be read. */
function notMade(error: unknown): Performed {
  const isRule = isConnectorError(error, "refused", "forbidden", "not-found", "invalid-request", "conflict");
  return { outcome: isRule ? "refused" : "not_performed", error };
}

/** The same call without its caller's patience. */
export function ownCall({ log, upstream }: Call, limitMs: number, closing?: AbortSignal): Call {
  const signal = AbortSignal.any([AbortSignal.timeout(limitMs), ...(closing ? [closing] : [])]);
  return { signal, deadlineMs: Date.now() + limitMs, lane: "write", log, upstream };
}
