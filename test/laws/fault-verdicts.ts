import type { Failure } from "../../src/server/error-codes.ts";
import { codes, type Expected } from "./fault-outcomes.ts";
import type { Outcome } from "./fault-world.ts";

export interface Verdict {
  readonly kind: "complete" | "right code" | "poorer" | "wrong";
  readonly why?: string;
}

export interface Standard {
  readonly expected: readonly Expected[];
  /** The fault is met again by whoever asks again. */
  readonly lasts: boolean;
  readonly complete: readonly string[];
  /** What a sync tells without the reading at which the fault is; undefined where none can do without. */
  readonly poorer: readonly string[] | undefined;
}

/** A lasting fault changes a subject of each page at most. */
const mostChanges = 8;

/** Whether a disturbed sync ended as it may. */
export function judge(outcome: Outcome, standard: Standard): Verdict {
  const { expected, lasts } = standard;
  if ("rows" in outcome) return judgeRows(outcome.rows, standard);
  const why = wrongWith(
    outcome.failure,
    expected.flatMap((each) => each.codes),
  );
  if (why !== undefined) return { kind: "wrong", why };
  if (!lasts && expected.every((each) => each.mendsOnce)) {
    return { kind: "wrong", why: `not mended by asking again: ${outcome.failure.message}` };
  }
  return { kind: "right code" };
}

function judgeRows(rows: readonly string[], { expected, lasts, complete, poorer }: Standard): Verdict {
  const doubled = rows.length - new Set(rows).size;
  if (doubled > 0) return { kind: "wrong", why: `${doubled} rows twice` };
  const [missing, extra] = [without(complete, rows), without(rows, complete)];
  if (missing.length === 0 && extra.length === 0) return { kind: "complete" };
  const most = lasts ? mostChanges : 1;
  const changed = expected.some((each) => each.changesSubject) && extra.every(isOfUnknown);
  if (changed && concernChanged(missing, rows, most)) return { kind: "complete" };
  const maybePoorer = lasts && poorer !== undefined && expected.every((each) => each.refusal);
  if (maybePoorer && without(poorer, rows).length === 0 && without(rows, poorer).length === 0)
    return { kind: "poorer" };
  const sample = [...missing.slice(0, 2), "/", ...extra.slice(0, 2)].join(" ");
  return { kind: "wrong", why: `${missing.length} rows missing, ${extra.length} more than there are: ${sample}` };
}

/**
 * Whether what is missing concerns changed subjects only: their own rows, grants to them, and unknown identities that
 * nobody refers to any more.
 */
function concernChanged(missing: readonly string[], rows: readonly string[], most: number): boolean {
  const orphaned = (row: string) => row.startsWith("resource unknown-identity:") && !isNamed(idOf(row), rows);
  const left = missing.filter((row) => !orphaned(row));
  const changed = left.filter((row) => row.startsWith("resource ")).map(idOf);
  if (changed.length > 0) {
    return changed.length <= most && left.every((row) => changed.some((id) => row.includes(id)));
  }
  const [first, ...rest] = left;
  return first === undefined || idsIn(first).some((id) => rest.every((row) => row.includes(id)));
}

const isOfUnknown = (row: string) => row.includes("unknown-identity:") || row.includes(":atm.");
const idsIn = (row: string) => row.split(/[ :]/).filter((part) => part.length > 20);
const idOf = (row: string) => row.slice(row.indexOf(":") + 1);
const isNamed = (id: string, rows: readonly string[]) => rows.some((row) => row.includes(id));

function wrongWith({ code, message, details }: Failure, right: readonly number[]): string | undefined {
  if (!right.includes(code)) return `code ${code}: ${message}`;
  if (code === codes.internal) return /request id/.test(message) ? undefined : `no request id: ${message}`;
  if (!/^(GET|POST) [\w./{}]+: /.test(message)) return `names no route: ${message}`;
  if (!/(try again|check|give it|renew|sync again)/.test(message)) return `names no remedy: ${message}`;
  const throttled = /status 429|limits this identity/.test(message);
  return throttled && details.length === 0 ? `without RateLimitDescription: ${message}` : undefined;
}

function without(rows: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return rows.filter((row) => !known.has(row));
}
