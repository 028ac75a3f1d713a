import { beforeAll, describe, expect, test } from "vitest";
import type { EmulatorOptions, OrganizationState, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { compare, countsOf, grantsIn, grantsOf, namesOf } from "../support/comparison.ts";
import { expectationOf } from "../support/expectation.ts";
import { expand } from "./closure.ts";
import { type ConnectorOptions, startConnector, startOrganization } from "./connector.ts";
import { buildSyncer, type Syncer, type SyncResult } from "./syncer.ts";

/** A first build compiles all that the module brings along. */
const buildTimeoutMs = 15 * 60_000;
const syncTimeoutMs = 5 * 60_000;

let syncer: Syncer | undefined;
let whyNot = "";

beforeAll(async () => {
  const built = await buildSyncer();
  if (typeof built === "function") {
    syncer = built;
    return;
  }
  whyNot = built.reason;
  console.warn(`the platform test is skipped: ${whyNot}`);
}, buildTimeoutMs);

interface FullSync extends ConnectorOptions {
  readonly name: string;
  readonly organization: EmulatorOptions;
  readonly workers: number;
}

const small: EmulatorOptions = { preset: "small" };
const medium: EmulatorOptions = { preset: "medium" };
/** Many short pages, each reading in another order. */
const pages = { graph: 50, entitlements: 20, projects: 7, teams: 9 };
const restless: EmulatorOptions = { ...small, shuffle: true, pageSizes: pages, beliefs: { graphPages: "empty" } };

const byType = { listing: "type-scoped", syncTeams: true, token: "full", workers: 4 } as const;
const byResource = { listing: "per-resource", syncTeams: true, token: "full", workers: 4 } as const;
const fullSyncs: readonly FullSync[] = [
  { ...byType, name: "small, by type", organization: small },
  { ...byType, name: "small, by type, without teams", organization: small, syncTeams: false, workers: 1 },
  { ...byType, name: "small, by type, in short pages and changing order", organization: restless },
  { ...byType, name: "small, by type, with a token for little", organization: small, token: "sync-only" },
  { ...byResource, name: "small, by resource", organization: small, workers: 1 },
  { ...byResource, name: "small, by resource, without teams", organization: small, syncTeams: false },
  { ...byType, name: "medium, by type", organization: medium },
  { ...byType, name: "medium, by type, without teams", organization: medium, syncTeams: false },
  { ...byResource, name: "medium, by resource", organization: medium },
];

/** What the platform warned of, apart from calls of more than a minute: time is no subject of this test. */
function warningsOf({ warnings }: SyncResult): string[] {
  return warnings.map(({ message }) => message).filter((message) => message !== "slow connector call");
}

function expected(state: OrganizationState, { syncTeams, token }: ConnectorOptions) {
  return expectationOf(state, { syncTeams, memberships: token === "full" ? "identity-service" : "graph" });
}

describe("a full sync by the platform, in which every breach of an invariant is an error", () => {
  test.for(fullSyncs)("$name", { timeout: syncTimeoutMs }, async ({ organization, workers, ...options }, { skip }) => {
    if (!syncer) return skip(whyNot);
    await using emulator = await startOrganization(organization);
    await using connector = await startConnector(emulator, options);
    const found = await syncer({ address: connector.address, workers });

    const wanted = expected(emulator.state, options);
    const { circular, derived, leftOut } = expand(wanted.holders);
    expect(found.resourceTypes).toEqual(wanted.types);
    expect(compare(namesOf(found.rows, "resource"), namesOf(wanted.resources, "resource"))).toEqual([]);
    expect(compare(namesOf(found.rows, "entitlement"), wanted.holders.keys())).toEqual([]);
    expect(compare(grantsIn(found.rows, { derived: false }), grantsOf(wanted.holders))).toEqual([]);
    expect(compare(grantsIn(found.rows, { derived: true }), grantsOf(derived))).toEqual([]);
    const { derivedGrants, directGrants, entitlements, grants, resources } = found;
    expect({ derivedGrants, directGrants, entitlements, grants, resources }).toEqual(countsOf(wanted, derived));

    // The organization holds a circle of groups, which is all that the platform may find wrong with it.
    expect(warningsOf(found)).toEqual(["cycle detected in entitlement graph"]);
    expect(circular.size).toBe(3);
    expect(grantsOf(leftOut)).not.toEqual([]);

    const { Cleanup, ListEntitlements = 0, ListGrants = 0, ListResourceTypes, Validate } = found.calls;
    expect({ Cleanup, ListResourceTypes, Validate }).toEqual({ Cleanup: 1, ListResourceTypes: 2, Validate: 1 });
    const containers = (resources.group ?? 0) + (resources.team ?? 0);
    expect(ListEntitlements).toBe(options.listing === "type-scoped" ? 0 : containers);
    if (options.listing === "type-scoped") expect(ListGrants).toBeLessThan(containers / 100);
    else expect(ListGrants).toBeGreaterThanOrEqual(containers);
  });
});

describe("a targeted sync by the platform", () => {
  const options: ConnectorOptions = { listing: "per-resource", syncTeams: true, token: "full" };
  const oneOfEach = {
    Cleanup: 1,
    GetResource: 1,
    ListEntitlements: 1,
    ListGrants: 1,
    ListResourceTypes: 1,
    Validate: 1,
  };

  async function checkTarget(run: Syncer, choose: (state: OrganizationState) => string): Promise<void> {
    await using emulator = await startOrganization(small);
    await using connector = await startConnector(emulator, options);
    const target = choose(emulator.state);
    const found = await run({ address: connector.address, target });

    const wanted = expected(emulator.state, options);
    const own = new Map([...wanted.holders].filter(([id]) => id.startsWith(`${target}:`)));
    const resource = wanted.resources.filter(({ id }) => id === target);
    expect(resource).toHaveLength(1);
    expect(found.rows.filter(({ kind }) => kind === "resource")).toEqual(resource);
    expect(compare(namesOf(found.rows, "entitlement"), own.keys())).toEqual([]);
    expect(compare(grantsIn(found.rows, { derived: false }), grantsOf(own))).toEqual([]);
    expect(grantsIn(found.rows, { derived: true })).toEqual([]);
    expect(warningsOf(found)).toEqual([]);
    expect(found.calls).toEqual(oneOfEach);
  }

  test("of a group with groups and unknown identities in it", async ({ skip }) => {
    if (!syncer) return skip(whyNot);
    await checkTarget(syncer, (state) =>
      groupWith(state, (members) => {
        const kinds = new Set(members.map(({ kind }) => kind));
        return (
          kinds.has("stray") && (kinds.has("group") || kinds.has("entra-group")) && !members.some(isRemoved(state))
        );
      }),
    );
  });

  test("of a group with service identities in it", async ({ skip }) => {
    if (!syncer) return skip(whyNot);
    await checkTarget(syncer, (state) =>
      groupWith(state, (members) => members.filter(({ kind }) => kind === "service-account").length > 5),
    );
  });

  test("of a team with an administrator", async ({ skip }) => {
    if (!syncer) return skip(whyNot);
    await checkTarget(syncer, (state) => {
      const administered = new Set(state.teamAdministrators.map(({ team }) => team));
      const team = state.teams.find(({ index, group }) => {
        const members = subjectAt(state, group).group?.members ?? [];
        return administered.has(index) && !members.some((member) => isRemoved(state)(subjectAt(state, member)));
      });
      return `team:${team?.id}`;
    });
  });

  // Whoever was removed from the directory is still listed, as a user.
  test("of a group with listed members that the identity service calls inactive", async ({ skip }) => {
    if (!syncer) return skip(whyNot);
    await checkTarget(syncer, (state) => groupWith(state, (members) => members.some(isRemoved(state))));
  });

  /** The first group of the organization's own that is no team's and has such members. */
  function groupWith(state: OrganizationState, fits: (members: readonly Subject[]) => boolean): string {
    const found = state.groups
      .map((index) => subjectAt(state, index))
      .find(({ group }) => {
        if (!group || group.kind === "team" || group.kind === "entra") return false;
        return fits(group.members.map((member) => subjectAt(state, member)));
      });
    if (!found) throw new Error("the organization has no such group");
    return `group:${descriptorOf(found)}`;
  }

  function isRemoved({ users }: OrganizationState): (subject: Subject) => boolean {
    return ({ active, index }) => !active && users.includes(index);
  }
});
