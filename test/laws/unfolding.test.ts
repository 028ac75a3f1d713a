import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GrantRow, PermissionSet } from "../../src/connector/model.ts";
import {
  createEvaluator,
  descriptorOf,
  type Emulator,
  type OrganizationState,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { createActions } from "../../src/permissions/actions.ts";
import { bundles, type Detail } from "../../src/permissions/fold.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { tokenSlug } from "../../src/permissions/slugs.ts";
import { type Anchors, canonicalToken } from "../../src/permissions/tokens.ts";
import { testCall } from "../support/calls.ts";
import { startReplica } from "../support/world.ts";

/**
 * Bundles unfolded, single permissions, what is left over, what membership of a built-in group gives and what a team's
 * administrators have: together every allow bit upstream that no deny takes away, none missing and none twice.
 */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 120, groups: 30, projects: 8, repositoriesPerProject: 6 });
});
afterAll(() => emulator.close());

/** `<resource> <token inside> <permission> <subject>`. */
type Bit = string;

const teamAdministrator = 31;

function anchorsOf({ projects, classification, collectionId }: OrganizationState): Anchors {
  const rootOf = new Map(classification.map(({ id, project }) => [id, projects[project]?.id]));
  return {
    collectionId,
    projectNamed: (name) => projects.find((project) => project.name.toLowerCase() === name)?.id,
    projectOfNode: (root) => rootOf.get(root),
  };
}

/** Every bit that is allowed by an entry on a resource that is listed, and that its subject really has. */
function expectedBits(state: OrganizationState): Bit[] {
  const anchors = anchorsOf(state);
  const evaluator = createEvaluator(state);
  const listed = new Set([
    ...state.projects.map(({ id }) => `project:${id}`),
    ...state.repositories.map(({ id }) => `repository:${id}`),
    `organization:${state.collectionId}`,
  ]);
  const teams = new Set(state.teams.map(({ id }) => id));
  const administrators = administratorsOf(state);
  const bits = new Set<Bit>();
  for (const namespace of governedNamespaces) {
    const definition = state.namespaces.find(({ id }) => id === namespace.id);
    const named = (definition?.bits ?? []).map(({ name, bit }) => ({ bit, name, displayName: name }));
    const actions = createActions(namespace, { id: namespace.id, systemBits: 0, actions: named });
    for (const { token, entries } of state.accessLists.get(namespace.id)?.values() ?? []) {
      const place = namespace.readToken(canonicalToken(token, namespace.separator), anchors);
      const resource = place && `${place.type}:${place.id || state.collectionId}`;
      if (!place || !resource || !listed.has(resource)) continue;
      for (const { who, allow, deny } of entries) {
        if (typeof who === "string") continue; // Nobody that a subject could be compared with.
        const subject = subjectAt(state, who);
        if (subject.known === "nowhere" && !subject.group) continue; // Told under an id of its own.
        const isTeam = namespace.slug === "identity" && teams.has(place.inner);
        const administers = isTeam && (allow & ~deny & teamAdministrator) === teamAdministrator;
        for (let bit = 1; bit <= allow; bit *= 2) {
          if ((allow & bit) === 0 || (administers && (teamAdministrator & bit) !== 0)) continue;
          // An entry's own allow is the nearest that there is: only a deny beside it can take it away.
          const question = { subject: who, namespaceId: namespace.id, token, bit };
          const keeps = administrators.has(who) && !bindsAdministrators(namespace.slug, bit);
          if (!keeps && !evaluator.listsAllow(question)) continue;
          const inside = place.inner === "" ? "" : `${namespace.slug}.${tokenSlug(place.inner)}`;
          bits.add(`${resource} ${inside} ${actions.of(bit).slug} ${descriptorOf(subject)}`);
        }
      }
    }
  }
  return [...bits];
}

/** The administrators' group and whoever is in it, nested or not: a deny does not bind them (DOCS about-permissions). */
function administratorsOf(state: OrganizationState): ReadonlySet<number> {
  const reached = new Set([state.administrators]);
  for (const at of reached) for (const member of state.subjects[at]?.group?.members ?? []) reached.add(member);
  return reached;
}

const workItemDeletion = 8_192 | 32_768;

function bindsAdministrators(slug: string, bit: number): boolean {
  return slug === "build" || slug === "release" || (slug === "project" && (bit & workItemDeletion) !== 0);
}

/** What the connector tells, unfolded. */
async function toldBits(detail: Detail): Promise<Bit[]> {
  const replica = await startReplica(emulator, { sync: { permissionDetail: detail } });
  const { readings } = replica.app.scope.sessions.private();
  const call = testCall();
  const bits: Bit[] = [];
  const subjectOfTeam = new Map(
    emulator.state.teams.map(({ id, group }) => [id, descriptorOf(subjectAt(emulator.state, group))]),
  );
  const subjectOf = ({ type, id }: GrantRow["principal"]) => (type === "team" ? (subjectOfTeam.get(id) ?? id) : id);
  for (const handler of replica.app.scope.registry.handlers) {
    const { grants, ownEntitlements, type } = handler;
    if (!grants || !ownEntitlements) continue;
    for (const id of await grants.resourceIds(readings, call)) {
      const definitions = (await ownEntitlements.of(readings, id, true, call)) ?? [];
      if (type.id === "group") {
        for (const { contents = [] } of definitions) for (const set of contents) bits.push(...bitsOfSet(set, id));
        continue;
      }
      for (const { slug, principal, metadata } of (await grants.of(readings, id, true, call)) ?? []) {
        if (metadata?.via !== undefined && !JSON.stringify(metadata.sources).includes("direct")) continue;
        const [namespace = "", second = "", third] = slug.split(".");
        const inside = third === undefined ? "" : `${namespace}.${second}`;
        for (const permission of permissionsOf(slug, metadata)) {
          bits.push(`${type.id}:${id} ${inside} ${permission} ${subjectOf(principal)}`);
        }
      }
    }
  }
  await replica.close();
  return bits;
}

function bitsOfSet({ resources = [], permissions }: PermissionSet, group: string): Bit[] {
  return resources.flatMap(({ type, id }) => permissions.map((permission) => `${type}:${id}  ${permission} ${group}`));
}

function permissionsOf(slug: string, metadata: GrantRow["metadata"]): readonly string[] {
  const bundle = bundles.find((each) => each.slug === slug);
  if (bundle) return bundle.permissions;
  if (slug.endsWith(".custom")) {
    const names = metadata?.permissions;
    return Array.isArray(names) ? names.map(String) : [];
  }
  const [namespace = "", second = "", third] = slug.split(".");
  return [`${namespace}.${third ?? second}`];
}

describe.each<Detail>(["standard", "all"])("what is told at detail %s", (detail) => {
  test("is every allow bit upstream, none missing, none twice", { timeout: 60_000 }, async () => {
    // Entries for descriptors that are nobody's are told under ids of their own.
    const known = new Set(emulator.state.subjects.map(descriptorOf));
    const told = (await toldBits(detail)).filter((bit) => known.has(bit.slice(bit.lastIndexOf(" ") + 1)));
    const expected = expectedBits(emulator.state);
    expect(expected.length).toBeGreaterThan(5_000);
    expect(told.filter((bit, at) => told.indexOf(bit) !== at).slice(0, 5)).toEqual([]);
    const [left, right] = [new Set(told), new Set(expected)];
    expect(expected.filter((bit) => !left.has(bit)).slice(0, 5)).toEqual([]);
    expect(told.filter((bit) => !right.has(bit)).slice(0, 5)).toEqual([]);
    console.log(`${detail}: ${told.length} bits`);
  });
});
