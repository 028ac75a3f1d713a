import type { Call } from "../call.ts";
import { createFill, type Page, type PageRequest, pausedAt } from "./fill.ts";
import { itemAt, type PageSource } from "./handler.ts";
import { indexAfter } from "./keyset.ts";
import type { Resource, ResourceRef } from "./model.ts";
import { neverGone } from "./never-gone.ts";
import { notYet, patienceMs, waitAtMost } from "./patience.ts";
import { resourceBytes } from "./sizes.ts";

/**
 * One page of a type's resources, of one parent only when `parent` is given. Without a page size upstream's pages are
 * passed on whole as they arrive: their cursors pin upstream's order. With one, pages are parts of a page, which only
 * an order of our own can address, since upstream promises none.
 */
export function listResources(
  source: PageSource,
  parent: ResourceRef | undefined,
  request: PageRequest,
  call: Call,
): Promise<Page<Resource>> {
  const { position, pageSize } = request;
  const begins = position.cursor === "" && position.after.length === 0;
  const inOrder = begins ? pageSize > 0 : position.cursor === orderedCursor;
  if (inOrder || !source.page) return neverGone(listInOrder(source, parent, request, call));
  return neverGone(listAsItArrives(source.page, parent, request, call));
}

/** Stands where an upstream cursor would, in positions of a listing by id. */
const orderedCursor = "in-order";

async function listInOrder(
  source: PageSource,
  parent: ResourceRef | undefined,
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<Resource>> {
  const fill = createFill(pageSize, resourceBytes);
  const rows = await waitAtMost(source.sorted(call), patienceMs, call);
  if (rows === notYet) return { items: [], next: { ...position, cursor: orderedCursor, waits: position.waits + 1 } };
  const [afterId] = position.after;
  for (let i = afterId === undefined ? 0 : indexAfter(rows.ids, afterId); i < rows.ids.length; i += 1) {
    if (fill.full) {
      const after = [itemAt(rows.ids, i - 1)];
      return { items: fill.items, next: { cursor: orderedCursor, after, end: [], waits: 0 } };
    }
    const resource = rows.resource(i);
    if (!parent || isSame(resource.parent, parent)) fill.add(resource);
  }
  return { items: fill.items, next: undefined };
}

async function listAsItArrives(
  readPage: NonNullable<PageSource["page"]>,
  parent: ResourceRef | undefined,
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<Resource>> {
  const fill = createFill(pageSize, resourceBytes);
  let { cursor } = position;
  for (;;) {
    const page = await waitAtMost(readPage(cursor, call), fill.patienceMs, call);
    if (page === notYet) return { items: fill.items, next: pausedAt(position, cursor, [], fill.items) };
    if (page.restarted) {
      cursor = "";
      continue;
    }
    const rows = page.ids
      .map((_, index) => page.resource(index))
      .filter((row) => !parent || isSame(row.parent, parent));
    if (fill.items.length > 0 && fill.overflows(rows)) {
      return { items: fill.items, next: { cursor, after: [], end: [], waits: 0 } };
    }
    for (const row of rows) fill.add(row);
    if (page.next === undefined) return { items: fill.items, next: undefined };
    cursor = page.next;
    if (fill.full) return { items: fill.items, next: { cursor, after: [], end: [], waits: 0 } };
  }
}

function isSame(a: ResourceRef | undefined, b: ResourceRef): boolean {
  return a?.type === b.type && a.id === b.id;
}
