import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { type GrantSource, itemAt, type PageSource, type ResourceHandler } from "./handler.ts";
import { shorten } from "./ids.ts";
import { firstGrantAfter, grantKey, indexAfter, indexFrom } from "./keyset.ts";
import type { EntitlementDefinition, Grant, Resource, ResourceRef } from "./model.ts";
import type { Position } from "./page-token.ts";
import { notYet, patienceMs, waitAtMost } from "./patience.ts";
import { entitlementBytes, grantBytes, resourceBytes } from "./sizes.ts";

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

export interface GrantRow extends Grant {
  readonly resource: ResourceRef;
}

export interface EntitlementRow {
  readonly resource: ResourceRef;
  readonly definition: EntitlementDefinition;
}

/** Pages without a size are filled up to about this much: the platform takes messages of up to 4 MiB. */
const maxBytes = 2 * 1024 * 1024;
/** With rows in hand a page is not held back for more of them. */
const patienceWithRowsMs = 20;

/** Fills a page up to its size or, without one, up to `maxBytes`. */
function createFill<T>(pageSize: number, bytesOf: (item: T) => number) {
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
  if (inOrder || !source.page) return listInOrder(source, parent, request, call);
  return listAsItArrives(source.page, parent, request, call);
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

/** One page of the grants on one resource, which must exist. */
export async function listGrantsOf<R>(
  { handler, readings, resource }: { handler: ResourceHandler<R>; readings: R; resource: ResourceRef },
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<GrantRow>> {
  if (!handler.grants) return { items: [], next: undefined };
  const grants = await waitAtMost(handler.grants.of(readings, resource.id, false, call), patienceMs, call);
  if (grants === notYet) return { items: [], next: { ...position, waits: position.waits + 1 } };
  if (grants === undefined) throw gone(resource);
  const fill = createFill(pageSize, grantBytes);
  const next = addGrants(fill, resource, grants, position);
  return { items: fill.items, next };
}

/** One page of the grants on all resources of a type, by resource id, slug and principal. */
export async function listGrantsOfType<R>(
  { handler, readings }: { handler: ResourceHandler<R>; readings: R },
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<GrantRow>> {
  const source = handler.grants;
  if (!source) return { items: [], next: undefined };
  const ids = await waitAtMost(source.resourceIds(readings, call), patienceMs, call);
  if (ids === notYet) return { items: [], next: { ...position, waits: position.waits + 1 } };
  const fill = createFill(pageSize, grantBytes);
  const [afterId] = position.after;
  const [endId] = position.end;
  for (let i = afterId === undefined ? 0 : indexFrom(ids, afterId); i < ids.length; i += 1) {
    const id = itemAt(ids, i);
    if (endId !== undefined && id >= endId) break;
    const at: Position = id === afterId ? position : { ...position, after: [] };
    if (fill.full) return { items: fill.items, next: { ...at, after: [id], waits: 0 } };
    const grants = await waitAtMost(grantsOf(source, readings, id, call), fill.patienceMs, call);
    // Nothing of this resource was handed out yet, so the listing goes on right at its first grant.
    if (grants === notYet) {
      const after = id === afterId ? position.after : [id];
      return { items: fill.items, next: pausedAt(position, "", after, fill.items) };
    }
    const next = addGrants(fill, { type: handler.type.id, id }, grants, at);
    if (next) return { items: fill.items, next };
  }
  return { items: fill.items, next: undefined };
}

/** One page of the entitlements of all resources of a type. */
export async function listEntitlementsOfType<R>(
  { handler, readings }: { handler: ResourceHandler<R>; readings: R },
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<EntitlementRow>> {
  const source = handler.grants;
  if (!source || handler.entitlements.length === 0) return { items: [], next: undefined };
  const ids = await waitAtMost(source.resourceIds(readings, call), patienceMs, call);
  if (ids === notYet) return { items: [], next: { ...position, waits: position.waits + 1 } };
  const fill = createFill(pageSize, entitlementBytes);
  const [afterId] = position.after;
  for (let i = afterId === undefined ? 0 : indexFrom(ids, afterId); i < ids.length; i += 1) {
    const resource = { type: handler.type.id, id: itemAt(ids, i) };
    const next = addEntitlements(fill, resource, handler.entitlements, position);
    if (next) return { items: fill.items, next };
  }
  return { items: fill.items, next: undefined };
}

/** One page of the entitlements of one resource. */
export function listEntitlementsOf(
  resource: ResourceRef,
  definitions: readonly EntitlementDefinition[],
  { position, pageSize }: PageRequest,
): Page<EntitlementRow> {
  const fill = createFill(pageSize, entitlementBytes);
  const next = addEntitlements(fill, resource, definitions, position);
  return { items: fill.items, next };
}

/** A resource that went away between two readings has no grants any more; it is not an error of the whole type. */
async function grantsOf<R>(source: GrantSource<R>, readings: R, id: string, call: Call): Promise<readonly Grant[]> {
  return (await source.of(readings, id, true, call)) ?? [];
}

type Fill<T> = ReturnType<typeof createFill<T>>;

function addGrants(
  fill: Fill<GrantRow>,
  resource: ResourceRef,
  grants: readonly Grant[],
  position: Position,
): Position | undefined {
  const [afterId, ...key] = position.after;
  const start = afterId === resource.id && key.length > 0 ? firstGrantAfter(grants, key) : 0;
  for (let i = start; i < grants.length; i += 1) {
    if (fill.full) {
      const previous = i > 0 ? grantKey(itemAt(grants, i - 1)) : [];
      return { cursor: "", after: [resource.id, ...previous], end: position.end, waits: 0 };
    }
    fill.add({ ...itemAt(grants, i), resource });
  }
  return undefined;
}

function addEntitlements(
  fill: Fill<EntitlementRow>,
  resource: ResourceRef,
  definitions: readonly EntitlementDefinition[],
  position: Position,
): Position | undefined {
  const [afterId, afterSlug] = position.after;
  for (const definition of definitions) {
    if (afterId === resource.id && afterSlug !== undefined && definition.slug <= afterSlug) continue;
    if (fill.full) {
      const last = fill.items.at(-1);
      const slug = last?.resource.id === resource.id ? [last.definition.slug] : [];
      return { cursor: "", after: [resource.id, ...slug], end: position.end, waits: 0 };
    }
    fill.add({ resource, definition });
  }
  return undefined;
}

function pausedAt(position: Position, cursor: string, after: readonly string[], items: readonly unknown[]): Position {
  return { cursor, after, end: position.end, waits: items.length > 0 ? 0 : position.waits + 1 };
}

function isSame(a: ResourceRef | undefined, b: ResourceRef): boolean {
  return a?.type === b.type && a.id === b.id;
}

export function gone({ type, id }: ResourceRef): ConnectorError {
  return new ConnectorError("not-found", `there is no ${type} ${shorten(id)} (any more)`);
}
