import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { createRowCounter, ManifestFacts, ManifestNote } from "../../connector/manifest.ts";
import { version } from "../../version.ts";

export interface ManifestInput {
  readonly facts: ManifestFacts;
  readonly counter: ReturnType<typeof createRowCounter>;
  readonly startedAtMs: number;
  readonly resumed: boolean;
  /** Requests by route before the stream began, and now. */
  readonly requests: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> };
}

/** What the stream read, as the message at its end. */
export function manifestMessage({ facts, counter, startedAtMs, resumed, requests }: ManifestInput) {
  const { organization, options, totals, gaps, limits } = facts;
  const routes = [...requests.after].map(
    ([route, count]) => [route, count - (requests.before.get(route) ?? 0)] as const,
  );
  return {
    organization: organization.name,
    organizationId: organization.id,
    organizationUrl: organization.url,
    connectorVersion: version,
    options: { ...options },
    startedAt: timestampFromMs(startedAtMs),
    endedAt: timestampFromMs(Date.now()),
    rows: [...counter.byType].map(([resourceTypeId, rows]) => {
      const total = totals.get(resourceTypeId);
      return {
        resourceTypeId,
        resources: BigInt(rows.resources),
        entitlements: BigInt(rows.entitlements),
        grants: BigInt(rows.grants),
        ...(total === undefined ? {} : { upstreamTotal: BigInt(total) }),
      };
    }),
    requestsByRoute: Object.fromEntries(
      routes.filter(([, count]) => count > 0).map(([route, count]) => [route, BigInt(count)]),
    ),
    gaps: gaps.map(noteMessage),
    limits: limits.map(noteMessage),
    complete: gaps.length === 0,
    resumed,
    rowsSha256: counter.sha256(),
  };
}

function noteMessage({ what, why, remedy, count = 0 }: ManifestNote) {
  return { what, why, remedy, count: BigInt(count) };
}
