import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { optionalTypes } from "../../src/resources/options.ts";
import { changesOption, rights } from "../../src/resources/rights.ts";
import { keyOf, rowsOfStream } from "../support/rights.ts";
import { wholeStream } from "../support/stream.ts";
import { startWorld } from "../support/world.ts";

/** What a sync says at its end of itself is what it told; what it could not read it names. */
const small = { users: 20, groups: 5, projects: 3, teamsPerProject: 1, repositoriesPerProject: 2, pools: 3, feeds: 3 };
const sync = { optionalTypes, permissionDetail: "standard", personalAccessTokens: "all" } as const;

/** As a reader of the stream works the hash out for itself. */
function hashOf(batches: readonly StreamSyncResponse[]): string {
  const hash = createHash("sha256");
  for (const { resources, entitlements, grants } of batches) {
    for (const { id } of resources) hash.update(`R ${keyOf(id)}\n`);
    for (const { id } of entitlements) hash.update(`E ${id}\n`);
    for (const { id } of grants) hash.update(`G ${id}\n`);
  }
  return hash.digest("hex");
}

test("it counts what was streamed, by type, with a hash that a reader can work out, and the requests there were", async () => {
  const world = await startWorld(small);
  const replica = await world.replica({ sync });
  for (const batchSize of [0, 37]) {
    world.emulator.requests.reset();
    const batches = await wholeStream(replica, { batchSize });
    const told = rowsOfStream(batches);
    expect(batches.slice(0, -1).filter(({ manifest }) => manifest !== undefined)).toEqual([]);
    const manifest = batches.at(-1)?.manifest;
    const count = (rows: readonly { readonly type: string | undefined }[], type: string) =>
      BigInt(rows.filter((row) => row.type === type).length);
    const resources = told.resources.map(({ id }) => ({ type: id?.resourceType }));
    const entitlements = told.entitlements.map(({ resource }) => ({ type: resource?.id?.resourceType }));
    const grants = told.grants.map(({ entitlement }) => ({ type: entitlement?.resource?.id?.resourceType }));
    expect(manifest?.rows.map(({ resourceTypeId }) => resourceTypeId)).toEqual(
      batches.flatMap(({ resourceTypes }) => resourceTypes.map(({ id }) => id)),
    );
    for (const rows of manifest?.rows ?? []) {
      const { resourceTypeId: type, upstreamTotal } = rows;
      expect([type, rows.resources]).toEqual([type, count(resources, type)]);
      expect([type, rows.entitlements]).toEqual([type, count(entitlements, type)]);
      expect([type, rows.grants]).toEqual([type, count(grants, type)]);
      if (upstreamTotal !== undefined) expect([type, upstreamTotal]).toEqual([type, rows.resources]);
    }
    expect(manifest?.rowsSha256).toBe(hashOf(batches));
    const asked = Object.values(manifest?.requestsByRoute ?? {}).reduce((sum, each) => sum + each, 0n);
    expect(asked).toBe(BigInt(world.emulator.requests.total));
    expect(manifest?.complete).toBe(manifest?.gaps.length === 0);
    expect(manifest?.organizationId).toBe(world.emulator.state.collectionId);
    expect(Number(manifest?.endedAt?.seconds)).toBeGreaterThanOrEqual(Number(manifest?.startedAt?.seconds));
  }
  await world.close();
});

test("of a stream that was resumed it says so, and counts only what came then", async () => {
  const world = await startWorld(small);
  const request = { batchSize: 300, activeSyncId: "resumed" };
  const replica = await world.replica({ sync });
  const whole = await wholeStream(replica, request);
  const tail = await wholeStream(await world.replica({ sync }), {
    ...request,
    resumeToken: whole[1]?.resumeToken ?? "",
  });
  expect([whole, tail].map((batches) => batches.at(-1)?.manifest?.resumed)).toEqual([false, true]);
  expect(tail.at(-1)?.manifest?.rowsSha256).toBe(hashOf(tail));
  await world.close();
});

/** Those that are needed where changes are allowed alone are no part of a sync. */
const scopes = rights.filter(({ option }) => option !== changesOption).map(({ oauthScope }) => oauthScope);

/** Types whose resources go with a scope; who is known by name can change with that of members and identities. */
const lost: Readonly<Record<string, readonly string[]>> = {
  "vso.memberentitlementmanagement": ["access-level"],
  "vso.identity": [],
  "vso.security_manage": [],
  "vso.code": ["repository"],
  "vso.agentpools": ["agent-pool"],
  "vso.environment_manage": ["environment"],
  "vso.serviceendpoint": ["service-connection"],
  "vso.variablegroups_read": ["variable-group"],
  "vso.securefiles_read": ["secure-file"],
  "vso.packaging": ["feed"],
  "vso.tokenadministration": ["personal-access-token"],
};

/** Scopes without which it is not known who holders are, or what is held. */
const decisive = new Set(["vso.memberentitlementmanagement", "vso.identity", "vso.security_manage"]);

describe("without one scope", () => {
  test("that no sync can do without is none of the optional ones", () => {
    expect(scopes.filter((scope) => !(scope in lost)).sort()).toEqual(["vso.graph", "vso.project"]);
  });

  test.each(Object.keys(lost))("%s: its types list nothing, it is named, and nothing else changes", async (missing) => {
    const tokens = [
      { token: "all", scopes },
      { token: "less", scopes: scopes.filter((scope) => scope !== missing) },
    ];
    const world = await startWorld({ ...small, tokens, beliefs: { aclReadScope: "security-manage" } });
    const whole = await wholeStream(await world.replica({ sync, token: "all" }));
    const replica = await world.replica({ sync, token: "less" });
    const less = await wholeStream(replica);
    const gaps = less.at(-1)?.manifest?.gaps ?? [];
    const named = rights.find(({ oauthScope }) => oauthScope === missing)?.scope ?? "";
    const before = new Set(whole.at(-1)?.manifest?.gaps.map(({ what }) => what));
    const fresh = gaps.filter(({ what }) => !before.has(what));
    expect(fresh.map(({ remedy }) => remedy)).toEqual([expect.stringContaining(named)]);
    expect(less.at(-1)?.manifest?.complete).toBe(false);

    const gone = new Set(lost[missing]);
    const [had, has] = [rowsOfStream(whole), rowsOfStream(less)];
    const others = ({ resources }: typeof had) =>
      resources
        .map(({ id }) => id)
        .filter((id) => !gone.has(id?.resourceType ?? "") && id?.resourceType !== "unknown-identity")
        .map(keyOf)
        .sort();
    expect(has.resources.filter(({ id }) => gone.has(id?.resourceType ?? ""))).toEqual([]);
    // Only the lists tell what the organization itself has of what projects use.
    const shared = (key: string) => decisive.has(missing) && /^(service-connection|variable-group):[^_]+$/.test(key);
    if (missing !== "vso.memberentitlementmanagement") {
      expect(others(has)).toEqual(others(had).filter((key) => !shared(key)));
    }
    if (!decisive.has(missing)) {
      // Roles on all feeds stand on the organization.
      const isOther = (id: string) => !gone.has(id.split(":")[0] ?? "") && !id.includes(":feeds.");
      const grantIds = ({ grants }: typeof had) =>
        grants
          .map(({ id }) => id)
          .filter(isOther)
          .sort();
      expect(grantIds(has)).toEqual(grantIds(had));
    }

    const { annotations } = await replica.call(ConnectorService.method.validate, {});
    const told = annotations.map(({ value }) => Buffer.from(value).toString("utf8")).join("\n");
    expect(told).toContain(`${named} is missing`);
    await world.close();
  });
});
