import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Emulator, EmulatorOptions, OrganizationState } from "../../src/emulator/index.ts";
import {
  createEvaluator,
  descriptorOf,
  evaluate,
  groupOf,
  namespaceIds,
  projectAt,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { createLookup } from "../../src/emulator/lookup.ts";
import { resolveOptions } from "../../src/emulator/options.ts";
import { allRoutes } from "../../src/emulator/routes/index.ts";
import { countTotals } from "../../src/emulator/totals.ts";
import { send } from "./exchanges.ts";
import { writeExchanges } from "./write-exchanges.ts";

/** What holds for every route that writes, and after any writes. */

const small: EmulatorOptions = { users: 60, groups: 20, projects: 3, feeds: 6 };
const snapshot = ({ revisions: _, ...state }: OrganizationState) => structuredClone(state);
const writeRoutes = () => allRoutes(resolveOptions({})).filter((route) => route.write === true);
const readScopes = [
  ...new Set(allRoutes(resolveOptions({})).flatMap(({ scopes, write }) => (write ? [] : scopes))),
].filter((scope) => !writeRoutes().some((route) => route.scopes.includes(scope)));

describe("every route that writes", () => {
  test("has a scope of its own, and whatever is neither read nor posted to be read is one", () => {
    const routes = allRoutes(resolveOptions({}));
    expect(writeRoutes().filter(({ scopes }) => scopes.length === 0)).toEqual([]);
    const others = routes.filter(({ method, write }) => !write && !["GET", "HEAD", "OPTIONS"].includes(method));
    expect(others.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "POST _apis/graph/subjectlookup",
      "POST _apis/graph/subjectquery",
      "POST _apis/identitybatch",
      "POST _apis/permissionsreport",
      "POST _apis/security/permissionevaluationbatch",
    ]);
    expect(readScopes).toContain("vso.graph");
  });

  test("is refused to a token that may only read, and to a caller who may change nothing", async () => {
    const tokens = [{ token: "reader", scopes: readScopes }];
    await using scoped = await startEmulator({ ...small, tokens });
    await using powerless = await startEmulator({ ...small, callerMayChange: false });
    const outcomes: unknown[] = [];
    for (const [of, token] of [
      [scoped, "reader"],
      [powerless, powerless.token],
    ] as const) {
      for (const exchange of writeExchanges(of)) {
        const response = await send({ ...of, token }, exchange);
        const text = await response.text();
        const isRefused = response.status === 302 || response.status === 401 || response.status === 403;
        if (!isRefused && !text.includes('"key":5032'))
          outcomes.push([exchange.method, exchange.path, response.status]);
      }
      expect(of.writes.changes).toEqual([]);
    }
    expect(outcomes).toEqual([]);
  });

  test("leaves nothing behind when its effect is undone, and when it is refused", async () => {
    await using undone = await startEmulator(small);
    const before = snapshot(undone.state);
    undone.faults.add({ kind: "reset-before", effect: "before" });
    for (const exchange of writeExchanges(undone)) await send(undone, exchange).catch(() => undefined);
    expect(undone.writes.all).toHaveLength(writeExchanges(undone).length);
    expect(undone.writes.changes).toEqual([]);
    expect(snapshot(undone.state)).toEqual(before);
    undone.faults.clear();
    const done = writeExchanges(undone);
    for (const exchange of done) await send(undone, exchange);
    expect(undone.writes.changes.length).toBeGreaterThan(done.length / 2);
    expect(snapshot(undone.state)).not.toEqual(before);
  });
});

/** Everything that is derived, made anew from what is there. */
function expectWhole(emulator: Emulator): void {
  const { state } = emulator;
  const lookup = createLookup(state);
  const evaluator = createEvaluator(state);
  expect(emulator.totals).toEqual(countTotals(state, lookup, false));
  for (const { group, index, memberOf } of state.subjects) {
    const members = group?.members ?? [];
    expect(new Set(members).size).toBe(members.length);
    expect(members.every((member) => subjectAt(state, member).memberOf.includes(index))).toBe(true);
    expect(memberOf.every((container) => groupOf(subjectAt(state, container)).members.includes(index))).toBe(true);
  }
  for (const team of state.teams) {
    const token = `${projectAt(state, team.project).id}\\${team.id}`;
    const entries = state.accessLists.get(namespaceIds.identity)?.get(token)?.entries ?? [];
    const rows = state.teamAdministrators.filter((row) => row.team === team.index);
    expect(rows.map(({ subject }) => subject)).toEqual(
      entries.map(({ who }) => who).filter((who) => typeof who === "number"),
    );
  }
  const namespaceId = namespaceIds.project;
  const token = `$PROJECT:vstfs:///Classification/TeamProject/${projectAt(state, 0).id}`;
  for (const subject of state.users) {
    const question = { subject, namespaceId, token, bit: 2 };
    expect(evaluate(state, question)).toBe(evaluator.holds(question));
  }
}

test("whatever is derived is true after any changes", async () => {
  await using emulator = await startEmulator(small);
  const { changes, state } = emulator;
  const groups = state.groups.filter((index) => subjectAt(state, index).group?.kind !== "entra");
  const teams = state.teams.map((team) => `${projectAt(state, team.project).id}\\${team.id}`);
  const place = fc.nat({ max: 1_000 });
  const at = <T>(items: readonly T[], position: number): T => {
    const item = items[position % items.length];
    if (item === undefined) throw new Error("nothing there");
    return item;
  };
  const step = fc.record({
    what: fc.constantFrom("join", "leave", "administrate", "resign", "level", "unlist"),
    one: place,
    other: place,
  });
  const act = ({ one, other, what }: { readonly what: string; readonly one: number; readonly other: number }) => {
    const person = at(state.users, one);
    const group = at(groups, other);
    const { entitlement } = subjectAt(state, person);
    if (what === "join") changes.join(group, person);
    if (what === "leave") changes.leave(at(subjectAt(state, person).memberOf.concat(group), other), person);
    if (what === "administrate")
      changes.setEntry(namespaceIds.identity, at(teams, other), person, { allow: 31, deny: 0 });
    if (what === "resign") changes.setEntry(namespaceIds.identity, at(teams, other), person, undefined);
    if (what === "level") changes.setEntitlement(person, entitlement && { ...entitlement, level: "stakeholder" });
    if (what === "unlist" && state.users.length > 20) changes.setListed("users", person, false);
  };
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      for (const each of steps) act(each);
      expectWhole(emulator);
    }),
    { numRuns: 30 },
  );
});

test("whatever is derived is true after every documented write", async () => {
  await using emulator = await startEmulator(small);
  for (const exchange of writeExchanges(emulator)) {
    await send(emulator, exchange);
    expectWhole(emulator);
  }
  const made = emulator.state.subjects.at(-1);
  expect(made && createLookup(emulator.state).byDescriptor(descriptorOf(made))).toBe(made);
});
