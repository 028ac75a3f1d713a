import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type AccessEntry,
  type AccessList,
  createEvaluator,
  type Emulator,
  namespaceIds,
  type OrganizationState,
  startEmulator,
} from "../../src/emulator/index.ts";
import { collectAccessTable, createInterner } from "../../src/permissions/access-table.ts";
import { createActions } from "../../src/permissions/actions.ts";
import { evaluate } from "../../src/permissions/effective.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { canonicalToken, refToken } from "../../src/permissions/tokens.ts";
import { createContainers } from "../../src/resources/permissions/containers.ts";

/**
 * Who really holds a right, worked out here and by the emulator's own evaluation, which was written from the documented
 * rules alone and shares no code with this one: they must agree on every random tree of lists.
 */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 30, groups: 12, projects: 4, repositoriesPerProject: 2, nesting: 4 });
});
afterAll(() => emulator.close());

/** Namespaces whose rules differ: denies that bind administrators, licences, visibility. */
const chosen: readonly string[] = [namespaceIds.git, namespaceIds.build, namespaceIds.project, namespaceIds.queries];
const bits = [1, 2, 4, 8, 8_192, 32_768];

function tokensOf(state: OrganizationState, namespaceId: string): string[] {
  const projects = state.projects.slice(0, 4);
  switch (namespaceId) {
    case namespaceIds.git:
      return [
        "repoV2",
        ...projects.map(({ id }) => `repoV2/${id}`),
        ...state.repositories.slice(0, 4).flatMap(({ id, project }) => {
          const own = `repoV2/${projects[project]?.id}/${id}`;
          return [own, refToken(own, "refs/heads/main"), refToken(own, "refs/heads/a/b")];
        }),
      ];
    case namespaceIds.build:
      return projects.flatMap(({ id }) => [id, `${id}/Folder`, `${id}/Folder/12`]);
    case namespaceIds.queries:
      return ["$", ...projects.flatMap(({ id }) => [`$/${id}`, `$/${id}/${id}`])];
    default:
      return ["$PROJECT", ...projects.map(({ id }) => `$PROJECT:vstfs:///Classification/TeamProject/${id}`)];
  }
}

/** The same lists as the connector holds them, with subjects by their index. */
function tablesOf(state: OrganizationState) {
  const descriptors = createInterner();
  const subjectOf = new Map(state.subjects.map(({ identity, index }) => [identity, index]));
  const tables = new Map(
    governedNamespaces.map((namespace) => {
      const collector = collectAccessTable(namespace.separator, descriptors);
      for (const { token, inherit, entries } of state.accessLists.get(namespace.id)?.values() ?? []) {
        collector.add({
          token,
          inheritPermissions: inherit,
          entries: entries.map(({ who, allow, deny }) => ({
            descriptor: typeof who === "string" ? who : (state.subjects[who]?.identity ?? ""),
            allow,
            deny,
          })),
        });
      }
      return [namespace.id, collector.result()] as const;
    }),
  );
  return { tables, subject: (who: number) => subjectOf.get(descriptors.text(who)) };
}

function containersOf({ subjects }: OrganizationState) {
  const parents = new Map(subjects.map(({ index, memberOf }) => [String(index), memberOf.map(String)]));
  const children = new Map(
    subjects.flatMap(({ index, group }) => (group ? [[String(index), group.members.map(String)] as const] : [])),
  );
  return createContainers(parents, children);
}

