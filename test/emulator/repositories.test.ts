import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt, startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ tokens: [{ token: "coder", scopes: ["vso.code"] }] });
});
afterAll(() => emulator.close());

interface Row {
  readonly id: string;
  readonly name: string;
  readonly defaultBranch?: string;
  readonly size: number;
  readonly isDisabled: boolean;
  readonly isFork?: boolean;
  readonly project: { readonly id: string };
  readonly remoteUrl: string;
  readonly parentRepository?: { readonly id: string };
  readonly _links?: object;
}

async function rows(path: string): Promise<readonly Row[]> {
  const body: { readonly count: number; readonly value: readonly Row[] } = JSON.parse((await ask(emulator, path)).text);
  expect(body.count).toBe(body.value.length);
  return body.value;
}

const path = "_apis/git/repositories";
const shown = () => emulator.state.repositories.filter(({ isHidden }) => !isHidden);

test("all repositories come in one body, those of wikis when asked for", async () => {
  const found = await rows(path);
  expect(found.map(({ id }) => id)).toEqual(shown().map(({ id }) => id));
  const hidden = await rows(`${path}?includeHidden=true&includeLinks=true`);
  expect(hidden.map(({ id }) => id)).toEqual(emulator.state.repositories.map(({ id }) => id));
  expect(hidden.length).toBeGreaterThan(found.length);
  expect([found, hidden].map(([row]) => row?._links !== undefined)).toEqual([false, true]);
});

test("rows say what the organization holds", async () => {
  for (const row of await rows(path)) {
    const truth = emulator.state.repositories.find(({ id }) => id === row.id);
    expect(row).toMatchObject({ name: truth?.name, size: truth?.size, isDisabled: truth?.isDisabled });
    expect(row.defaultBranch).toBe(truth?.defaultBranch);
    expect(row.isFork ?? false).toBe(truth?.parent !== undefined);
    expect(row.project.id).toBe(projectAt(emulator.state, truth?.project ?? -1).id);
    expect(new URL(row.remoteUrl).username).toBe("fabrikam");
  }
  const found = await rows(path);
  expect(found.some(({ defaultBranch }) => defaultBranch === undefined)).toBe(true);
  expect(found.some(({ isDisabled }) => isDisabled)).toBe(true);
  expect(found.some(({ isFork }) => isFork)).toBe(true);
});

test("a project's are its own, by id and by name of the project", async () => {
  const { id, index, name } = projectAt(emulator.state, 4);
  const own = shown().filter(({ project }) => project === index);
  for (const project of [id, id.toUpperCase(), encodeURIComponent(name)]) {
    expect((await rows(`${project}/${path}`)).map((row) => row.id)).toEqual(own.map((row) => row.id));
  }
  expect(own).toHaveLength(4);
});

test("one is found by id anywhere and by name in its project", async () => {
  const fork = emulator.state.repositories.find(({ parent }) => parent !== undefined);
  if (!fork) throw new Error("the seed lacks a fork");
  const one = async (at: string): Promise<Row> => JSON.parse((await ask(emulator, at)).text);
  expect((await one(`${path}/${fork.id}`)).parentRepository?.id).toBe(
    emulator.state.repositories[fork.parent ?? -1]?.id,
  );
  const project = projectAt(emulator.state, fork.project).id;
  expect((await one(`${project}/${path}/${encodeURIComponent(fork.name)}`)).id).toBe(fork.id);
  for (const wrong of [`${path}/${encodeURIComponent(fork.name)}`, `${path}/${emulator.state.hostId}`]) {
    const { json, status } = await ask(emulator, wrong);
    expect([status, json.typeKey]).toEqual([404, "GitRepositoryNotFoundException"]);
  }
});

test("it takes a scope, a known project and a version that there is", async () => {
  const suppress = { "X-TFS-FedAuthRedirect": "Suppress" };
  const status = async (authorization: string) => (await ask(emulator, path, { authorization, with: suppress })).status;
  expect(await status(`Bearer ${emulator.syncOnlyToken}`)).toBe(401);
  expect(await status("Bearer coder")).toBe(200);
  const unknown = await ask(emulator, `nowhere/${path}`);
  expect([unknown.status, unknown.json.typeKey]).toEqual([404, "ProjectDoesNotExistWithNameException"]);
  const late = await ask(emulator, `${path}?api-version=9.0`);
  expect(late.json.typeKey).toBe("VssVersionOutOfRangeException");
});

test("another order at each reading when shuffled, and as many as asked for", async () => {
  const options = { users: 20, groups: 2, projects: 3, repositoriesPerProject: 7 };
  await using shuffled = await startEmulator({ ...options, shuffle: true });
  const ids = async () => (await ask(shuffled, path)).json.value.map(({ id }) => id);
  const [first, second] = [await ids(), await ids()];
  expect(first).toHaveLength(21);
  expect(first).not.toEqual(second);
  expect(first.sort()).toEqual(second.sort());
});
