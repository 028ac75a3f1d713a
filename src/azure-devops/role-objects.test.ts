import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";
import type { Call } from "../call.ts";
import type { AzureDevOpsClient } from "./client.ts";
import { allRows } from "./list-answers.ts";

const project = "4d560d3f-6eec-4b75-846a-f8c1673ac9d4";
const list = (...value: readonly unknown[]) => ({ count: value.length, value });

/** What a call gives for an answer, and the paths that it asked for. */
async function ask<T>(reply: Reply, run: (client: AzureDevOpsClient, call: Call) => Promise<T>) {
  await using organization = await startOrganization(() => reply);
  const value = await run(organization.client, testCall());
  const { requests } = organization.server;
  const asked = requests.filter(({ url }) => !url.pathname.endsWith("/resourceareas")).map(({ url }) => url);
  return { value, asked };
}

describe("repositories", () => {
  test("of all projects come from one request, wikis too, with ids in lower case", async () => {
    const row = {
      id: project.toUpperCase(),
      name: "Git",
      project: { id: project.toUpperCase(), name: "P", state: "x" },
    };
    const reply = { body: list({ ...row, isDisabled: true, size: 7, remoteUrl: "u" }, row) };
    const { value, asked } = await ask(reply, ({ git }, call) => git.streamRepositories(allRows, call));
    const base = { id: project, name: "Git", project: { id: project, name: "P", state: "x" } };
    const flags = { isDisabled: false, isFork: false, isInMaintenance: false };
    expect(value).toEqual([
      { ...base, ...flags, isDisabled: true, size: 7 },
      { ...base, ...flags },
    ]);
    expect(asked.map(({ pathname, search }) => pathname + search)).toEqual([
      "/fabrikam/_apis/git/repositories?includeHidden=true&api-version=7.1",
    ]);
  });

  test("that are gone are undefined; a service that is gone is a failure", async () => {
    const gone = { status: 404, body: { typeKey: "GitRepositoryNotFoundException", message: "TF401019" } };
    expect((await ask(gone, ({ git }, call) => git.getRepository(project, call))).value).toBeUndefined();
    const failure = await failureFrom(ask({ status: 404, body: {} }, ({ git }, call) => git.getRepository("x", call)));
    expect(failure.kind).toBe("wrong-route");
  });
});

describe("pools and queues", () => {
  test("that are gone are undefined, and a queue may have lost its pool", async () => {
    const gone = { status: 404, body: { typeKey: "TaskAgentPoolNotFoundException", message: "no" } };
    expect((await ask(gone, (client, call) => client.distributedTask.getPool(9, call))).value).toBeUndefined();
    const queues = { body: list({ id: 3, name: "Default", pool: null }, { id: 4, name: "x", pool: { id: 1 } }) };
    const { value, asked } = await ask(queues, (client, call) => client.distributedTask.listQueues(project, call));
    expect(value).toMatchObject([
      { id: 3, name: "Default" },
      { id: 4, pool: { id: 1, isHosted: false } },
    ]);
    expect(asked[0]?.pathname).toBe(`/fabrikam/${project}/_apis/distributedtask/queues`);
  });

  test("of a project that is gone are told as such", async () => {
    const gone = { status: 404, body: { typeKey: "ProjectDoesNotExistException", message: "TF200016" } };
    const calls = [
      ask(gone, (client, call) => client.distributedTask.listQueues(project, call)),
      ask(gone, (client, call) => client.distributedTask.listEnvironments(project, "", call)),
      ask(gone, (client, call) => client.serviceEndpoints.list(project, call)),
    ];
    const failures = await Promise.all(calls.map((each) => failureFrom(each)));
    expect(failures.map(({ kind }) => kind)).toEqual(calls.map(() => "not-found"));
  });
});

describe("paged listings", () => {
  test.each(["listEnvironments", "listVariableGroups"] as const)("%s goes on by the header's token", async (name) => {
    const reply = { headers: { "x-ms-continuationtoken": "75" }, body: list({ id: 1, name: "one" }) };
    const { value, asked } = await ask(reply, (client, call) => client.distributedTask[name](project, "12", call));
    expect(value).toMatchObject({ items: [{ id: 1, name: "one" }], next: "75" });
    expect(asked[0]?.searchParams.get("continuationToken")).toBe("12");
    const last = await ask({ body: list() }, (client, call) => client.distributedTask[name](project, "", call));
    expect(last.value).toEqual({ items: [], next: undefined });
    expect(last.asked[0]?.searchParams.has("continuationToken")).toBe(false);
  });
});

