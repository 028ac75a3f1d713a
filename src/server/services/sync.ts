import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StreamSyncResponseSchema, SyncService } from "../../../gen/azuredevops/connector/v1/sync_pb.js";
import type { Call } from "../../call.ts";
import { createRowCounter, type ManifestFacts } from "../../connector/manifest.ts";
import { grantsBatch } from "../../connector/page-encoder.ts";
import { entitlementMessage } from "../../connector/rights-to-proto.ts";
import { type SyncBatch, streamSync } from "../../connector/sync-stream.ts";
import { resourceMessage, resourceTypeMessage } from "../../connector/to-proto.ts";
import { mount } from "../service.ts";
import { manifestMessage } from "./manifest.ts";
import { annotationsOf } from "./resource-types.ts";
import { type ConnectorScope, readingsOf, tokensOf } from "./scope.ts";

/** The state of the upstream budget, as a stream reports it. */
export interface BudgetReport {
  readonly concurrencyLimit: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly pausedUntilMs: number | undefined;
  readonly rateLimitRemaining: number | undefined;
  readonly rateLimitResetAtMs: number | undefined;
  readonly rateLimitResource: string | undefined;
}

export interface SyncServiceOptions<R> extends ConnectorScope<R> {
  readonly budget: () => BudgetReport;
  /** Requests to Azure DevOps so far, by route. */
  readonly requests: () => ReadonlyMap<string, number>;
  /** What the readings know of a sync that went through them. */
  readonly manifest: (readings: R, types: readonly string[], call: Call) => Promise<ManifestFacts>;
}

/** A whole sync as one stream, resumable after each batch. */
export function syncService<R>(options: SyncServiceOptions<R>) {
  const { registry, fingerprint, listing, budget } = options;
  return mount(SyncService, {
    async *streamSync({ resourceTypeIds, batchSize, resumeToken, activeSyncId: syncId }, context) {
      const types =
        resourceTypeIds.length === 0 ? registry.handlers : resourceTypeIds.map((id) => registry.handler(id));
      const type = types.map((handler) => handler.type.id).join(",");
      const tokens = tokensOf({ method: "stream", type, resource: "", parent: "", fingerprint, syncId });
      const position = tokens.decode(resumeToken);
      const counts = { resourceTypes: 0, resources: 0, entitlements: 0, grants: 0 };
      const typeIds = types.map((handler) => handler.type.id);
      const counter = createRowCounter(typeIds);
      const begun = { startedAtMs: Date.now(), resumed: resumeToken !== "", before: new Map(options.requests()) };
      const { readings, release } =
        syncId === "" ? options.sessions.private() : { readings: readingsOf(options, syncId, context), release: keep };
      try {
        for await (const batch of streamSync({ handlers: types, readings, position, batchSize }, context.call)) {
          counts.resourceTypes += batch.types.length;
          counts.resources += batch.resources.length;
          counts.entitlements += batch.entitlements.length;
          counts.grants += batch.grants.length;
          counter.add(batch);
          const manifest = isComplete(batch)
            ? manifestMessage({
                ...begun,
                counter,
                facts: await options.manifest(readings, typeIds, context.call),
                requests: { before: begun.before, after: options.requests() },
              })
            : undefined;
          const rest = create(StreamSyncResponseSchema, {
            resourceTypes: batch.types.map((handler) =>
              resourceTypeMessage(handler.type, annotationsOf(handler, listing)),
            ),
            resources: batch.resources.map(resourceMessage),
            entitlements: batch.entitlements.map(entitlementMessage),
            resumeToken: tokens.encode(batch.next),
            complete: isComplete(batch),
            ...(manifest ? { manifest } : {}),
            counters: countersOf(counts, context.call.upstream.requests),
            upstreamBudget: budgetMessage(budget()),
          });
          yield grantsBatch(rest, batch.grants);
        }
      } finally {
        release();
      }
    },
  });
}

/** A session keeps its readings for the calls that follow. */
const keep = () => undefined;

const isComplete = <R>(batch: SyncBatch<R>) => batch.next === undefined;

function countersOf(
  counts: Record<"resourceTypes" | "resources" | "entitlements" | "grants", number>,
  requests: number,
) {
  return {
    resourceTypes: BigInt(counts.resourceTypes),
    resources: BigInt(counts.resources),
    entitlements: BigInt(counts.entitlements),
    grants: BigInt(counts.grants),
    upstreamRequests: BigInt(requests),
  };
}

function budgetMessage({ pausedUntilMs, rateLimitResetAtMs, rateLimitRemaining, ...state }: BudgetReport) {
  return {
    concurrencyLimit: state.concurrencyLimit,
    inFlight: state.inFlight,
    waiting: state.waiting,
    rateLimitResource: state.rateLimitResource ?? "",
    ...(rateLimitRemaining === undefined ? {} : { rateLimitRemaining }),
    ...(pausedUntilMs === undefined ? {} : { pausedUntil: timestampFromMs(Math.ceil(pausedUntilMs)) }),
    ...(rateLimitResetAtMs === undefined ? {} : { rateLimitResetAt: timestampFromMs(Math.ceil(rateLimitResetAtMs)) }),
  };
}
