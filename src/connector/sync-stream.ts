import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import type { Page } from "./fill.ts";
import { itemAt, type ResourceHandler } from "./handler.ts";
import { listEntitlementsOfType, listGrantsOfType } from "./listing.ts";
import type { EntitlementRow, GrantRow, Resource } from "./model.ts";
import { type Position, startPosition } from "./page-token.ts";
import { listResources } from "./resource-listing.ts";

export interface SyncBatch<R> {
  readonly types: readonly ResourceHandler<R>[];
  readonly resources: readonly Resource[];
  readonly entitlements: readonly EntitlementRow[];
  readonly grants: readonly GrantRow[];
  /** Where the sync goes on after this batch; undefined after the last one. */
  readonly next: Position | undefined;
}

export interface SyncStreamOptions<R> {
  readonly handlers: readonly ResourceHandler<R>[];
  readonly readings: R;
  readonly position: Position;
  /** Rows a batch; 0 fills batches by bytes. */
  readonly batchSize: number;
}

type Kind = "types" | "resources" | "entitlements" | "grants";

interface Stage<R> {
  readonly kind: Kind;
  readonly handler: ResourceHandler<R> | undefined;
}

const emptyBatch = { types: [], resources: [], entitlements: [], grants: [] };

/**
 * A whole sync as batches: types, then resources, entitlements and grants type by type, each from the same listings
 * that serve single calls. A position within it is the listing's own, with the stage's number before its cursor.
 */
export async function* streamSync<R>(options: SyncStreamOptions<R>, call: Call): AsyncGenerator<SyncBatch<R>> {
  const { handlers, readings, batchSize } = options;
  const stages: Stage<R>[] = [
    { kind: "types", handler: undefined },
    ...(["resources", "entitlements", "grants"] as const).flatMap((kind) =>
      handlers.map((handler) => ({ kind, handler })),
    ),
  ];
  let { stage, position } = splitPosition(options.position, stages.length);
  while (stage < stages.length) {
    const { kind, handler } = itemAt(stages, stage);
    const page = await readStage(kind, handler, handlers, readings, { position, pageSize: batchSize }, call);
    if (page.next === undefined) stage += 1;
    position = page.next ?? startPosition;
    const done = stage === stages.length;
    // A stage without rows needs no batch, unless it is the last: that one says that the sync is complete.
    if (page.items.length === 0 && page.next === undefined && !done) continue;
    yield { ...emptyBatch, [kind]: page.items, next: done ? undefined : joinPosition(stage, position) };
  }
}

async function readStage<R>(
  kind: Kind,
  handler: ResourceHandler<R> | undefined,
  handlers: readonly ResourceHandler<R>[],
  readings: R,
  request: { readonly position: Position; readonly pageSize: number },
  call: Call,
): Promise<Page<unknown>> {
  if (kind === "types" || !handler) return { items: handlers, next: undefined };
  if (kind === "resources") return listResources(handler.list(readings), undefined, request, call);
  if (kind === "entitlements") return listEntitlementsOfType({ handler, readings }, request, call);
  return listGrantsOfType({ handler, readings }, request, call);
}

function joinPosition(stage: number, position: Position): Position {
  return { ...position, cursor: `${stage}:${position.cursor}` };
}

function splitPosition(position: Position, stages: number): { stage: number; position: Position } {
  if (position.cursor === "") return { stage: 0, position };
  const colon = position.cursor.indexOf(":");
  const stage = Number(position.cursor.slice(0, colon));
  if (colon > 0 && Number.isInteger(stage) && stage >= 0 && stage < stages) {
    return { stage, position: { ...position, cursor: position.cursor.slice(colon + 1) } };
  }
  throw new ConnectorError("invalid-request", "the resume token cannot be used: start the sync again");
}
