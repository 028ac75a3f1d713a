import { isRecord } from "./records.ts";

/** An answer; `body` becomes JSON unless it is a string with a content type of its own. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A list whose rows are made while it is sent, and never all at once. */
export interface RowStream {
  readonly count: number;
  rows(): Iterable<unknown>;
  /** Ends in the middle of this row, as a fault. */
  readonly cutAt?: number;
  /** What stands before and behind the rows. */
  readonly frame: readonly [string, string];
  /** A file, which is sent part by part however short it is. */
  readonly isFile?: boolean;
}

/** Rows of a list that is still written as one text. */
const longestText = 1_000;

/** Known by the body itself, so that a changed copy of it is sent as what it then holds. */
const streams = new WeakMap<object, RowStream>();

const listFrame = (count: number) => [`{"count":${count},"value":[`, "]}"] as const;

/** 200 with a body. */
export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body, headers };
}

/** 200 with `{count, value}`, which is how every list but the paged entitlements is written. */
export function okList(value: readonly unknown[], headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body: { count: value.length, value }, headers };
}

/** The same for lists that have no end of a page: whoever reads `value` has all rows made, and sending does not. */
export function okRows(count: number, rows: () => Iterable<unknown>): Reply {
  const body = {
    count,
    get value(): readonly unknown[] {
      return [...rows()];
    },
  };
  streams.set(body, { count, rows, frame: listFrame(count) });
  return { status: 200, body };
}

/** A file of rows, as an array by itself behind a byte order mark, always sent part by part. */
export function fileOfRows(count: number, rows: () => Iterable<unknown>): Reply {
  const body = {};
  streams.set(body, { count, rows, frame: ["\uFEFF[", "]"], isFile: true });
  return { status: 200, body, headers: { "Content-Type": "application/octet-stream" } };
}

/** The rows of a list that is sent part by part; undefined of any other body. */
export function rowStreamOf(body: unknown): RowStream | undefined {
  if (!isRecord(body)) return undefined;
  const stream = streams.get(body);
  if (stream) return stream.isFile || stream.count > longestText ? stream : undefined;
  const { count, value, ...others } = body;
  if (!Array.isArray(value) || value.length <= longestText || Object.keys(others).length > 0) return undefined;
  return { count: value.length, rows: () => value, frame: listFrame(Number(count)) };
}

/** A body that is sent up to the middle of its rows. */
export function cutInHalf(stream: RowStream): object {
  const body = {};
  streams.set(body, { ...stream, cutAt: stream.count >> 1 });
  return body;
}
