import { afterEach, expect, test } from "vitest";
import {
  createEvaluator,
  descriptorOf,
  type Emulator,
  namespaceIds,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { idsOf, wholeStream } from "../support/stream.ts";
import { entitlementListing, grantListing, resourceListing, walk } from "../support/walk.ts";
import { codeOf, startReplica } from "../support/world.ts";

/** Ways in which somebody's access was once moved, hidden or dropped. */
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function smallOrganization(): Promise<Emulator> {
  const emulator = await startEmulator({ users: 20, groups: 6, projects: 2, teamsPerProject: 1 });
  open.push(emulator);
  return emulator;
}

async function replicaOf(emulator: Emulator, options: Parameters<typeof startReplica>[1]) {
  const replica = await startReplica(emulator, options);
  open.push(replica);
  return replica;
}

function firstRepository({ state }: Emulator) {
  const [repository] = state.repositories;
  const project = repository && state.projects[repository.project];
  if (!repository || !project) throw new Error("the seed lacks a repository");
  return { id: repository.id, token: `repoV2/${project.id}/${repository.id}` };
}

/** A group that people made, with an administrator of the organization in it. */
function groupOfAdministrator({ state }: Emulator) {
  const isPerson = (index: number) => state.subjects[index]?.kind === "entra-user";
  const administrator = subjectAt(state, state.administrators).group?.members.find(isPerson) ?? -1;
  const group = state.groups.find((index) => state.subjects[index]?.group?.kind === "made") ?? -1;
  subjectAt(state, group).group?.members.push(administrator);
  subjectAt(state, administrator).memberOf.push(group);
  return { administrator, group };
}

test("an administrator keeps what a deny takes from a group, and is told to hold it through that group", async () => {
  const emulator = await smallOrganization();
  const { state } = emulator;
  const { administrator, group } = groupOfAdministrator(emulator);
  const { id, token } = firstRepository(emulator);
  emulator.setAccessLists(namespaceIds.git, [{ token, inherit: true, entries: [{ who: group, allow: 8, deny: 8 }] }]);
  const question = { subject: administrator, namespaceId: namespaceIds.git, token, bit: 8 };
  expect(createEvaluator(state).holds(question)).toBe(true);
  const replica = await replicaOf(emulator, { sync: { permissionDetail: "standard" } });
  const grants = idsOf(await wholeStream(replica)).filter((row) => row.includes(`repository:${id}:git.force_push:`));
  expect(grants.filter((row) => row.includes("group:"))).toEqual([]);
  expect(grants.some((row) => row.includes(`:user:${descriptorOf(subjectAt(state, administrator))}`))).toBe(true);
});

test("an administrator keeps a role that a deny takes from a group, and is told to hold it", async () => {
  const emulator = await smallOrganization();
  const { state } = emulator;
  const { administrator, group } = groupOfAdministrator(emulator);
  const [endpoint] = state.roleObjects.endpoints;
  const projectId = state.projects[endpoint?.uses[0]?.project ?? -1]?.id;
  const token = `endpoints/${projectId}/${endpoint?.id}`;
  const entries = [{ who: group, allow: 3, deny: 3 }];
  emulator.setAccessLists("49b48001-ca20-4adc-8111-5b60c903a50c", [{ token, inherit: false, entries }]);
  const replica = await replicaOf(emulator, { sync: { optionalTypes: ["service-connection"] } });
  const role = `service-connection:${projectId}_${endpoint?.id}:administrator:`;
  const grants = idsOf(await wholeStream(replica)).filter((row) => row.startsWith("grant") && row.includes(role));
  // Whoever else it has for administrators is told too, and nobody else.
  const passing = createEvaluator(state);
  const holds = (subject: number) =>
    passing.holds({ subject, namespaceId: "49b48001-ca20-4adc-8111-5b60c903a50c", token, bit: 3 });
  const expected = state.users.filter(holds).map((index) => descriptorOf(subjectAt(state, index)));
  expect(expected).toContain(descriptorOf(subjectAt(state, administrator)));
  expect(grants.map((row) => row.slice(row.lastIndexOf(":") + 1)).sort()).toEqual(expected.sort());
});

test("what can do harm everywhere and is not told without the organization is a gap", async () => {
  const emulator = await smallOrganization();
  const { state } = emulator;
  const person = state.users.find((index) => state.subjects[index]?.kind === "entra-user") ?? -1;
  const manifestOf = async (syncOrganizations: boolean) => {
    const replica = await replicaOf(emulator, {
      sync: { permissionDetail: "standard", optionalTypes: ["service-connection"] },
      syncOrganizations,
    });
    const manifest = (await wholeStream(replica)).at(-1)?.manifest;
    return manifest?.gaps.filter(({ remedy }) => remedy.includes("--sync-organizations")) ?? [];
  };
  const endpoints = "49b48001-ca20-4adc-8111-5b60c903a50c";
  emulator.setAccessLists(endpoints, []);
  for (const id of Object.values(namespaceIds)) emulator.setAccessLists(id, []);
  expect(await manifestOf(false)).toEqual([]);
  const entries = [{ who: person, allow: 8 + 8192, deny: 0 }];
  emulator.setAccessLists(namespaceIds.git, [{ token: "repoV2", inherit: true, entries }]);
  emulator.setAccessLists(endpoints, [
    { token: "endpoints/Collection", inherit: true, entries: [{ who: person, allow: 3, deny: 0 }] },
  ]);
  expect(await manifestOf(false)).toMatchObject([{ count: 2n, what: expect.stringMatching(/git.*service-endpoint/) }]);
  expect(await manifestOf(true)).toEqual([]);
});

test("a project that goes while resources of projects are listed makes no listing of a type NOT_FOUND", async () => {
  const emulator = await smallOrganization();
  emulator.faults.add({ kind: "status", status: 404, route: "*endpoints*", typeKey: "ProjectDoesNotExistException" });
  const replica = await replicaOf(emulator, { sync: { permissionDetail: "standard", optionalTypes } });
  const page = { pageSize: 0, syncId: "gone" };
  for (const type of ["project", "service-connection", "environment", "unknown-identity"]) {
    for (const listing of [
      resourceListing(type, page),
      entitlementListing(type, undefined, page),
      grantListing(type, undefined, page),
    ]) {
      const outcome = await walk(listing, replica).then(() => "complete", codeOf);
      expect([type, outcome]).toEqual([type, "complete"]);
    }
  }
  const manifest = (await wholeStream(replica)).at(-1)?.manifest;
  expect(manifest?.complete).toBe(false);
  expect(manifest?.gaps.map(({ what }) => what).join()).toContain("service-connection");
});
