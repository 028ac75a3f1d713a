import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createEvaluator,
  descriptorOf,
  type Emulator,
  type OrganizationState,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { roleTypes } from "../../src/resources/options.ts";
import { testCall } from "../support/calls.ts";
import { everyGrant, everyResource, type Told } from "../support/handler-rows.ts";
import { roleNamespaces as namespaces } from "../support/role-places.ts";
import { type Replica, startReplica } from "../support/world.ts";

/**
 * What roles say of access control lists: every bit that somebody really has, once, and the names that Azure DevOps
 * itself shows for them. Tokens and bits are read here from the organization's state, by nothing that the connector has.
 */
let emulator: Emulator;
let replica: Replica;
let told: Told[];

beforeAll(async () => {
  emulator = await startEmulator({ users: 80, groups: 20, projects: 6, teamsPerProject: 1 });
  replica = await startReplica(emulator, { sync: { optionalTypes: roleTypes } });
  told = await everyGrant(replica, withRoles);
}, 60_000);
afterAll(async () => {
  await replica.close();
  await emulator.close();
});

const withRoles = [...roleTypes, "project", "organization"];

const snake = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();

/** `<resource> <permission> <subject>` for every bit that an entry allows and that its subject really has. */
function bitsUpstream(state: OrganizationState, listed: ReadonlySet<string>): string[] {
  const evaluator = createEvaluator(state);
  const administrators = new Set([state.administrators]);
  for (const at of administrators)
    for (const member of state.subjects[at]?.group?.members ?? []) administrators.add(member);
  const found: string[] = [];
  for (const { id, slug, resourceOf } of namespaces) {
    const names = new Map(state.namespaces.find((each) => each.id === id)?.bits.map(({ bit, name }) => [bit, name]));
    for (const { token, entries } of state.accessLists.get(id)?.values() ?? []) {
      const place = resourceOf(token)?.replace("organization:", `organization:${state.collectionId}`);
      if (place === undefined || !listed.has(place.replace(/ .*/, ""))) continue;
      for (const { who, allow } of entries) {
        if (typeof who === "string" || isNameless(state, who)) continue;
        for (let bit = 1; bit <= allow; bit *= 2) {
          if ((allow & bit) === 0) continue;
          // A deny binds nobody who administers the collection.
          const holds = administrators.has(who) || evaluator.listsAllow({ subject: who, namespaceId: id, token, bit });
          const permission = `${slug}.${snake(names.get(bit) ?? `bit_${bit}`)}`;
          if (holds) found.push(`${place} ${permission} ${descriptorOf(subjectAt(state, who))}`);
        }
      }
    }
  }
  return found;
}

/** People that no service resolves are told under ids of their own. */
function isNameless(state: OrganizationState, who: number): boolean {
  const { group, known } = subjectAt(state, who);
  return known === "nowhere" && !group;
}

function permissionsOf({ metadata }: Told): readonly string[] {
  const names = metadata?.permissions;
  return Array.isArray(names) ? names.map(String) : [];
}

const isDirect = ({ metadata }: Told) => JSON.stringify(metadata?.sources).includes('"direct"');

/** As the lists name them: a team by its group. */
function subjectOf({ principal }: Told): string {
  const team = emulator.state.teams.find(({ id }) => principal.type === "team" && id === principal.id);
  return team ? descriptorOf(subjectAt(emulator.state, team.group)) : principal.id;
}

/** The resource, and what its role is on all of. */
function placeOf({ resource, slug }: Told): string {
  const [hub, role] = slug.split(".");
  return role === undefined ? resource : `${resource} ${hub}`;
}

test("every bit upstream that somebody has is told, none missing and none twice", async () => {
  const listed = new Set((await everyResource(replica, withRoles)).map(({ type, id }) => `${type}:${id}`));
  const expected = bitsUpstream(emulator.state, listed);
  const known = new Set(emulator.state.subjects.map(descriptorOf));
  const bits = told
    .filter(isDirect)
    .flatMap((grant) => permissionsOf(grant).map((name) => `${placeOf(grant)} ${name} ${subjectOf(grant)}`))
    .filter((bit) => known.has(bit.slice(bit.lastIndexOf(" ") + 1)));
  expect(expected.length).toBeGreaterThan(900);
  expect(bits.filter((bit, at) => bits.indexOf(bit) !== at)).toEqual([]);
  expect(expected.filter((bit) => !bits.includes(bit)).slice(0, 5)).toEqual([]);
  expect(bits.filter((bit) => !expected.includes(bit)).slice(0, 5)).toEqual([]);
});

