import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, Project } from "../../src/emulator/index.ts";
import { projectAt, startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** Pools, queues, environments, service connections, variable groups and secure files. */

let emulator: Emulator;
const scopes = [
  ["vso.agentpools", "_apis/distributedtask/pools"],
  ["vso.agentpools", "_apis/distributedtask/pools/1"],
  ["vso.agentpools", "{project}/_apis/distributedtask/queues"],
  ["vso.environment_manage", "{project}/_apis/distributedtask/environments"],
  ["vso.serviceendpoint", "{project}/_apis/serviceendpoint/endpoints"],
  ["vso.variablegroups_read", "{project}/_apis/distributedtask/variablegroups"],
  ["vso.securefiles_read", "{project}/_apis/distributedtask/securefiles"],
] as const;
const names = [...new Set(scopes.map(([scope]) => scope))];

beforeAll(async () => {
  emulator = await startEmulator({
    projects: 12,
    environmentsPerProject: 7,
    variableGroupsPerProject: 7,
    pageSizes: { pipelines: 3 },
    tokens: names.map((scope) => ({ token: scope, scopes: [scope] })),
  });
});
afterAll(() => emulator.close());

interface Row {
  readonly id: number | string;
  readonly name: string;
  readonly isShared?: boolean;
  readonly isReady?: boolean;
  readonly variables?: Readonly<Record<string, { readonly value?: string | null; readonly isSecret?: boolean }>>;
  readonly authorization?: { readonly parameters: Readonly<Record<string, string | null>> };
  readonly serviceEndpointProjectReferences?: readonly { readonly projectReference: { readonly id: string } }[];
}

async function read(path: string) {
  const { headers, status, text } = await ask(emulator, path);
  expect([path, status]).toEqual([path, 200]);
  const body: { readonly value: readonly Row[] } = JSON.parse(text);
  return { rows: body.value, token: headers.get("x-ms-continuationtoken") };
}

async function walk(path: string, query: string) {
  const rows: Row[] = [];
  const pages: number[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const more: string = after === "" ? "" : `&continuationToken=${encodeURIComponent(after)}`;
    const page: Awaited<ReturnType<typeof read>> = await read(`${path}?${query}${more}`);
    rows.push(...page.rows);
    pages.push(page.rows.length);
    after = page.token;
  }
  return { ids: rows.map(({ id }) => id), names: rows.map(({ name }) => name), pages };
}

const project = (index = 0): Project => projectAt(emulator.state, index);
const tasks = (index = 0) => `${project(index).id}/_apis/distributedtask`;
const connections = (index = 0) => `${project(index).id}/_apis/serviceendpoint/endpoints`;
const usedIn = (index: number) => (each: { readonly uses: readonly { readonly project: number }[] }) =>
  each.uses.some((use) => use.project === index);

describe("listings in pages", () => {
  test("of environments come by name, each once, and the token survives only encoded", async () => {
    const own = emulator.state.roleObjects.environments.filter((each) => each.project === 0);
    const { names: found, pages } = await walk(`${tasks()}/environments`, "");
    expect(found).toEqual(own.map(({ name }) => name).sort());
    expect(pages).toEqual([3, 3, 1]);
    expect((await walk(`${tasks()}/environments`, "$top=4")).pages).toEqual([4, 3]);
    const { json, status } = await ask(emulator, `${tasks()}/environments?continuationToken=nowhere%20near`);
    expect([status, json.typeKey]).toEqual([400, "ArgumentException"]);
  });

  test("of variable groups come by id, from the highest unless told otherwise", async () => {
    const own = emulator.state.roleObjects.variableGroups.filter(usedIn(0)).map(({ id }) => id);
    const down = await walk(`${tasks()}/variablegroups`, "");
    expect(down.ids).toEqual(own.toSorted((a, b) => b - a));
    expect(down.pages.length).toBeGreaterThan(2);
    expect((await walk(`${tasks()}/variablegroups`, "queryOrder=idAscending&$top=5")).ids).toEqual(
      own.toSorted((a, b) => a - b),
    );
    const { status } = await ask(emulator, `${tasks()}/variablegroups?continuationToken=last`);
    expect(status).toBe(400);
  });

  test("are taken by id, too, in one body", async () => {
    const own = emulator.state.roleObjects.variableGroups.filter(usedIn(0)).map(({ id }) => id);
    const { rows, token } = await read(`${tasks()}/variablegroups?groupIds=${own.join(",")}`);
    expect([rows.length, token]).toEqual([own.length, null]);
  });
});

describe("listings in one body", () => {
  test("hold every pool, of both types, hosted or not", async () => {
    const { pools } = emulator.state.roleObjects;
    expect((await read("_apis/distributedtask/pools")).rows.map(({ id }) => id).sort()).toEqual(
      pools.map(({ id }) => id).sort(),
    );
    const deployment = (await read("_apis/distributedtask/pools?poolType=deployment")).rows.map(({ id }) => id);
    expect(deployment).toEqual(pools.filter(({ poolType }) => poolType === "deployment").map(({ id }) => id));
    expect(deployment.length).toBeGreaterThan(0);
    expect(new Set(pools.map(({ isHosted, isLegacy }) => `${isHosted} ${isLegacy}`)).size).toBe(3);
  });

  test("hold a project's queues, secure files and service connections, and no other's", async () => {
    const { endpoints, queues, secureFiles } = emulator.state.roleObjects;
    for (const index of [0, 5, 11]) {
      const ids = async (path: string) => (await read(path)).rows.map(({ id }) => id).sort();
      const here = (each: { readonly project: number }) => each.project === index;
      expect(await ids(`${tasks(index)}/queues`)).toEqual(
        queues
          .filter(here)
          .map(({ id }) => id)
          .sort(),
      );
      expect(await ids(`${tasks(index)}/securefiles`)).toEqual(
        secureFiles
          .filter(here)
          .map(({ id }) => id)
          .sort(),
      );
      const ready = endpoints.filter(usedIn(index)).filter(({ isReady }) => isReady);
      expect(await ids(connections(index))).toEqual(ready.map(({ id }) => id).sort());
    }
  });

  test("hold connections that failed only when they are asked for", async () => {
    const failed = emulator.state.roleObjects.endpoints.find(({ isReady }) => !isReady);
    const index = failed?.uses[0]?.project ?? -1;
    const ids = async (query: string) => (await read(`${connections(index)}${query}`)).rows.map(({ id }) => id);
    expect(await ids("")).not.toContain(failed?.id);
    expect(await ids("?includeFailed=true")).toContain(failed?.id);
  });
});

test("a shared connection is in each of its projects, by a name of its own there", async () => {
  const shared = emulator.state.roleObjects.endpoints.find(({ isReady, uses }) => isReady && uses.length > 1);
  if (!shared) throw new Error("the seed lacks a shared connection");
  for (const use of shared.uses) {
    const row = (await read(connections(use.project))).rows.find(({ id }) => id === shared.id);
    expect(row).toMatchObject({ name: use.name, isShared: true });
    expect(row?.serviceEndpointProjectReferences?.map(({ projectReference }) => projectReference.id)).toEqual(
      shared.uses.map((each) => project(each.project).id),
    );
  }
});

test("secrets are null wherever they would be", async () => {
  for (let index = 0; index < 12; index++) {
    for (const { authorization, id } of (await read(`${connections(index)}?includeFailed=true`)).rows) {
      const scheme = emulator.state.roleObjects.endpoints.find((each) => each.id === id)?.scheme;
      for (const secret of scheme?.secrets ?? []) expect(authorization?.parameters[secret]).toBeNull();
    }
    for (const { variables } of (await read(`${tasks(index)}/variablegroups?$top=100`)).rows) {
      const secret = Object.values(variables ?? {}).filter(({ isSecret }) => isSecret);
      expect(secret.length).toBeGreaterThan(0);
      expect(secret.every(({ value }) => value === null)).toBe(true);
    }
  }
});

test("single objects are found in their own project alone", async () => {
  const { endpoints, environments, queues, secureFiles, variableGroups } = emulator.state.roleObjects;
  const [environment, queue, file] = [environments[0], queues[0], secureFiles[0]];
  const [endpoint, group] = [endpoints, variableGroups].map((all) => all.find(({ uses }) => uses.length === 1));
  for (const end of [
    `distributedtask/environments/${environment?.id}`,
    `distributedtask/queues/${queue?.id}`,
    `distributedtask/securefiles/${file?.id}`,
    `distributedtask/variablegroups/${group?.id}`,
    `serviceendpoint/endpoints/${endpoint?.id}`,
  ]) {
    const owner = end.includes("variablegroups") ? group?.uses[0]?.project : endpoint?.uses[0]?.project;
    const home = /variablegroups|endpoints/.test(end) ? (owner ?? -1) : 0;
    expect((await ask(emulator, `${project(home).id}/_apis/${end}`)).status, end).toBe(200);
    const { json, status } = await ask(emulator, `${project(7).id}/_apis/${end}`);
    expect([end, status, json.typeKey]).toEqual([end, 404, expect.stringMatching(/NotFoundException$/)]);
  }
  const { json, status } = await ask(emulator, "nowhere/_apis/distributedtask/queues");
  expect([status, json.typeKey]).toEqual([404, "ProjectDoesNotExistWithNameException"]);
  expect((await ask(emulator, "_apis/distributedtask/pools/999")).status).toBe(404);
  expect((await ask(emulator, "_apis/distributedtask/pools/first")).status).toBe(400);
});

test("each listing needs the scope that is documented for it, and no other one will do", async () => {
  for (const [scope, template] of scopes) {
    const path = template.replace("{project}", project().id);
    const suppress = { "X-TFS-FedAuthRedirect": "Suppress" };
    for (const token of [...names, emulator.syncOnlyToken]) {
      const { status } = await ask(emulator, path, { authorization: `Bearer ${token}`, with: suppress });
      expect([path, token, status]).toEqual([path, token, token === scope ? 200 : 401]);
    }
  }
});

test("versions: connections have four, variable groups two, and secure files are a preview", async () => {
  const status = async (path: string, version: string) =>
    (await ask(emulator, `${project().id}/_apis/${path}?api-version=${version}`)).status;
  expect(await status("serviceendpoint/endpoints", "7.1-preview.4")).toBe(200);
  expect(await status("serviceendpoint/endpoints", "7.1-preview.5")).toBe(400);
  expect(await status("distributedtask/variablegroups", "7.1-preview.2")).toBe(200);
  expect(await status("distributedtask/variablegroups", "7.1-preview.3")).toBe(400);
  expect(await status("distributedtask/securefiles", "7.1")).toBe(400);
  expect(await status("distributedtask/securefiles", "7.1-preview.1")).toBe(200);
  expect(await status("distributedtask/queues", "7.1")).toBe(200);
});
