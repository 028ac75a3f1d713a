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

export interface ChainOptions {
  /** How many pages are read before they are asked for. */
  readonly ahead: number;
  readonly ttlMs?: number;
}

export function createChain<T>(
  load: (cursor: string, call: Call) => Promise<Page<T>>,
  { ahead, ...life }: ChainOptions,
): Chain<T> {
  const pages = new Map<string, Shared<Page<T>>>();
  /** Cursors that this listing itself handed out; others come with a page token from elsewhere. */
  const ours = new Set([""]);
  /** The page that leads to each cursor: a second one means that the listing goes in a circle. */
  const leadsTo = new Map<string, string>();

  /** Calls without a sync id can go on for ever, each reading under cursors of its own. */
  function forgetExpired(): void {
    for (const [cursor, page] of pages) {
      if (page.started) continue;
      pages.delete(cursor);
      ours.delete(cursor);
      leadsTo.delete(cursor);
    }
    ours.add("");
  }

  function sharedPage(cursor: string): Shared<Page<T>> {
    const known = pages.get(cursor);
    if (known) return known;
    if (life.ttlMs !== undefined) forgetExpired();
    const page = createShared(async (call) => {
      const loaded = await load(cursor, call);
      if (loaded.next !== undefined) {
        if ((leadsTo.get(loaded.next) ?? cursor) !== cursor) throw endlessListing();
        leadsTo.set(loaded.next, cursor);
        ours.add(loaded.next);
      }
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
      const seen = new Set<string>();
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        seen.add(cursor);
        const current: ChainPage<T> = await page(cursor, call);
        yield current;
        if (current.next !== undefined && seen.has(current.next)) throw endlessListing();
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

function endlessListing(): ConnectorError {
  return new ConnectorError("unexpected-answer", "the listing leads back to one of its own pages");
}
