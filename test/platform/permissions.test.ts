import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createEvaluator,
  type Emulator,
  namespaceIds,
  type OrganizationState,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { compare } from "../support/comparison.ts";
import { idsOf, wholeStream } from "../support/stream.ts";
import { startReplica } from "../support/world.ts";
import { startConnector } from "./connector.ts";
import {
  createRefs,
  type HarmfulEntry,
  harmfulEntries,
  holdersAfter,
  insideOf,
  keyOf,
  type ListedPlace,
  peopleOf,
  placesOf,
} from "./permission-claims.ts";
import { buildSyncer, type SyncResult } from "./syncer.ts";

/**
 * Permissions after the platform's own expansion, held against the emulator's evaluation, which shares no code with the
 * connector: nobody is shown to hold what a deny takes away, and whoever can do harm is shown.
 */
const buildTimeoutMs = 15 * 60_000;
const sync = { permissionDetail: "standard", optionalTypes } as const;
const teamAdministratorBits = 31;

let emulator: Emulator | undefined;
let found: SyncResult | undefined;
let whyNot = "";

beforeAll(async () => {
  const syncer = await buildSyncer();
  if (typeof syncer !== "function") {
    whyNot = syncer.reason;
    console.warn(`the platform test of permissions is skipped: ${whyNot}`);
    return;
  }
  emulator = await startEmulator({ users: 60, groups: 20, projects: 3, repositoriesPerProject: 6, nesting: 4 });
  denyAmongMembers(emulator);
  await using connector = await startConnector(emulator, {
    listing: "type-scoped",
    syncTeams: true,
    token: "full",
    sync,
  });
  found = await syncer({ address: connector.address, workers: 4 });
}, buildTimeoutMs);
afterAll(() => emulator?.close());

/** Gives groups whose members are groups everything on a repository and a branch, and denies an inner one and a member. */
function denyAmongMembers({ setAccessLists, state }: Emulator): void {
  const lists = state.accessLists.get(namespaceIds.git)?.values() ?? [];
  const [repository] = state.repositories.filter(({ isHidden }) => !isHidden);
  const groups = state.groups.map((index) => subjectAt(state, index));
  const outer = groups.find(({ group }) => {
    const inner = group?.members.find((member) => subjectAt(state, member).group);
    return group?.kind === "made" && inner !== undefined && group.members.length > 3;
  });
  const inner = outer?.group?.members.find((member) => subjectAt(state, member).group);
  const person = outer?.group?.members.find((member) => !subjectAt(state, member).group);
  if (!repository || !outer || inner === undefined || person === undefined) throw new Error("no such groups");
  const token = `repoV2/${state.projects[repository.project]?.id}/${repository.id}`;
  const all = 524_287;
  const [forcePush, deleteRepository] = [8, 512];
  const own = {
    token,
    inherit: true,
    entries: [
      { who: outer.index, allow: all, deny: 0 },
      { who: inner, allow: 0, deny: forcePush },
      { who: person, allow: 0, deny: deleteRepository },
    ],
  };
  const branch = {
    token: `${token}/refs/heads/6d00610069006e00`,
    inherit: true,
    entries: [
      { who: outer.index, allow: forcePush, deny: 0 },
      { who: person, allow: 0, deny: forcePush },
    ],
  };
  const others = [...lists].filter(
    (list) => ![own, branch].some((each) => each.token.toLowerCase() === list.token.toLowerCase()),
  );
  setAccessLists(namespaceIds.git, [...others, own, branch]);
}

/** The administrators' group and whoever is in it: most denies do not bind them (DOCS about-permissions). */
function administratorsOf(state: OrganizationState): ReadonlySet<number> {
  const reached = new Set([state.administrators]);
  for (const at of reached) for (const member of subjectAt(state, at).group?.members ?? []) reached.add(member);
  return reached;
}

const workItemDeletion = 8_192 | 32_768;

function denyBindsAll({ namespace }: ListedPlace, bit: number): boolean {
  if (namespace.slug === "build" || namespace.slug === "release") return true;
  return namespace.slug === "project" && (bit & workItemDeletion) !== 0;
}

const administratorsNames = [
  "Project Administrators",
  "Project Collection Administrators",
  "Project Collection Service Accounts",
];