describe("secrets", () => {
  const secret = "s3cret-of-a-pipeline";
  const holds = (value: unknown) => JSON.stringify(value).includes(secret);

  test("of variable groups, service connections and secure files go no further than the answer", async () => {
    const group = {
      id: 1,
      name: "keys",
      type: "AzureKeyVault",
      variables: { [secret]: { value: secret, isSecret: false }, other: { value: null, isSecret: true } },
      providerData: { vault: secret },
      variableGroupProjectReferences: [{ name: "keys", projectReference: { id: project, name: "P" } }, {}],
    };
    const groups = await ask({ body: list(group, { id: 2, name: "none", variables: null }) }, (client, call) =>
      client.distributedTask.listVariableGroups(project, "", call),
    );
    expect(groups.value.items).toMatchObject([
      { id: 1, type: "AzureKeyVault", variableCount: 2, projects: [{ id: project, name: "P" }] },
      { id: 2, variableCount: 0, projects: [] },
    ]);
    const endpoint = {
      id: project,
      name: "azure",
      type: "azurerm",
      authorization: { scheme: "ServicePrincipal", parameters: { serviceprincipalkey: secret } },
      data: { password: secret },
      isShared: true,
      isReady: false,
      owner: "Library",
      serviceEndpointProjectReferences: [{ projectReference: { id: project.toUpperCase() } }],
    };
    const endpoints = await ask({ body: list(endpoint, { id: "x", name: "bare" }) }, (client, call) =>
      client.serviceEndpoints.list(project, call),
    );
    expect(endpoints.value).toMatchObject([
      { scheme: "ServicePrincipal", isShared: true, isReady: false, projects: [{ id: project }] },
      { id: "x", isShared: false, projects: [] },
    ]);
    expect(endpoints.asked[0]?.searchParams.get("includeFailed")).toBe("true");
    const file = { id: project, name: "cert.pfx", ticket: secret, properties: { password: secret } };
    const files = await ask({ body: list(file) }, (client, call) =>
      client.distributedTask.listSecureFiles(project, call),
    );
    expect(files.value).toEqual([{ id: project, name: "cert.pfx" }]);
    expect([groups.value, endpoints.value, files.value].map(holds)).toEqual([false, false, false]);
  });
});

describe("roles", () => {
  test("are told with their bits, and who has them with where from", async () => {
    const role = { name: "Administrator", allowPermissions: 3, scope: "distributedtask.library", identifier: "x.y" };
    const identity = { id: project.toUpperCase(), displayName: "Ann" };
    const reply = { body: list({ identity, role, access: "inherited", accessDisplayName: "Geerbt" }) };
    const { value, asked } = await ask(reply, ({ securityRoles }, call) =>
      securityRoles.listAssignments("distributedtask.library", `${project}$0`, call),
    );
    expect(value).toEqual([
      {
        identity: { id: project, displayName: "Ann" },
        role: { ...role, displayName: "Administrator", denyPermissions: 0 },
        access: "inherited",
      },
    ]);
    expect(asked[0]?.href).toContain(`/resources/${project}%240?`);
    const odd = { body: list({ identity, role, access: "perhaps" }) };
    const failure = await failureFrom(ask(odd, (client, call) => client.securityRoles.listAssignments("a", "b", call)));
    expect(failure).toMatchObject({ kind: "unexpected-answer", message: expect.stringContaining("value.0.access") });
  });
});

describe("feeds", () => {
  test("of a project are addressed through it, others are not", async () => {
    const descriptor = "Microsoft.TeamFoundation.Identity;S-1-9-1";
    const permissions = list(
      {
        identityDescriptor: descriptor,
        identityId: project.toUpperCase(),
        role: "administrator",
        isInheritedRole: true,
      },
      { identityDescriptor: { identityType: "System", identifier: "a;b" }, role: "reader" },
    );
    const own = await ask({ body: permissions }, ({ feeds }, call) => feeds.listPermissions({ id: "f 1" }, call));
    expect(own.value).toEqual([
      { identityDescriptor: descriptor, identityId: project, role: "administrator", isInheritedRole: true },
      { identityDescriptor: "System;a;b", role: "reader", isInheritedRole: false },
    ]);
    expect(own.asked[0]?.href).toContain("/fabrikam/_apis/packaging/Feeds/f%201/permissions?includeIds=true");
    const theirs = await ask({ body: list() }, ({ feeds }, call) =>
      feeds.listViews({ id: "f", projectId: project }, call),
    );
    expect(theirs.asked[0]?.pathname).toBe(`/fabrikam/${project}/_apis/packaging/Feeds/f/views`);
  });
});
