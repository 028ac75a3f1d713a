import type { Position } from "./page-token.ts";
import { patienceMs } from "./patience.ts";

/** What a caller asks of one page. */
export interface PageRequest {
  readonly position: Position;
  /** At most so many rows; 0 leaves it to `maxBytes`. */
  readonly pageSize: number;
}

/** Rows of one page and where the listing goes on; without `next` it is at its end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: Position | undefined;
}

/** Pages without a size are filled up to about this much: the platform takes messages of up to 4 MiB. */
const maxBytes = 2 * 1024 * 1024;
/** With rows in hand a page is not held back for more of them. */
const patienceWithRowsMs = 20;

/** Fills a page up to its size or, without one, up to `maxBytes`. */
export function createFill<T>(pageSize: number, bytesOf: (item: T) => number) {
  const items: T[] = [];
  let bytes = 0;
  return {
    items,
    add(item: T): void {
      items.push(item);
      bytes += bytesOf(item);
    },
    overflows: (more: readonly T[]) => bytes + more.reduce((sum, item) => sum + bytesOf(item), 0) > maxBytes,
    get full() {
      return items.length > 0 && (pageSize > 0 ? items.length >= pageSize || bytes >= maxBytes : bytes >= maxBytes);
    },
    get patienceMs() {
      return items.length > 0 ? patienceWithRowsMs : patienceMs;
    },
  };
}

export type Fill<T> = ReturnType<typeof createFill<T>>;

/** Where a listing goes on that had to stop for want of rows; without any the wait is counted, so that the token moves. */
export function pausedAt(
  position: Position,
  cursor: string,
  after: readonly string[],
  items: readonly unknown[],
): Position {
  return { cursor, after, end: position.end, waits: items.length > 0 ? 0 : position.waits + 1 };
}
