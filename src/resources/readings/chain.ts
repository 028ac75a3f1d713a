import { createHash } from "node:crypto";
import type { Page } from "../../azure-devops/graph.ts";
import type { Call } from "../../call.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import { createShared, type Shared } from "../../shared-load.ts";

/** The pages of one upstream listing, each read once and kept, addressed by the cursor that leads to it. */
export interface Chain<T> {
  /** A page, with the next ones read ahead. `restarted` when a foreign cursor led nowhere and this is the first page. */
  page(cursor: string, call: Call): Promise<ChainPage<T>>;
  /** All pages from the first on. */
  pages(call: Call): AsyncGenerator<ChainPage<T>>;
}

export interface ChainPage<T> extends Page<T> {
  readonly restarted?: boolean;
}

export interface ChainOptions<T> {
  /** What the listing is called in messages, e.g. `GET graph/users`. */
  readonly route: string;
  /** What tells a row from another. */
  readonly keyOf: (item: T) => string;
  /** How many pages are read before they are asked for. */
  readonly ahead?: number;
  readonly ttlMs?: number;
}

export function createChain<T>(
  load: (cursor: string, call: Call) => Promise<Page<T>>,
  { route, keyOf, ahead = 0, ...life }: ChainOptions<T>,
): Chain<T> {
  const pages = new Map<string, Shared<Page<T>>>();
  /** Cursors that this listing itself handed out; others come with a page token from elsewhere. */
  const ours = new Set([""]);
  const circle = createCircleCheck(keyOf);

  /** Calls without a sync id can go on for ever, each reading under cursors of its own. */
  function forgetExpired(): void {
    for (const [cursor, page] of pages) {
      if (page.started) continue;
      pages.delete(cursor);
      ours.delete(cursor);
      circle.forget(cursor);
    }
    ours.add("");
  }

  function sharedPage(cursor: string): Shared<Page<T>> {
    const known = pages.get(cursor);
    if (known) return known;
    if (life.ttlMs !== undefined) forgetExpired();
    const page = createShared(async (call) => {
      let loaded = await load(cursor, call);
      let repeats = circle.repeats(cursor, loaded);
      if (repeats !== undefined) {
        // Once can be a proxy's slip; a listing that stays so would be told with rows missing, or for ever.
        loaded = await load(cursor, call);
        repeats = circle.repeats(cursor, loaded);
      }
      repeats ??= circle.neverEnds(cursor, loaded);
      if (repeats !== undefined) throw repeatedListing(route, repeats);
      circle.add(cursor, loaded);
      if (loaded.next !== undefined) ours.add(loaded.next);
      return loaded;
    }, life);
    pages.set(cursor, page);
    return page;
  }

  /** Follows the pages that are there and starts the first one that is not, at most `ahead` pages from `next`. */
  function readAhead(next: string | undefined, call: Call): void {
    let cursor = next;
    for (let i = 0; i < ahead && cursor !== undefined; i += 1) {
      const page = sharedPage(cursor);
      if (page.value === undefined) {
        page.prefetch(call);
        return;
      }
      cursor = page.value.next;
    }
  }

  async function page(cursor: string, call: Call): Promise<ChainPage<T>> {
    try {
      const loaded = await sharedPage(cursor).get(call);
      readAhead(loaded.next, call);
      return loaded;
    } catch (error) {
      if (ours.has(cursor) || !isConnectorError(error, ...staleCursorKinds)) throw error;
      pages.delete(cursor);
      return { ...(await page("", call)), restarted: true };
    }
  }

  return {
    page,
    async *pages(call) {
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const current: ChainPage<T> = await page(cursor, call);
        yield current;
        cursor = current.next;
      }
    },
  };
}

/**
 * How a cursor that upstream no longer knows can look: the entitlement listing answers 500 to one (facts 3.4), others
 * refuse it with 400, which is a bug anywhere else.
 */
const staleCursorKinds = ["bug", "not-found", "wrong-route", "unavailable", "unexpected-answer"] as const;

/** Finds out that a listing leads back to where it was, by its cursors and by its rows. */
function createCircleCheck<T>(keyOf: (item: T) => string) {
  const leadsTo = new Map<string, string>();
  const pageOf = new Map<string, string>();
  /** How many empty pages in a row lead to a cursor. */
  const emptyBefore = new Map<string, number>();
  const signatureOf = ({ items }: Page<T>) =>
    items.length === 0 ? undefined : createHash("sha256").update(items.map(keyOf).sort().join("\n")).digest("base64");
  const isTaken = (map: Map<string, string>, key: string | undefined, cursor: string) =>
    key !== undefined && (map.get(key) ?? cursor) !== cursor;
  return {
    repeats(cursor: string, page: Page<T>): string | undefined {
      const { next } = page;
      if (next === "" || next === cursor || isTaken(leadsTo, next, cursor)) return "leads back to one of its own pages";
      return isTaken(pageOf, signatureOf(page), cursor) ? "gives the same page twice" : undefined;
    },
    neverEnds(cursor: string, { items, next }: Page<T>): string | undefined {
      const inRow = (emptyBefore.get(cursor) ?? 0) + 1;
      return items.length === 0 && next !== undefined && inRow > maxEmptyPages ? "goes on with empty pages" : undefined;
    },
    add(cursor: string, page: Page<T>): void {
      if (page.next !== undefined) leadsTo.set(page.next, cursor);
      const isEmpty = page.items.length === 0 && page.next !== undefined;
      if (isEmpty) emptyBefore.set(page.next, (emptyBefore.get(cursor) ?? 0) + 1);
      const signature = signatureOf(page);
      if (signature !== undefined) pageOf.set(signature, cursor);
    },
    forget(cursor: string): void {
      emptyBefore.delete(cursor);
      for (const map of [leadsTo, pageOf]) for (const [key, from] of map) if (from === cursor) map.delete(key);
    },
  };
}

/** Pages can be empty before the end (facts 3.1); nobody has seen so many in a row. */
const maxEmptyPages = 100;

function repeatedListing(route: string, repeats: string): ConnectorError {
  return new ConnectorError(
    "unexpected-answer",
    `${route}: the listing ${repeats}; check the proxies on the way to Azure DevOps, and start the sync again`,
  );
}
