import { expect, test } from "vitest";
import { createLookup, descriptorOf } from "./lookup.ts";
import { resolveOptions } from "./options.ts";
import { seedOrganization } from "./seed/index.ts";
import { countTotals } from "./totals.ts";

/** The bound that a large organization must keep, with everything else that lives in the process. */
const mostMemory = 1.5 * 2 ** 30;

test("the large preset has its sizes, no id twice, and stays small", { timeout: 120_000 }, () => {
  const state = seedOrganization(resolveOptions({ preset: "large" }));
  const totals = countTotals(state, createLookup(state), false);
  expect(process.memoryUsage.rss()).toBeLessThan(mostMemory);
  expect(totals).toMatchObject({ people: 100_000, projects: 3_000, teams: 9_000, servicePrincipals: 2_000 });
  expect(totals.groupsByKind).toMatchObject({ made: 20_000, entra: 2_500, team: 9_000 });
  expect(totals.memberships).toBeGreaterThan(300_000);
  expect(new Set(state.subjects.map(descriptorOf)).size).toBe(state.subjects.length);
  expect(new Set(state.subjects.map((subject) => subject.storageKey)).size).toBe(state.subjects.length);
  expect(new Set(state.subjects.map((subject) => subject.identity.toLowerCase())).size).toBe(state.subjects.length);
});
