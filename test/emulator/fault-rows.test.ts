import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, groupOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";

/** Faults of single rows and of addresses. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 30, groups: 8, projects: 2 });
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

interface Row {
  readonly id: string;
  readonly name?: string;
  readonly locationUrl: string;
  readonly members: readonly (string | null)[];
  readonly memberIds: readonly (string | null)[];
  readonly identity?: object | null;
  readonly user?: object | null;
}

async function read(path: string, host: "" | "vssps" | "vsaex", body?: object): Promise<readonly (Row | null)[]> {
  const sight = await look(emulator, path, { host, ...(body ? { method: "POST", body } : {}) });
  expect(sight.status, path).toBe(200);
  const answer: { value?: readonly (Row | null)[]; items?: readonly Row[] } = JSON.parse(sight.bytes.toString());
  return answer.value ?? answer.items ?? [];
}

const made = () => {
  const found = emulator.state.subjects.filter(({ group }) => group?.kind === "made" && group.members.length > 1);
  const [first, second] = found;
  if (!first || !second) throw new Error("the seed lacks groups with members");
  return { first, second };
};
const batch = (ids: readonly string[]) =>
  read("_apis/identitybatch?api-version=7.1-preview.1", "vssps", { identityIds: ids, queryMembership: "direct" });
const lookupPath = "_apis/graph/subjectlookup?api-version=7.1-preview.1";

async function lookup(descriptors: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const body = { lookupKeys: descriptors.map((descriptor) => ({ descriptor })) };
  const sight = await look(emulator, lookupPath, { host: "vssps", method: "POST", body });
  return JSON.parse(sight.bytes.toString()).value;
}

test("null members stand beside the true ones, in both lists of an identity at the same place", async () => {
  const { first, second } = made();
  const ids = [first.storageKey, second.storageKey];
  const proper = await batch(ids);
  emulator.faults.add({ kind: "null-member" });
  const rows = await batch(ids);
  expect(rows.map((row) => row?.id)).toEqual(ids);
  for (const [at, row] of rows.entries()) {
    expect(row?.members.indexOf(null)).toBe(row?.memberIds.indexOf(null));
    expect(row?.members.filter((member) => member !== null)).toEqual(proper[at]?.members);
    expect(row?.memberIds.filter((id) => id !== null)).toEqual(proper[at]?.memberIds);
  }
});

test("null members leave full pages by $skip alone, where a row more would push out a true one", async () => {
  emulator.faults.add({ kind: "null-member" });
  const teams = "_apis/teams?api-version=7.1-preview.3";
  expect(await read(`${teams}&$top=2`, "")).not.toContain(null);
  expect(await read(teams, "")).toContain(null);
  expect(await read("_apis/securitynamespaces", "")).toContain(null);
});

describe("a null identity", () => {
  test("takes the place of one in a batch and in a lookup", async () => {
    const { first, second } = made();
    emulator.faults.add({ kind: "null-identity" });
    expect((await batch([first.storageKey, second.storageKey])).map((row) => row?.id)).toEqual([
      undefined,
      second.storageKey,
    ]);
    const names = [first, second].map(descriptorOf);
    expect(Object.values(await lookup(names)).filter((row) => row === null)).toHaveLength(1);
  });

  test("takes the place of a team member's and of a user's", async () => {
    const { projects, teams } = emulator.state;
    const team = teams.find(({ group }) => groupOf(subjectAt(emulator.state, group)).members.length > 1);
    const project = projects[team?.project ?? -1];
    emulator.faults.add({ kind: "null-identity" });
    const members = await read(`_apis/projects/${project?.id}/teams/${team?.id}/members`, "");
    expect(members.map((row) => row?.identity === null)).toEqual(members.map((_, at) => at === 0));
    const entitlements = await read("_apis/userentitlements", "vsaex");
    expect(entitlements.map((row) => row?.user === null)).toEqual(entitlements.map((_, at) => at === 0));
  });
});

test("an unknown kind of subject stands in entitlements and lookups too", async () => {
  const { first } = made();
  emulator.faults.add({ kind: "unknown-subject-kind" });
  const [row] = await read("_apis/userentitlements", "vsaex");
  const subject = { subjectKind: "automaton", descriptor: expect.stringMatching(/^atm\./) };
  expect(row?.user).toMatchObject(subject);
  expect(Object.values(await lookup([descriptorOf(first)]))).toMatchObject([subject]);
});

describe("a vanished group", () => {
  test("is listed, and null, absent or not found everywhere else", async () => {
    const { first, second } = made();
    const name = descriptorOf(second);
    emulator.faults.add({ kind: "vanished-group", group: name });
    const groups = await read("_apis/graph/groups", "vssps");
    expect(groups).toContainEqual(expect.objectContaining({ descriptor: name }));
    expect((await batch([first.storageKey, second.storageKey])).map((row) => row?.id)).toEqual([
      first.storageKey,
      undefined,
    ]);
    expect(Object.keys(await lookup([descriptorOf(first), name]))).toEqual([descriptorOf(first)]);
    for (const [path, typeKey] of [
      [`_apis/graph/groups/${name}`, "GraphSubjectNotFoundException"],
      [`_apis/graph/storagekeys/${name}`, "GraphSubjectNotFoundException"],
      [`_apis/graph/descriptors/${second.storageKey}`, "GraphSubjectNotFoundException"],
      [`_apis/graph/memberships/${name}?direction=down`, "FindGroupSidDoesNotExistException"],
      [`_apis/identities/${second.storageKey}`, "IdentityNotFoundException"],
    ] as const) {
      const sight = await look(emulator, path, { host: "vssps" });
      expect([path, sight.status, JSON.parse(sight.bytes.toString()).typeKey]).toEqual([path, 404, typeKey]);
    }
    expect((await look(emulator, `_apis/graph/groups/${descriptorOf(first)}`, { host: "vssps" })).status).toBe(200);
  });

  test("is there until the rule's moment, and one that people made when none is named", async () => {
    const first = emulator.state.subjects.find(({ group, known }) => group?.kind === "made" && known === "graph");
    const path = `_apis/graph/groups/${first ? descriptorOf(first) : ""}`;
    emulator.faults.add({ kind: "vanished-group", route: "_apis/graph/groups", nth: 2 });
    const status = async () => (await look(emulator, path, { host: "vssps" })).status;
    const seen = [await status()];
    for (let reading = 1; reading <= 2; reading++) {
      await read("_apis/graph/groups", "vssps");
      seen.push(await status());
    }
    expect(seen).toEqual([200, 200, 404]);
  });
});

describe("resource areas", () => {
  const areas = async () =>
    Object.fromEntries((await read("_apis/resourceareas", "")).map((row) => [row?.name ?? "", row?.locationUrl ?? ""]));

  test("lead to a host that does not resolve, all or one", async () => {
    const proper = await areas();
    emulator.faults.add({ kind: "unresolvable-host", area: "graph" });
    const { Graph, ...others } = await areas();
    expect(Graph).toBe("https://does-not-exist.invalid/vssps/fabrikam/");
    const { Graph: _, ...properOthers } = proper;
    expect(others).toEqual(properOthers);
    emulator.faults.clear();
    emulator.faults.add({ kind: "unresolvable-host" });
    expect(Object.values(await areas()).every((url) => new URL(url).hostname.endsWith(".invalid"))).toBe(true);
    await expect(fetch(Graph ?? "")).rejects.toMatchObject({ cause: { code: expect.stringMatching(/^E/) } });
  });

  test("lead to where no TLS handshake succeeds, the single area too", async () => {
    emulator.faults.add({ kind: "tls-failure" });
    const { Graph = "" } = await areas();
    expect(new URL(Graph)).toMatchObject({ protocol: "https:", host: new URL(emulator.url).host });
    await expect(fetch(Graph)).rejects.toMatchObject({ cause: { code: expect.stringMatching(/^ERR_SSL/) } });
    const sight = await look(emulator, "_apis/resourceareas/bb1e7ec9-e901-4b68-999a-de7012b920f8");
    expect(JSON.parse(sight.bytes.toString()).locationUrl).toBe(Graph);
  });
});
