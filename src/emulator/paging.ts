import { mix } from "./prng.ts";
import { badArgument, Refusal } from "./problems.ts";
import type { Call } from "./router.ts";

interface Cursor {
  readonly list: string;
  readonly reading: number;
  readonly offset: number;
  /** Whether an empty page was given at this offset already. */
  readonly paused: boolean;
}

interface Page<T> {
  readonly rows: readonly T[];
  readonly token: string | undefined;
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(Object.values(cursor)), "utf8").toString("base64url");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readCursor(token: string, list: string, begun: number): Cursor | undefined {
  const parsed = parseJson(Buffer.from(token, "base64url").toString("utf8"));
  const [owner, reading, offset, paused]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  if (owner !== list || typeof reading !== "number" || typeof offset !== "number" || reading > begun) return undefined;
  return { list, reading, offset, paused: paused === true };
}

function pageLength({ beliefs, rows, settings }: Call, offset: number): number {
  const full = Math.min(rows, settings.pageSizes.graph);
  return beliefs.graphPages === "full" ? full : 1 + (mix(offset + settings.seed) % full);
}

/**
 * A page of a Graph listing. Size is the service's affair; pages may be short or empty with more to follow,
 * and only a missing token ends the listing (facts 3.1, 15.1).
 */
export function graphPage<T>(call: Call, list: string, items: readonly T[]): Page<T> {
  const token = call.query.get("continuationtoken");
  const { readings } = call;
  const cursor =
    token === undefined || token === ""
      ? { list, reading: readings.begin(), offset: 0, paused: false }
      : readCursor(token, list, readings.begun);
  if (!cursor) throw new Refusal(400, "GraphBadRequestException", "VS860021: The continuation token is not valid.");
  const pause = call.beliefs.graphPages === "empty" && !cursor.paused && mix(cursor.offset + 1) % 3 === 0;
  if (pause) return { rows: [], token: writeCursor({ ...cursor, paused: true }) };
  const rows = readings.slice(items, cursor.reading, cursor.offset, pageLength(call, cursor.offset));
  const offset = cursor.offset + rows.length;
  const more = offset < items.length;
  return { rows, token: more ? writeCursor({ ...cursor, offset, paused: false }) : undefined };
}

/** A whole number of a query parameter, or the default when it is not given. */
export function wholeNumber(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name.toLowerCase());
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw badArgument(`The value of ${name} must be a whole number, not "${text}".`);
  return value;
}

/** A page of a `$top`/`$skip` listing, which has no token (facts 3.5). */
export function skipPage<T>(call: Call, list: string, items: readonly T[], defaultTop: number): T[] {
  const top = wholeNumber(call, "$top", defaultTop);
  const skip = wholeNumber(call, "$skip", 0);
  return call.readings.slice(items, call.readings.continued(list, call.reader, skip === 0), skip, top);
}

/** Header of a page that more pages follow. */
export function continuation(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { "X-MS-ContinuationToken": token };
}

/** How a listing is ordered whose token is the key of the last row that was given. */
export interface Keyset<T> {
  readonly keyOf: (item: T) => string | number;
  readonly descending: boolean;
  /** The key that the token stands for. */
  readonly after: string | number | undefined;
}

/** A page of a listing by `$top` and a token, in the order of its keys (facts 3.6). */
export function keysetPage<T>(call: Call, items: readonly T[], { after, descending, keyOf }: Keyset<T>): Page<T> {
  const sign = descending ? -1 : 1;
  const compare = (a: string | number, b: string | number) => (a === b ? 0 : a < b ? -sign : sign);
  const ordered = items.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const rest = after === undefined ? ordered : ordered.filter((item) => compare(keyOf(item), after) > 0);
  const rows = rest.slice(0, Math.min(call.rows, wholeNumber(call, "$top", call.settings.pageSizes.pipelines)));
  const last = rows.at(-1);
  return { rows, token: last !== undefined && rows.length < rest.length ? String(keyOf(last)) : undefined };
}
