import { describe, expect, test } from "vitest";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import type { Beliefs, EmulatorOptions } from "../../src/emulator/index.ts";
import type { Row } from "../platform/syncer.ts";
import { compare, grantsIn, grantsOf, namesOf } from "../support/comparison.ts";
import { type Expectation, expectationOf } from "../support/expectation.ts";
import { wholeStream } from "../support/stream.ts";
import { type ReplicaOptions, startWorld } from "../support/world.ts";

/** A sync holds what the organization holds, under every belief about what upstream does. */

const changes: readonly Partial<Beliefs>[] = [
  {},
  { identityBatchVersion: "released" },
  { missingScope: "403" },
  { entitlementRows: "members" },
  { entitlementRows: "both", entitlementEnd: "empty" },
  { entitlementEnd: "null" },
  { graphPages: "short" },
  { graphPages: "empty" },
  { serviceAccountsInUsers: "all" },
  { serviceAccountsInUsers: "none" },
  { servicePrincipalsInUserEntitlements: true },
  { projectContinuation: "absent" },
  { memberOrder: "aligned" },
  { isTeamAdminFalse: "written" },
  { aclReadScope: "security-manage" },
  { aclZeros: "written" },
  { entitlementIdCase: "upper" },
  { lookupMissing: "null" },
  { teamAdministrator: "manage-membership" },
  { byteOrderMark: true },
  { dates: "zulu" },
  { dates: "bare" },
  { dates: "fraction" },
  { dates: "shifted" },
  { groupRules: "none" },
];

const small: EmulatorOptions = { users: 120, groups: 30, projects: 6, teamsPerProject: 2, nesting: 4, shuffle: true };
const pageSizes = { graph: 25, entitlements: 20, projects: 4, teams: 5 };

describe("a sync by stream", () => {
  for (const beliefs of changes) {
    test(`under ${JSON.stringify(beliefs)}`, async () => {
      const { found, wanted } = await syncOnce({ ...small, pageSizes, beliefs });
      expect(differences(found, wanted)).toEqual([]);
    });
  }

  test("with every host's areas on one address", async () => {
    const { found, wanted } = await syncOnce({ ...small, hostStyle: "single" });
    expect(differences(found, wanted)).toEqual([]);
  });

  test("where access lists spell descriptors in another case", async () => {
    const { found, wanted } = await syncOnce({ ...small, pageSizes, beliefs: { aclKeyCase: "upper" } });
    // Whom nobody resolves goes by what the list itself says, and that is spelled otherwise there.
    expect(differences(found, wanted).filter((line) => !line.includes("unknown-identity:ukn."))).toEqual([]);
  });

  test("without teams", async () => {
    const { found, wanted } = await syncOnce(small, { syncTeams: false });
    expect(differences(found, wanted)).toEqual([]);
  });

  test.each([1, 2, 3])("of another organization (seed %i)", async (seed) => {
    const { found, wanted } = await syncOnce({ ...small, seed: seed * 1000 });
    expect(differences(found, wanted)).toEqual([]);
  });
});

describe("with the scopes of a sync-only token", () => {
  for (const missingScope of ["401", "403", "sign-in"] as const) {
    test(`a sync is complete where missing ones answer ${missingScope}`, async () => {
      const { found, wanted, users } = await syncOnce({ ...small, beliefs: { missingScope } }, {}, "sync-only");
      expect(differences(found, wanted)).toEqual([]);
      expect(users.length).toBeGreaterThan(100);
      const told = users.filter(({ profile }) => profile?.deleted_in_origin !== true);
      expect(new Set(told.map(({ status }) => status?.status))).toEqual(new Set([0]));
      expect(users.filter(({ profile }) => profile?.access_level !== undefined)).toEqual([]);
    });
  }
});

describe("where the identity batch is missing", () => {
  test("memberships come one group at a time, the same ones for Azure DevOps' own groups", async () => {
    const batch = await syncOnce(small);
    const { found, wanted, requests } = await syncOnce({ ...small, beliefs: { identityBatch: "missing" } });
    const named = (batches: readonly StreamSyncResponse[]) =>
      ownGrants(batches).filter((id) => !id.includes(":unknown-identity:"));
    expect(compare(named(found), named(batch.found))).toEqual([]);
    // Who resolves nowhere has no name that both sources know; there are as many of them.
    expect(ownGrants(found)).toHaveLength(ownGrants(batch.found).length);
    expect(requests.get("GET graph/memberships/{descriptor}")).toBe(
      [...wanted.holders.keys()].filter((id) => id.endsWith(":member")).length,
    );
    expect(differences(found, wanted).filter((line) => !line.includes(":admin:"))).toEqual([]);
  });
});

async function syncOnce(
  organization: EmulatorOptions,
  options: ReplicaOptions = {},
  rights: "full" | "sync-only" = "full",
) {
  const world = await startWorld(organization);
  try {
    const { emulator } = world;
    const token = rights === "full" ? emulator.token : emulator.syncOnlyToken;
    const replica = await world.replica({ ...options, token });
    const found = await wholeStream(replica);
    const viaGraph = rights === "sync-only" || organization.beliefs?.identityBatch === "missing";
    const wanted = expectationOf(emulator.state, {
      syncTeams: options.syncTeams ?? true,
      memberships: viaGraph ? "graph" : "identity-service",
    });
    const users = found.flatMap(({ resources }) => resources).filter(({ id }) => id?.resourceType === "user");
    return { found, wanted, users, requests: new Map(replica.app.client.connection.requests) };
  } finally {
    await world.close();
  }
}

function ownGrants(batches: readonly StreamSyncResponse[]): string[] {
  return batches.flatMap(({ grants }) => grants.map(({ id }) => id)).filter((id) => id.startsWith("group:vssgp."));
}

function differences(batches: readonly StreamSyncResponse[], wanted: Expectation): string[] {
  const rows = batches.flatMap(rowsOf);
  const ids = rows.map(({ kind, id }) => `${kind} ${id}`);
  return [
    ...compare(namesOf(rows, "resource"), namesOf(wanted.resources, "resource")),
    ...compare(namesOf(rows, "entitlement"), wanted.holders.keys()),
    ...compare(grantsIn(rows, { derived: false }), grantsOf(wanted.holders)),
    ...(new Set(ids).size === ids.length ? [] : ["something comes twice"]),
  ];
}

function rowsOf({ resources, entitlements, grants }: StreamSyncResponse): Row[] {
  const name = (id: { resourceType: string; resource: string } | undefined) => `${id?.resourceType}:${id?.resource}`;
  return [
    ...resources.map(({ id, parentResourceId: parent, displayName }): Row => {
      return { kind: "resource", id: name(id), ...(parent ? { parent: name(parent) } : {}), name: displayName };
    }),
    ...entitlements.map(({ id }): Row => ({ kind: "entitlement", id })),
    ...grants.map(({ id, entitlement, principal }): Row => {
      return { kind: "grant", id, entitlement: entitlement?.id ?? "", principal: name(principal?.id) };
    }),
  ];
}