test("who holds what is what the independent evaluation says", { timeout: 120_000 }, () => {
  const { state } = emulator;
  const containers = containersOf(state);
  const groups = state.groups.slice(0, 25);
  const entry: fc.Arbitrary<AccessEntry> = fc.record({
    who: fc.oneof(fc.constantFrom(...state.users, ...state.servicePrincipals), fc.constantFrom(...groups)),
    allow: fc.subarray(bits).map((some) => some.reduce((sum, bit) => sum + bit, 0)),
    deny: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.subarray(bits, { maxLength: 2 }).map((some) => some.reduce((sum, bit) => sum + bit, 0)),
    ),
  });
  const listsOf = (namespaceId: string): fc.Arbitrary<AccessList[]> =>
    fc.subarray(tokensOf(state, namespaceId)).chain((tokens) =>
      fc.tuple(
        ...tokens.map((token) =>
          fc.record({
            token: fc.constantFrom(
              token,
              token.toUpperCase(),
              `${token}${namespaceId === namespaceIds.project ? ":" : "/"}`,
            ),
            inherit: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
            entries: fc.uniqueArray(entry, { selector: ({ who }) => who, maxLength: 8 }),
          }),
        ),
      ),
    );
  const organization = fc.tuple(...chosen.map(listsOf));
  let cases = 0;
  let held = 0;
  const reasons = new Map<string, number>();

  fc.assert(
    fc.property(organization, fc.infiniteStream(fc.nat()), (lists, numbers) => {
      for (const [index, id] of chosen.entries()) emulator.setAccessLists(id, lists[index] ?? []);
      const evaluator = createEvaluator(state);
      const { tables, subject } = tablesOf(state);
      const next = <T>(items: readonly T[]): T => {
        const item = items[(numbers.next().value ?? 0) % items.length];
        if (item === undefined) throw new RangeError("nothing to choose from");
        return item;
      };
      for (let i = 0; i < 100; i += 1) {
        const namespace = next(governedNamespaces.filter(({ id }) => chosen.includes(id)));
        const token = next(tokensOf(state, namespace.id));
        const who = next([...state.users, ...state.servicePrincipals, ...groups]);
        const bit = next(bits);
        const expected = evaluator.holds({ subject: who, namespaceId: namespace.id, token, bit });
        const decision = ours({ namespace, token, who, bit });
        cases += 1;
        if (decision.held) held += 1;
        reasons.set(decision.because, (reasons.get(decision.because) ?? 0) + 1);
        expect({ namespace: namespace.slug, token, who, bit, held: decision.held }).toEqual({
          namespace: namespace.slug,
          token,
          who,
          bit,
          held: expected,
        });
      }

      function ours({
        namespace,
        token,
        who,
        bit,
      }: {
        namespace: (typeof governedNamespaces)[number];
        token: string;
        who: number;
        bit: number;
      }) {
        const definition = state.namespaces.find(({ id }) => id === namespace.id);
        const actions = createActions(namespace, {
          id: namespace.id,
          systemBits: 0,
          actions: (definition?.bits ?? []).map(({ name, bit: each }) => ({ bit: each, name, displayName: name })),
        });
        const around = containers.around(String(who));
        const { entitlement, group } = state.subjects[who] ?? {};
        const project = state.projects.find(({ id }) => token.toLowerCase().includes(id));
        const chainOf = (namespaceId: string, of: string) => {
          const table = tables.get(namespaceId);
          return table?.chain(canonicalToken(of, table.separator)) ?? [];
        };
        return evaluate(
          namespace,
          actions.of(bit),
          chainOf(namespace.id, token),
          {
            concerns: (number) => around.has(String(subject(number))),
            isAdministrator: around.has(String(state.administrators)),
            isGroup: group !== undefined,
            worksAsStakeholder: entitlement?.level === "stakeholder" || entitlement?.status === "expired",
          },
          project && {
            isPrivate: project.visibility === "private",
            isKeptFrom: false,
            chain: chainOf(namespaceIds.project, `$PROJECT:vstfs:///Classification/TeamProject/${project.id}`),
          },
        );
      }
    }),
    { numRuns: 150 },
  );
  expect(cases).toBe(15_000);
  // Every reason comes often enough to prove something.
  expect(held).toBeGreaterThan(300);
  for (const reason of ["allowed", "denied", "not-set", "access-level", "project-not-visible"]) {
    expect(reasons.get(reason) ?? 0, reason).toBeGreaterThan(20);
  }
  console.log(`${cases} random cases: ${JSON.stringify(Object.fromEntries(reasons))}`);
});
