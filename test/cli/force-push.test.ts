import { describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { compareWithRows, forcePush, tellForcePushers } from "../../src/cli/force-push.ts";
import { createReachCounter } from "../../src/cli/reach.ts";
import { createToldHolders } from "../../src/cli/told-holders.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { bundlesWith } from "../../src/permissions/fold.ts";
import type { ExplainedAccess } from "../../src/resources/explain.ts";
import { Secret } from "../../src/secret.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { wholeStream } from "../support/stream.ts";
import { membershipsOnly } from "../support/sync-options.ts";
import { startReplica } from "../support/world.ts";

describe("who can force-push, by the rows of a sync and as explained", () => {
  test("is the same on the repository that is shown, and a lost row shows", { timeout: 120_000 }, async () => {
    await using emulator = await startEmulator({ users: 80, groups: 20, projects: 5, repositoriesPerProject: 8 });
    const sync = { permissionDetail: "standard" } as const;
    const replica = await startReplica(emulator, { sync });
    const batches = await wholeStream(replica);
    await replica.close();
    const app = createApp({
      organizationUrl: emulator.url,
      credential: personalAccessToken(new Secret(emulator.token)),
      listing: "type-scoped",
      syncTeams: true,
      syncOrganizations: true,
      ...membershipsOnly,
      ...sync,
      log: silentLog,
    });
    const tell = async (lose: (slug: string) => boolean) => {
      const reach = createReachCounter();
      const told = createToldHolders(forcePush, bundlesWith(forcePush), reach);
      for (const batch of batches) {
        const grants = batch.grants.filter(({ entitlement }) => !lose(entitlement?.slug ?? ""));
        told.add({ ...batch, grants });
        for (const grant of grants) reach.add(grant);
      }
      return tellForcePushers(app, told, silentLog);
    };
    const whole = await tell(() => false);
    expect(whole).toMatch(/yes +allow to .*\n/);
    expect(whole).toMatch(/no +deny to .*\n/);
    expect(whole).toMatch(/\n[1-9]\d* hold it; the sync's rows, expanded: matches explain$/);
    const withoutMembers = await tell((slug) => slug === "member");
    expect(withoutMembers).toContain("the sync's rows differ from explain: no row tells of");
    await app.close();
  });

  const answer = (answers: readonly Partial<ExplainedAccess>[]) => ({
    resource: "repository:r",
    action: forcePush,
    displayName: "Force push",
    tier: "T1",
    token: "repoV2/p/r",
    answers: answers.map((each) => ({
      who: "Ana",
      principal: "aad.ana",
      held: true,
      because: "allowed" as const,
      decidedAt: undefined,
      entries: [],
      ...each,
    })),
  });
  const rows = (own: readonly string[], inherited: readonly string[] = []) => ({
    own: new Set(own),
    inherited: new Set(inherited),
    inPinnedGroups: new Set<string>(),
  });

  test.each([
    { name: "a holder without a row", told: rows([]), explained: {}, differs: ["no row tells of Ana"] },
    { name: "a holder by a row of the project", told: rows([], ["user:aad.ana"]), explained: {}, differs: [] },
    {
      name: "a row for one who is denied",
      told: rows(["user:aad.ana"]),
      explained: { held: false, because: "denied" as const },
      differs: ["a row tells of Ana, who does not hold it"],
    },
    {
      name: "a project's row for one whom the repository denies",
      told: rows([], ["user:aad.ana"]),
      explained: { held: false, because: "denied" as const },
      differs: [],
    },
    {
      name: "a project's row for one of whom no entry speaks",
      told: rows([], ["user:aad.ana"]),
      explained: { held: false, because: "not-set" as const },
      differs: ["Ana inherits nothing"],
    },
    {
      name: "a row for a stakeholder",
      told: rows(["user:aad.ana"]),
      explained: { held: false, because: "access-level" as const },
      differs: [],
    },
  ])("$name", ({ told, explained, differs }) => {
    expect(compareWithRows(answer([explained]), told)).toEqual(differs);
  });
});
