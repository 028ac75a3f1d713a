import { beforeAll, describe, expect, test } from "vitest";
import { optionalTypes } from "../../src/resources/options.ts";
import { compare } from "../support/comparison.ts";
import { everyGrant } from "../support/handler-rows.ts";
import { startReplica } from "../support/world.ts";
import { startConnector, startOrganization } from "./connector.ts";
import { buildSyncer, type Syncer } from "./syncer.ts";

/** The types that are options, after a sync by the platform itself: its own checks of exclusion groups, and its expansion. */
let syncer: Syncer | undefined;
let whyNot = "";

beforeAll(async () => {
  const built = await buildSyncer();
  if (typeof built === "function") syncer = built;
  else whyNot = built.reason;
}, 15 * 60_000);

const governed = [...optionalTypes, "project", "organization"];

describe.each(["type-scoped", "per-resource"] as const)("a sync by the platform, %s", (listing) => {
  test("keeps every grant, breaks none of its rules, and gives what can do harm to members", async ({ skip }) => {
    if (!syncer) return skip(whyNot);
    await using emulator = await startOrganization({ users: 60, groups: 14, projects: 3, teamsPerProject: 1 });
    const sync = { optionalTypes, personalAccessTokens: "all" } as const;
    await using connector = await startConnector(emulator, { listing, syncTeams: true, token: "full", sync });
    const found = await syncer({ address: connector.address });
    const replica = await startReplica(emulator, { sync });
    const told = await everyGrant(replica, governed);
    await replica.close();

    expect(found.resourceTypes).toEqual(expect.arrayContaining([...governed, "personal-access-token"]));
    // Secrets without their trait would have ended the sync.
    expect(found.resources["personal-access-token"]).toBe(emulator.state.tokens.length);
    const stored = found.rows.filter(
      ({ kind, id }) => kind === "grant" && governed.some((type) => id.startsWith(`${type}:`)),
    );
    const idOf = ({ resource, slug, principal }: (typeof told)[number]) =>
      `${resource}:${slug}:${principal.type}:${principal.id}`;
    const direct = stored.filter((row) => row.kind === "grant" && !row.derived).map(({ id }) => id);
    expect(compare(direct, told.map(idOf))).toEqual([]);
    // Who is in a group that can do harm has what it has; who is in one that only reads has not.
    const derived = stored.filter((row) => row.kind === "grant" && row.derived);
    const expanding = new Set(
      told.filter(({ throughSlug }) => throughSlug).map(({ resource, slug }) => `${resource}:${slug}`),
    );
    expect(derived.length).toBeGreaterThan(100);
    for (const row of derived) if (row.kind === "grant") expect(expanding).toContain(row.entitlement);
    const warnings = found.warnings
      .map(({ message }) => message)
      .filter((message) => message !== "slow connector call");
    expect(new Set(warnings)).toEqual(new Set(["cycle detected in entitlement graph"]));
  }, 120_000);
});
