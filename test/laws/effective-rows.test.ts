import { afterAll, beforeAll, expect, test } from "vitest";
import type { Grant } from "../../src/connector/model.ts";
import {
  createEvaluator,
  descriptorOf,
  type Emulator,
  namespaceIds,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { bundles } from "../../src/permissions/fold.ts";
import { actionSlug } from "../../src/permissions/slugs.ts";
import type { SyncOptions } from "../../src/resources/options.ts";
import { testCall } from "../support/calls.ts";
import { startReplica } from "../support/world.ts";

/** What the options for inherited rows and for people tell of every repository is what the emulator's evaluation says. */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 15, projects: 4, repositoriesPerProject: 5 });
});
afterAll(() => emulator.close());

async function repositoryGrants(sync: Partial<SyncOptions>): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const replica = await startReplica(emulator, { sync: { permissionDetail: "standard", ...sync } });
  const { readings } = replica.app.scope.sessions.private();
  const call = testCall();
  const { grants } = replica.app.scope.registry.handler("repository");
  const found = new Map<string, readonly Grant[]>();
  for (const id of (await grants?.resourceIds(readings, call)) ?? []) {
    found.set(id, (await grants?.of(readings, id, true, call)) ?? []);
  }
  await replica.close();
  return found;
}

/** Permissions on the repository itself, unfolded, of one who is granted something. */
function held(grants: readonly Grant[], type: string, id: string): string[] {
  const permissions = grants
    .filter(({ principal, slug }) => principal.type === type && principal.id === id && slug.split(".").length === 2)
    .flatMap(({ slug, metadata }) => {
      const bundle = bundles.find((each) => each.slug === slug);
      const names = metadata?.permissions;
      return bundle?.permissions ?? (Array.isArray(names) ? names.map(String) : [slug]);
    });
  return [...new Set(permissions)].sort();
}

const gitBits = () => emulator.state.namespaces.find(({ id }) => id === namespaceIds.git)?.bits ?? [];

test("with --effective every person's rights on every repository, and nobody else's", { timeout: 60_000 }, async () => {
  const { state } = emulator;
  const evaluator = createEvaluator(state);
  const grants = await repositoryGrants({ effective: true });
  const people = state.users.map((index) => subjectAt(state, index)).filter(({ prefix }) => prefix === "aad");
  let rights = 0;
  expect(grants.size).toBe(state.repositories.length);
  for (const repository of state.repositories) {
    const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
    const told = grants.get(repository.id) ?? [];
    expect(told.filter(({ principal }) => principal.type === "group" || principal.type === "team")).toEqual([]);
    for (const person of people) {
      const expected = gitBits()
        .filter(({ bit }) => evaluator.holds({ subject: person.index, namespaceId: namespaceIds.git, token, bit }))
        .map(({ name }) => `git.${actionSlug(name)}`);
      rights += expected.length;
      expect([person.displayName, held(told, "user", descriptorOf(person))]).toEqual([
        person.displayName,
        expected.sort(),
      ]);
    }
  }
  expect(rights).toBeGreaterThan(1_000);
});

test("with --inherited-rows what every group has on every repository, from wherever", { timeout: 60_000 }, async () => {
  const { state } = emulator;
  const evaluator = createEvaluator(state);
  const grants = await repositoryGrants({ inheritedRows: true });
  const rows = [...grants.values()].flat();
  const teams = new Set(state.teams.map(({ group }) => group));
  // Denies do not bind administrators, which the evaluation of bare lists leaves out.
  const administrators = new Set([state.administrators]);
  for (const at of administrators)
    for (const member of state.subjects[at]?.group?.members ?? []) administrators.add(member);
  let rights = 0;
  for (const repository of state.repositories) {
    const projectId = state.projects[repository.project]?.id ?? "";
    const token = `repoV2/${projectId}/${repository.id}`;
    for (const { identity, index, ...group } of state.groups.map((at) => subjectAt(state, at))) {
      if (teams.has(index) || administrators.has(index)) continue;
      // Of a group that no entry names, nothing is told: its members hold what they do through another.
      const named = ["repoV2", `repoV2/${projectId}`, token].some((each) =>
        state.accessLists
          .get(namespaceIds.git)
          ?.get(each.toLowerCase())
          ?.entries.some(({ who }) => who === index),
      );
      if (!named) continue;
      const expected = gitBits()
        .filter(({ bit }) => evaluator.listsAllow({ subject: index, namespaceId: namespaceIds.git, token, bit }))
        .map(({ name }) => `git.${actionSlug(name)}`);
      const told = held(grants.get(repository.id) ?? [], "group", descriptorOf({ identity, index, ...group }));
      // What containers of the group are given is told of them.
      expect(told.filter((permission) => !expected.includes(permission))).toEqual([]);
      rights += told.length;
    }
  }
  expect(rights).toBeGreaterThan(300);
  const inherited = rows.filter(({ metadata }) => !JSON.stringify(metadata?.sources).includes("direct"));
  expect(inherited.length).toBeGreaterThan(100);
  expect(inherited.filter(({ immutable }) => immutable === undefined)).toEqual([]);
});
