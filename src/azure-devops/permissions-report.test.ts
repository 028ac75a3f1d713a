import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";
import { allRows } from "./list-answers.ts";

const id = "c063a1dc-7dd6-45b0-80b0-7ec1cf951cbf";
const address = `https://dev.azure.com/fabrikam/_apis/PermissionsReport/${id}`;

async function create(reply: Reply) {
  await using organization = await startOrganization(() => reply);
  const { permissionsReport } = organization.client;
  const resources = [{ type: "repo", id: "r" } as const];
  const created = await permissionsReport.create({ name: "n", descriptors: ["aad.x"], resources }, testCall());
  return { created, body: JSON.parse(organization.server.requests.at(-1)?.body ?? "null") };
}

describe("a permissions report", () => {
  test.each<[string, Reply]>([
    ["its address, with status 202", { status: 202, body: { _link: { href: address } } }],
    ["the address of its download alone", { status: 202, body: { _downloadLink: { href: `${address}/download` } } }],
    ["an id", { body: { id } }],
  ])("is begun, and known by %s", async (_, reply) => {
    expect(await create(reply)).toEqual({
      created: id,
      body: { reportName: "n", descriptors: ["aad.x"], resources: [{ resourceType: "repo", resourceId: "r" }] },
    });
  });

  test.each([{}, { _link: { href: "https://elsewhere/x" } }, { _link: { href: `${address}x` } }])(
    "is not begun with the answer %j",
    async (body) => {
      const failure = await failureFrom(create({ status: 202, body }));
      expect(failure).toMatchObject({
        kind: "unexpected-answer",
        message: expect.stringContaining("no id of a report"),
      });
    },
  );

  test("tells its status, and its error where it has one", async () => {
    for (const [error, told] of [["", undefined] as const, ["half of it", "half of it"] as const]) {
      const body = { id, reportStatus: "completedWithErrors", error };
      await using organization = await startOrganization(() => ({ body }));
      const report = await organization.client.permissionsReport.get(id, testCall());
      expect(report).toEqual({ id, status: "completedWithErrors", error: told });
    }
  });

  test("is downloaded row by row as a file of whatever type, with keys in either case", async () => {
    const permission = { PermissionName: "Read", EffectivePermission: "Allow", IsPermissionInherited: true };
    const row = { Descriptor: "aad.x", Id: "1", AccountName: "a@b", DisplayName: "A", Error: null };
    const rows = [
      { ...row, Resource: { ResourceId: "r", ResourceName: "R", ResourceType: "repo" }, Permissions: [permission] },
      { descriptor: "aad.y", permissions: [{ permissionName: "Read", effectivePermission: "Deny" }] },
    ];
    const headers = { "content-type": "application/octet-stream" };
    await using organization = await startOrganization(() => ({ headers, body: rows }));
    const { permissionsReport } = organization.client;
    expect(await permissionsReport.download(id, allRows, testCall())).toEqual([
      {
        descriptor: "aad.x",
        id: "1",
        accountName: "a@b",
        displayName: "A",
        resource: { resourceId: "r", resourceName: "R", resourceType: "repo" },
        permissions: [{ permissionName: "Read", effectivePermission: "Allow", isPermissionInherited: true }],
        error: null,
      },
      {
        descriptor: "aad.y",
        permissions: [{ permissionName: "Read", effectivePermission: "Deny", isPermissionInherited: false }],
      },
    ]);
  });

  test("that is a sign-in page is none, though a file may be of any type", async () => {
    const page = { headers: { "content-type": "text/html" }, body: "<html>" };
    await using organization = await startOrganization(() => page);
    const { permissionsReport } = organization.client;
    const failure = await failureFrom(permissionsReport.download(id, allRows, testCall()));
    expect(failure.kind).toBe("unauthenticated");
  });
});
