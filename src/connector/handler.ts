import type { Call } from "../call.ts";
import type { Writer } from "./changes.ts";
import type { EntitlementDefinition, Grant, Resource, ResourceRef, ResourceTypeDescription } from "./model.ts";
import type { AccountHandling, Creator, Remover } from "./resource-changes.ts";

/**
 * How one resource type follows from the system that is read. `R` is what a sync shares: its readings. A handler is a
 * value; whatever the platform can ask (a whole type, one resource, a stream) is served from these few functions.
 */
export interface ResourceHandler<R> {
  readonly type: ResourceTypeDescription;
  /** What every resource of the type has, ascending by slug. */
  readonly entitlements: readonly EntitlementDefinition[];
  /** What single resources have of their own; present, it is the whole answer for each of them. */
  readonly ownEntitlements?: EntitlementSource<R>;
  /** All resources of the type, in pages as they arrive. */
  list(readings: R): PageSource;
  /** One resource, exactly as the listing tells it; undefined when it does not exist (any more). */
  get(readings: R, id: string, call: Call): Promise<Resource | undefined>;
  /** The form in which a resource is reported, when it can be named in another one too. */
  canonical?(readings: R, ref: ResourceRef, call: Call): Promise<ResourceRef>;
  readonly grants?: GrantSource<R>;
  /** How an entitlement of the type is changed, by its slug; undefined for what cannot be. */
  writer?(slug: string): Writer<R> | undefined;
  /** How accounts of the type are added; absent where resources of the type are none. */
  readonly accounts?: AccountHandling<R>;
  readonly creator?: Creator<R>;
  readonly remover?: Remover<R>;
}

/** Resources of a type, as they arrive or all in order. */
export interface PageSource {
  /** A page as upstream gives it, addressed by upstream cursor; "" is the first. Absent where all come at once. */
  page?(cursor: string, call: Call): Promise<SourcePage>;
  /** All of them, ascending by id: whoever wants parts of a page needs an order that does not change. */
  sorted(call: Call): Promise<SourceRows>;
}

export interface SourceRows {
  /** In ascending order, each id once. */
  readonly ids: readonly string[];
  resource(index: number): Resource;
}

export interface SourcePage extends SourceRows {
  readonly next: string | undefined;
  /** The cursor leads nowhere any more: the listing has to be read again from its start, and rows may come twice. */
  readonly restarted?: boolean;
}

export interface GrantSource<R> {
  /** Ids of all resources of the type that can have grants, ascending. */
  resourceIds(readings: R, call: Call): Promise<readonly string[]>;
  /** Whether there is such a resource. */
  has(readings: R, id: string, call: Call): Promise<boolean>;
  /**
   * The grants on one resource, ordered by slug, principal type and principal id; undefined when the resource is
   * really gone. `whole` says that the caller goes through the whole type.
   */
  of(readings: R, id: string, whole: boolean, call: Call): Promise<readonly Grant[] | undefined>;
}

export interface EntitlementSource<R> {
  /** The entitlements of one resource, ascending by slug; undefined when the resource is really gone. */
  of(readings: R, id: string, whole: boolean, call: Call): Promise<readonly EntitlementDefinition[] | undefined>;
}

/** Whether anything can be granted on resources of the type. */
export function hasGrants({ entitlements, ownEntitlements, grants }: ResourceHandler<never>): boolean {
  return grants !== undefined && (entitlements.length > 0 || ownEntitlements !== undefined);
}

/** Gives a literal its types. */
export function defineResource<R>(handler: ResourceHandler<R>): ResourceHandler<R> {
  return handler;
}

/** A source whose resources are all known at once. `rows` must be sorted by id. */
export function allAtOnce(load: (call: Call) => Promise<readonly Resource[]>): PageSource {
  return {
    async sorted(call) {
      const rows = await load(call);
      return { ids: rows.map((row) => row.id), resource: (index) => itemAt(rows, index) };
    },
  };
}

/** The item at an index that is known to be in range. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item at ${index} of ${items.length}`);
  return item;
}
