import { create } from "@bufbuild/protobuf";
import { StreamSyncRequestSchema, SyncService } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { EncodedPage } from "../../src/connector/page-encoder.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import type { SyncOptions } from "../../src/resources/options.ts";
import { Secret } from "../../src/secret.ts";
import type { Failure } from "../../src/server/error-codes.ts";
import { CallFailure } from "../../src/server/pipeline.ts";
import { testCall } from "../support/calls.ts";
import { idsOf } from "../support/stream.ts";
import { membershipsOnly } from "../support/sync-options.ts";

/** How a sync ended: with everything it told, or with the failure that a platform is told. */
export type Outcome = { readonly rows: readonly string[] } | { readonly failure: Failure };

const scopes = { graph: "vso.graph", core: "vso.project", identity: "vso.identity", security: "vso.security_manage" };
const entitlements = "vso.memberentitlementmanagement";

/** Tokens that lack the scope of one reading that a sync can do without, by that reading's route. */
export const poorerTokens: Readonly<Record<string, { readonly token: string; readonly scopes: readonly string[] }>> = {
  "POST _apis/identitybatch": {
    token: "without-identities",
    scopes: [scopes.graph, scopes.core, scopes.security, entitlements],
  },
  "GET _apis/accesscontrollists/{securityNamespaceId}": {
    token: "without-security",
    scopes: [scopes.graph, scopes.core, scopes.identity, entitlements],
  },
  "GET _apis/userentitlements/{userId}": {
    token: "without-entitlements",
    scopes: [scopes.graph, scopes.core, scopes.identity, scopes.security],
  },
};

/** A small organization whose listings have several pages each. */
export const startOrganization = (): Promise<Emulator> =>
  startEmulator({
    users: 10,
    groups: 4,
    projects: 2,
    teamsPerProject: 1,
    nesting: 2,
    pageSizes: { graph: 12, entitlements: 8, projects: 2, teams: 2 },
    tokens: Object.values(poorerTokens),
  });

/** Longer than any answer of an emulator takes, and short enough to be waited for often. */
const upstreamTimeoutMs = 600;

export interface OneSync {
  readonly sync?: Partial<SyncOptions>;
  /** Types that are asked for; all without. */
  readonly types?: readonly string[];
  /** Generous where no fault is one of time, so that a busy machine is none either. */
  readonly timeoutMs?: number;
}

/** One sync by a connector of its own, without sockets between the two: its failure is what would be sent. */
export async function syncOnce(
  emulator: Emulator,
  token = emulator.token,
  { sync = {}, types = [], timeoutMs = upstreamTimeoutMs }: OneSync = {},
): Promise<Outcome> {
  const call = testCall();
  const app = createApp({
    organizationUrl: emulator.url,
    credential: personalAccessToken(new Secret(token)),
    listing: "type-scoped",
    syncTeams: true,
    syncOrganizations: true,
    ...membershipsOnly,
    ...sync,
    log: call.log,
    retry: { maxTries: 3, baseMs: 1, maxMs: 2 },
    coolDown: { firstMs: 1, maxMs: 2 },
    upstreamTimeoutMs: timeoutMs,
  });
  const pipeline = app.pipelines.find(({ method }) => method === SyncService.method.streamSync);
  if (!pipeline) throw new Error("the connector has no SyncService");
  try {
    const request = create(StreamSyncRequestSchema, { resourceTypeIds: [...types] });
    const rows: string[] = [];
    let complete = false;
    for await (const page of pipeline.stream(() => request, { call, caller: "test", requestId: "test" })) {
      if (!(page instanceof EncodedPage)) throw new TypeError("a batch is an encoded page");
      const batch = page.message();
      rows.push(...idsOf([batch]));
      complete = batch.complete;
    }
    if (!complete) throw new Error("the stream ended without saying that it is complete");
    return { rows };
  } catch (error) {
    if (error instanceof CallFailure) return { failure: error.failure };
    throw error;
  } finally {
    await app.close();
  }
}
