import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { createEvaluator, descriptorOf, namespaceIds, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 20, projects: 8 });
});
afterAll(() => emulator.close());

interface Row {
  readonly Descriptor: string;
  readonly Resource: { readonly ResourceType: string };
  readonly Permissions: readonly {
    readonly PermissionName: string;
    readonly EffectivePermission: string;
    readonly IsPermissionInherited: boolean;
  }[];
}

const path = "_apis/permissionsreport";
const version = "api-version=7.1-preview.1";

async function create(body: object, of = emulator) {
  const { status, text } = await ask(of, `${path}?${version}`, { method: "POST", body: JSON.stringify(body) });
  const links: { readonly _link?: { href: string }; readonly _downloadLink?: { href: string } } = JSON.parse(text);
  return { status, id: links._link?.href.split("/").at(-1) ?? "", links };
}

async function stateOf(id: string, of = emulator): Promise<{ reportStatus: string; error: string }> {
  return JSON.parse((await ask(of, `${path}/${id}?${version}`)).text);
}

/** The file of a report, once it is complete. */
async function rowsOf(body: object, of = emulator): Promise<readonly Row[]> {
  const { id } = await create({ reportName: "any", descriptors: [], ...body }, of);
  for (let asked = 0; asked < 3; asked++) await stateOf(id, of);
  const { headers, status, text } = await ask(of, `${path}/${id}/download?${version}`);
  expect([status, headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
  return JSON.parse(text.replace(/^\uFEFF/, ""));
}

const repository = () => {
  const { projects, repositories } = emulator.state;
  const [found] = repositories;
  const project = projects[found?.project ?? -1];
  if (!found || !project) throw new Error("the seed lacks a repository");
  return { ...found, project };
};

test("a report is made while it is asked for, and its file is there at the end", async () => {
  const { id } = repository();
  const body = { reportName: "one", resources: [{ resourceType: "repo", resourceId: id }] };
  const { id: report, links, status } = await create(body);
  expect(status).toBe(202);
  expect(links._downloadLink?.href).toBe(`${links._link?.href}/download`);
  const early = await ask(emulator, `${path}/${report}/download`);
  expect([early.status, early.json.typeKey]).toEqual([404, "PermissionsReportNotFoundException"]);
  const states: string[] = [];
  for (let asked = 0; asked < 4; asked++) states.push((await stateOf(report)).reportStatus);
  expect(states).toEqual(["created", "inProgress", "completedSuccessfully", "completedSuccessfully"]);
  const { json } = await ask(emulator, path);
  expect(json.value).toContainEqual(expect.objectContaining({ id: report, reportName: "one", error: "" }));
});

test("tells of everybody who signed in and of every group what the lists say", async () => {
  const { id, project } = repository();
  const rows = await rowsOf({ resources: [{ resourceType: "repo", resourceId: `${project.id}/${id}` }] });
  const { groups, namespaces, servicePrincipals, users } = emulator.state;
  const signedIn = [...users, ...servicePrincipals].filter((index) => {
    return (subjectAt(emulator.state, index).entitlement?.lastAccess ?? 0) > 0;
  });
  const told = [...signedIn, ...groups];
  expect(rows.map(({ Descriptor }) => Descriptor)).toEqual(
    told.map((index) => descriptorOf(subjectAt(emulator.state, index))),
  );
  const { listsAllow } = createEvaluator(emulator.state);
  const actions = namespaces.find((namespace) => namespace.id === namespaceIds.git)?.bits ?? [];
  const token = `repoV2/${project.id}/${id}`;
  for (const [at, row] of rows.entries()) {
    const allowed = actions.filter(({ bit }) => {
      return listsAllow({ subject: told[at] ?? -1, namespaceId: namespaceIds.git, token, bit });
    });
    const shown = row.Permissions.filter(({ EffectivePermission }) => EffectivePermission === "Allow");
    expect(shown.map(({ PermissionName }) => PermissionName)).toEqual(allowed.map(({ title }) => title));
  }
  expect(rows.flatMap(({ Permissions }) => Permissions.map((each) => each.EffectivePermission))).toContain("Allow");
});

test("takes every kind of resource, in every form that is documented, and chosen people alone", async () => {
  const { id, name, project } = repository();
  const { administrators } = emulator.state;
  const who = descriptorOf(subjectAt(emulator.state, administrators));
  const resources = [
    { resourceType: "repo", resourceId: id },
    { resourceType: "repo", resourceId: `${project.id}/${name}` },
    { resourceType: "ref", resourceId: `${id}/Refs/head/main` },
    { resourceType: "ref", resourceId: `${project.name}/${name}/refs/heads/main` },
    { resourceType: "ref", resourceId: `${project.id}/${id}/Refs/tags` },
    { resourceType: "projectGit", resourceId: project.id },
    { resourceType: "release", resourceId: project.id },
    { resourceType: "tfvc", resourceId: `$/${project.name}` },
  ];
  const rows = await rowsOf({ descriptors: [who], resources });
  expect(rows.map(({ Resource }) => Resource.ResourceType)).toEqual(resources.map((each) => each.resourceType));
  expect(new Set(rows.map(({ Descriptor }) => Descriptor))).toEqual(new Set([who]));
  const own = rows[0]?.Permissions.find(({ PermissionName }) => PermissionName === "Read");
  expect(own).toEqual({ PermissionName: "Read", EffectivePermission: "Allow", IsPermissionInherited: true });
});

test("what is not there ends in errors, and what makes no sense is refused", async () => {
  const { id: report } = await create({ reportName: "x", resources: [{ resourceType: "repo", resourceId: "none" }] });
  for (let asked = 0; asked < 2; asked++) await stateOf(report);
  expect(await stateOf(report)).toMatchObject({
    reportStatus: "completedWithErrors",
    error: expect.stringContaining("'none'"),
  });
  for (const body of [{}, { reportName: "x" }, { reportName: "x", resources: [{ resourceType: "repo" }] }]) {
    expect((await create(body)).status).toBe(400);
  }
  expect((await ask(emulator, `${path}/${emulator.state.hostId}`)).status).toBe(404);
  const unversioned = await ask(emulator, path, { method: "POST", body: "{}" });
  expect(unversioned.json.typeKey).toBe("VssVersionNotSpecifiedException");
});

test("is for administrators with the scope alone, and not on a server", async () => {
  const authorization = `Bearer ${emulator.syncOnlyToken}`;
  expect((await ask(emulator, path, { authorization, with: { "X-TFS-FedAuthRedirect": "Suppress" } })).status).toBe(
    401,
  );
  await using limited = await startEmulator({ users: 60, groups: 20, projects: 8, limitedVisibility: true });
  expect((await ask(limited, path)).status).toBe(403);
  await using server = await startEmulator({ users: 60, groups: 20, projects: 8, deployment: "onPremises" });
  const basic = `Basic ${Buffer.from(`:${server.token}`).toString("base64")}`;
  expect((await ask(server, path, { authorization: basic })).status).toBe(404);
});

test("a file can break off in the middle", async () => {
  const { id } = repository();
  const { id: report } = await create({ reportName: "cut", resources: [{ resourceType: "repo", resourceId: id }] });
  for (let asked = 0; asked < 3; asked++) await stateOf(report);
  const fault = emulator.faults.add({ kind: "truncated-json", route: `${path}/{id}/download` });
  const { text } = await ask(emulator, `${path}/${report}/download`);
  emulator.faults.remove(fault);
  const whole = await ask(emulator, `${path}/${report}/download`);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(whole.text.length);
  expect(() => JSON.parse(text)).toThrow();
});