/** Membership says it (decision 0009), as does being a team's administrator: these have no row for the permission. */
function toldByMembership({ at, who, action }: HarmfulEntry, state: OrganizationState): string | undefined {
  const { place, namespace, entries } = at;
  const ownsPlace = place.type === "project" && place.inner === "";
  if (ownsPlace && who.group?.kind === "default" && administratorsNames.includes(who.displayName)) {
    return `group:${createRefs(state).idOf(who)}:member`;
  }
  const team = namespace.slug === "identity" && state.teams.some(({ id }) => id === place.inner);
  const { allow = 0, deny = 0 } = entries.find((entry) => entry.who === who.index) ?? {};
  const administers = (allow & ~deny & teamAdministratorBits) === teamAdministratorBits;
  return team && administers && (action.bit & teamAdministratorBits) !== 0 ? `team:${place.inner}:admin` : undefined;
}

describe("permissions, after the platform's own expansion in which every breach of an invariant is an error", () => {
  test("nobody is shown to hold what they do not hold", ({ skip }) => {
    if (!emulator || !found) return skip(whyNot);
    const { state } = emulator;
    const { subjectOf } = createRefs(state);
    const evaluator = createEvaluator(state);
    const administrators = administratorsOf(state);
    const { byPermission } = holdersAfter(found.rows);
    let shown = 0;
    const wrong: string[] = [];
    for (const at of placesOf(state)) {
      for (const { bit, slug } of at.actions.known) {
        for (const ref of byPermission.get(keyOf(at.resource, insideOf(at), slug)) ?? []) {
          const subject = subjectOf(ref);
          if (!subject || subject.group) continue;
          shown += 1;
          if (administrators.has(subject.index) && !denyBindsAll(at, bit)) continue;
          const question = { subject: subject.index, namespaceId: at.namespace.id, token: at.token, bit };
          if (!evaluator.listsAllow(question)) wrong.push(`${subject.displayName} ${slug} ${at.token}`);
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(shown).toBeGreaterThan(1_000);
  });

  test("whoever can do harm by an entry is shown to, and whom a deny keeps from it is not", ({ skip }) => {
    if (!emulator || !found) return skip(whyNot);
    const { state } = emulator;
    const { has } = createRefs(state);
    const evaluator = createEvaluator(state);
    const { byEntitlement, byPermission } = holdersAfter(found.rows);
    const counts = { held: 0, denied: 0, byMembership: 0 };
    const missing: string[] = [];
    for (const entry of harmfulEntries(state, placesOf(state))) {
      const { at, action, who } = entry;
      const membership = toldByMembership(entry, state);
      const shown = byPermission.get(keyOf(at.resource, insideOf(at), action.slug));
      // Everybody is in it, and so it is never expanded.
      if (who.group?.specialType === "EveryoneApplicationGroup") continue;
      for (const person of peopleOf(state, who)) {
        const question = { subject: person.index, namespaceId: at.namespace.id, token: at.token, bit: action.bit };
        if (!evaluator.listsAllow(question)) {
          counts.denied += 1;
          continue;
        }
        counts.held += 1;
        if (has(shown, person)) continue;
        counts.byMembership += 1;
        if (membership === undefined || !has(byEntitlement.get(membership), person)) {
          missing.push(`${person.displayName} by ${who.displayName}: ${action.slug} ${at.token}`);
        }
      }
    }
    expect(missing.slice(0, 5)).toEqual([]);
    expect(counts.held).toBeGreaterThan(500);
    expect(counts.denied).toBeGreaterThan(10);
    expect(counts.byMembership).toBeGreaterThan(10);
  });

  test("every row is stored, with few calls, and nothing is warned of but the circle of groups", async ({ skip }) => {
    if (!emulator || !found) return skip(whyNot);
    const replica = await startReplica(emulator, { sync });
    const told = idsOf(await wholeStream(replica));
    await replica.close();
    const stored = found.rows.flatMap((row) => (row.kind === "grant" && row.derived ? [] : [`${row.kind} ${row.id}`]));
    expect(compare(stored, told)).toEqual([]);
    expect(found.warnings.map(({ message }) => message)).toEqual(["cycle detected in entitlement graph"]);
    const { ListEntitlements = 0, ListGrants = 0 } = found.calls;
    expect(ListEntitlements).toBeLessThanOrEqual(2 * found.resourceTypes.length);
    expect(ListGrants).toBeLessThanOrEqual(2 * found.resourceTypes.length);
  });
});
