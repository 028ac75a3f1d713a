import { describe, expect, test } from "vitest";
import type { Emulator, OrganizationState, Preset } from "../../src/emulator/index.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { streamBatches } from "../support/stream.ts";
import { startWorld } from "../support/world.ts";

/** Upstream requests grow with pages, never with groups times anything. */

const pages = (rows: number, size: number) => Math.ceil(rows / size);
/** A listing whose first page has no token is read on by position until a page is empty. */
const projectPages = (rows: number) => (rows > 500 ? pages(rows, 500) : rows > 0 ? 2 : 1);

describe.each<Preset>(["small", "medium", "large"])("a sync of the preset %s", (preset) => {
  test("takes as many requests as the formula says", { timeout: 900_000 }, async () => {
    const world = await startWorld({ preset });
    try {
      const replica = await world.replica();
      let resources = 0;
      for await (const batch of streamBatches(replica)) resources += batch.resources.length;
      const { totals, state } = world.emulator;
      expect(totals.people).toBe({ small: 400, medium: 5_000, large: 100_000 }[preset]);
      expect(resources).toBeGreaterThan(totals.people + totals.groups);

      const counted = new Map(replica.app.client.connection.requests);
      const batches = counted.get("POST identitybatch") ?? 0;
      counted.delete("POST identitybatch");
      const deleted = state.projects.filter((project) => project.state === "deleted").length;
      const unlisted = totals.strays + totals.serviceAccounts - (totals.users - totals.people);
      expect(Object.fromEntries(counted)).toEqual({
        "GET resourceareas": 1,
        "GET connectionData": 1,
        "GET userentitlements/{id}": 1,
        "GET userentitlements": pages(totals.userEntitlements, 100),
        "GET graph/users": pages(totals.users, 500),
        "GET graph/groups": pages(totals.groups, 500),
        "GET graph/serviceprincipals": pages(totals.servicePrincipals, 500),
        "GET projects": projectPages(state.projects.length - deleted) + projectPages(deleted),
        "GET teams": pages(totals.teams, 500) + 1,
        "GET accesscontrollists/{namespace}": 2,
        "POST graph/subjectlookup": expect.toSatisfy((count: number) => count >= 1 && count <= pages(unlisted, 500)),
      });
      expect(world.emulator.requests.total).toBe(
        batches + [...counted.values()].reduce((sum, count) => sum + count, 0),
      );
      expect(batches).toBeGreaterThanOrEqual(membershipBatches(world.emulator));
      expect(batches).toBeLessThanOrEqual(1 + membershipBatches(world.emulator) + lookupBatches(world.emulator));
    } finally {
      await world.close();
    }
  });
});

describe.each<Preset>(["small", "medium"])("permissions of the preset %s", (preset) => {
  test("take a request a namespace, and one for a hundred identities that no listing names", async () => {
    const world = await startWorld({ preset });
    try {
      const without = await world.replica();
      for await (const _batch of streamBatches(without));
      const replica = await world.replica({ sync: { permissionDetail: "standard" } });
      let grants = 0;
      for await (const batch of streamBatches(replica)) grants += batch.grants.length;
      const { state, totals } = world.emulator;
      expect(grants).toBeGreaterThan(totals.memberships + totals.accessControlLists);

      const requests = replica.app.client.connection.requests;
      const more = [...requests].flatMap(([route, count]) => {
        const added = count - (without.app.client.connection.requests.get(route) ?? 0);
        return added === 0 || route === "POST identitybatch" ? [] : [[route, added] as const];
      });
      const has = new Set(state.namespaces.map(({ id }) => id));
      const namespaces = governedNamespaces.filter(({ id }) => has.has(id)).length;
      expect(namespaces).toBeGreaterThan(20);
      expect(Object.fromEntries(more)).toEqual({
        // That of team administrators is read without permissions, too.
        "GET accesscontrollists/{namespace}": namespaces - 1,
        "GET securitynamespaces": 1,
        "GET git/repositories": 1,
        "GET git/repositories/{repository}": 1,
      });
      const batches = requests.get("POST identitybatch") ?? 0;
      const asked = membershipBatches(world.emulator) + lookupBatches(world.emulator);
      expect(batches).toBeLessThanOrEqual(1 + asked + pages(identitiesOf(state), 100));
    } finally {
      await world.close();
    }
  });
});

/** Identities of entries that their descriptor does not tell: everybody but groups and service identities. */
function identitiesOf({ accessLists, subjects }: OrganizationState): number {
  const found = new Set<string>();
  for (const lists of accessLists.values()) {
    for (const { entries } of lists.values()) {
      for (const { who } of entries) found.add(typeof who === "string" ? who : (subjects[who]?.identity ?? ""));
    }
  }
  return [...found].filter((identity) => identity.includes(".ClaimsIdentity;")).length;
}

test("types that are options take a listing a project and kind, a list a namespace, and two requests a feed", async () => {
  const world = await startWorld({ preset: "small" });
  try {
    const replica = await world.replica({ sync: { optionalTypes } });
    for await (const _batch of streamBatches(replica));
    const { state } = world.emulator;
    const projects = state.projects.filter((project) => project.state === "wellFormed").length;
    const feeds = state.feeds.feeds.filter(({ deleted }) => deleted === undefined).length;
    expect(Object.fromEntries(replica.app.client.connection.requests)).toMatchObject({
      // Each kind is tried once before, to know whether it may be listed.
      "GET distributedtask/pools": 2,
      "GET {project}/distributedtask/queues": projects,
      "GET {project}/distributedtask/environments": projects + 1,
      "GET {project}/serviceendpoint/endpoints": projects + 1,
      "GET {project}/distributedtask/variablegroups": projects + 1,
      "GET {project}/distributedtask/securefiles": projects + 1,
      // Four namespaces of roles, that of team administrators, and the one that is tried.
      "GET accesscontrollists/{namespace}": 6,
      "GET securityroles/scopes/{scope}/roledefinitions": 13,
      "GET packaging/feeds": 2,
      "GET packaging/feeds/{feed}/permissions": feeds,
      "GET packaging/feeds/{feed}/views": feeds,
      "GET packaging/globalpermissions": 1,
      "GET userentitlementsummary": 1,
      "GET groupentitlements": 1,
    });
  } finally {
    await world.close();
  }
});

/** One for each hundred groups and each hundred teams. */
function membershipBatches({ totals }: Pick<Emulator, "totals">): number {
  return pages(totals.groups - totals.teams, 100) + pages(totals.teams, 100);
}

/**
 * One for each hundred people and applications without an entitlement and each hundred administrators; whoever does not
 * resolve is asked for twice, with those that turn up within the same few batches of groups.
 */
function lookupBatches({ totals, state }: Emulator): number {
  const withoutEntitlement = totals.people - totals.userEntitlements + totals.servicePrincipals;
  const fewBatchesAtATime = 5;
  const unresolved = Math.min(totals.strays, pages(membershipBatches({ totals }), fewBatchesAtATime));
  return pages(withoutEntitlement, 100) + pages(state.teamAdministrators.length, 100) + 4 * unresolved;
}
