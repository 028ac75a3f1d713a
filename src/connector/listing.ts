import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { createFill, type Fill, type Page, type PageRequest, pausedAt } from "./fill.ts";
import { type GrantSource, hasGrants, itemAt, type ResourceHandler } from "./handler.ts";
import { shorten } from "./ids.ts";
import { firstGrantAfter, grantKey, indexFrom } from "./keyset.ts";
import type { EntitlementDefinition, EntitlementRow, Grant, GrantRow, ResourceRef } from "./model.ts";
import { neverGone } from "./never-gone.ts";
import type { Position } from "./page-token.ts";
import { notYet, patienceMs, waitAtMost } from "./patience.ts";
import { entitlementBytes, grantBytes } from "./sizes.ts";

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

/** A type and what to read it from. */
interface TypeListing<R> {
  readonly handler: ResourceHandler<R>;
  readonly readings: R;
}

/** One page of the grants on all resources of a type, by resource id, slug and principal. */
export function listGrantsOfType<R>(of: TypeListing<R>, request: PageRequest, call: Call): Promise<Page<GrantRow>> {
  return neverGone(grantsOfType(of, request, call));
}

async function grantsOfType<R>(
  { handler, readings }: TypeListing<R>,
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
export function listEntitlementsOfType<R>(
  of: TypeListing<R>,
  request: PageRequest,
  call: Call,
): Promise<Page<EntitlementRow>> {
  return neverGone(entitlementsOfType(of, request, call));
}

async function entitlementsOfType<R>(
  { handler, readings }: TypeListing<R>,
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<EntitlementRow>> {
  const source = handler.grants;
  if (!source || !hasGrants(handler)) return { items: [], next: undefined };
  const ids = await waitAtMost(source.resourceIds(readings, call), patienceMs, call);
  if (ids === notYet) return { items: [], next: { ...position, waits: position.waits + 1 } };
  const fill = createFill(pageSize, entitlementBytes);
  const [afterId] = position.after;
  for (let i = afterId === undefined ? 0 : indexFrom(ids, afterId); i < ids.length; i += 1) {
    const id = itemAt(ids, i);
    // A resource that went away between two readings has no entitlements any more.
    const definitions = await waitAtMost(definitionsOf(handler, readings, id, true, call), fill.patienceMs, call);
    if (definitions === notYet) {
      const after = id === afterId ? position.after : [id];
      return { items: fill.items, next: pausedAt(position, "", after, fill.items) };
    }
    const next = addEntitlements(fill, { type: handler.type.id, id }, definitions ?? [], position);
    if (next) return { items: fill.items, next };
  }
  return { items: fill.items, next: undefined };
}

async function definitionsOf<R>(
  { entitlements, ownEntitlements, grants }: ResourceHandler<R>,
  readings: R,
  id: string,
  whole: boolean,
  call: Call,
): Promise<readonly EntitlementDefinition[] | undefined> {
  if (ownEntitlements) return ownEntitlements.of(readings, id, whole, call);
  return whole || (await grants?.has(readings, id, call)) ? entitlements : undefined;
}

/** One page of the entitlements of one resource, which must exist. */
export async function listEntitlementsOf<R>(
  { handler, readings, resource }: { handler: ResourceHandler<R>; readings: R; resource: ResourceRef },
  { position, pageSize }: PageRequest,
  call: Call,
): Promise<Page<EntitlementRow>> {
  if (!hasGrants(handler)) return { items: [], next: undefined };
  const definitions = await waitAtMost(definitionsOf(handler, readings, resource.id, false, call), patienceMs, call);
  if (definitions === notYet) return { items: [], next: { ...position, waits: position.waits + 1 } };
  if (!definitions) throw gone(resource);
  const fill = createFill(pageSize, entitlementBytes);
  const next = addEntitlements(fill, resource, definitions, position);
  return { items: fill.items, next };
}

/** A resource that went away between two readings has no grants any more; it is not an error of the whole type. */
async function grantsOf<R>(source: GrantSource<R>, readings: R, id: string, call: Call): Promise<readonly Grant[]> {
  return (await source.of(readings, id, true, call)) ?? [];
}

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

export function gone({ type, id }: ResourceRef): ConnectorError {
  return new ConnectorError("not-found", `there is no ${type} ${shorten(id)} (any more); list its type again`);
}