/** The scope of the roles on one object, and what the object is called there (facts 5.2). */
const scopeOf: readonly (readonly [RegExp, string, string])[] = [
  [/^agent-pool:(\d+)$/, "distributedtask.agentpoolrole", "$1"],
  [/^agent-pool:(.+_\d+)$/, "distributedtask.agentqueuerole", "$1"],
  [/^environment:(.+)$/, "distributedtask.environmentreferencerole", "$1"],
  [/^service-connection:(.+_.+)$/, "distributedtask.serviceendpointrole", "$1"],
  [/^service-connection:([^_]+)$/, "distributedtask.collection.serviceendpointrole", "collection_$1"],
  [/^variable-group:(.+)_(.+)$/, "distributedtask.variablegroup", "$1$$$2"],
  [/^secure-file:(.+)_(.+)$/, "distributedtask.securefile", "$1$$$2"],
];

const slugOf: Readonly<Record<string, string>> = {
  Reader: "reader",
  User: "user",
  Creator: "creator",
  Administrator: "administrator",
  ServiceAccount: "service_account",
};

test("roles are those that Azure DevOps shows as assigned, but for what a deny takes away", async () => {
  const { client } = replica.app;
  const byKey = new Map(emulator.state.subjects.map((subject) => [subject.storageKey, descriptorOf(subject)]));
  const objects = new Set(told.map(({ resource }) => resource).filter((id) => scopeOf.some(([each]) => each.test(id))));
  const contested = contestedObjects(emulator.state);
  let compared = 0;
  for (const object of [...objects].filter((id) => !contested.has(id)).slice(0, 80)) {
    const [pattern, scope = "", id = ""] = scopeOf.find(([each]) => each.test(object)) ?? [];
    if (!pattern) throw new RangeError(`no scope for ${object}`);
    const own = told.filter((grant) => grant.resource === object && isDirect(grant));
    const assigned = await client.securityRoles.listAssignments(scope, object.replace(pattern, id), testCall());
    for (const { identity, role, access } of assigned) {
      if (access === "inherited") continue;
      const subject = byKey.get(identity.id);
      const held = own.filter((grant) => subjectOf(grant) === subject).map(({ slug }) => slug);
      expect(held, `${object} ${subject}`).toEqual([slugOf[role.name]]);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(60);
});

/** Objects with a deny on their own list: what it takes away, the names of roles do not say. */
function contestedObjects({ accessLists }: OrganizationState): ReadonlySet<string> {
  const found = namespaces.flatMap(({ id, resourceOf }) =>
    [...(accessLists.get(id)?.values() ?? [])]
      .filter(({ entries }) => entries.some(({ deny }) => deny > 0))
      .map(({ token }) => resourceOf(token) ?? ""),
  );
  return new Set(found);
}

test("of a group's role a member who is denied gets what is left, and the others theirs, each by name", async () => {
  const { state } = emulator;
  const environments = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20";
  const group = state.subjects.find(
    ({ kind, group: details }) =>
      kind === "group" &&
      (details?.members.length ?? 0) > 2 &&
      details?.members.every((member) => subjectAt(state, member).kind === "entra-user"),
  );
  const [denied = -1, ...others] = group?.group?.members ?? [];
  const environment = state.roleObjects.environments[0];
  const project = state.projects[environment?.project ?? 0];
  const token = `Environments/${project?.id}/${environment?.id}`;
  const administer = 8;
  await using own = await startEmulator({ users: 80, groups: 20, projects: 6, teamsPerProject: 1 });
  own.setAccessLists(environments, [
    {
      token,
      inherit: true,
      entries: [
        { who: group?.index ?? -1, allow: 27, deny: 0 },
        { who: denied, allow: 0, deny: administer },
      ],
    },
  ]);
  const connector = await startReplica(own, { sync: { optionalTypes: ["environment"] } });
  const grants = await everyGrant(connector, ["environment"]);
  await connector.close();
  const slugs = (who: number) =>
    grants.filter(({ principal }) => principal.id === descriptorOf(subjectAt(state, who))).map(({ slug }) => slug);
  expect(slugs(group?.index ?? -1)).toEqual(["administrator"]);
  const ofGroup = grants.find(({ principal }) => principal.type === "group");
  expect(ofGroup).toMatchObject({ metadata: { expandable: false } });
  expect(ofGroup?.throughSlug).toBeUndefined();
  for (const other of others) expect(slugs(other)).toEqual(["administrator"]);
  expect(slugs(denied)).toEqual(["custom", "user"]);
  const left = grants.filter(({ principal }) => principal.id === descriptorOf(subjectAt(state, denied)));
  expect(left.flatMap(permissionsOf).sort()).toEqual(["environment.manage", "environment.use", "environment.view"]);
  expect(left.every(({ metadata }) => metadata?.effective === true)).toBe(true);
});
