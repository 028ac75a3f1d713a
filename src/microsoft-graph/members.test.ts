import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { failure, ids, startGraph, user } from "../../test/support/graph.ts";

const groupId = "02bd9fd6-8f93-4758-87c3-1fb73740a315";

describe("members", () => {
  test("of many groups are read twenty in a request, page by page", async () => {
    await using graph = await startGraph((_, path, base) => {
      const [, group = ""] = /^\/groups\/([^/]+)\/transitiveMembers/.exec(path) ?? [];
      const page = Number(new URL(path, "http://x").searchParams.get("$skiptoken") ?? 0);
      const next = `${base}/groups/${group}/transitiveMembers?$skiptoken=${page + 1}`;
      return { body: { value: [user(`${group}-${page}`)], ...(page < 2 ? { "@odata.nextLink": next } : {}) } };
    });
    const members = await graph.client.groups.listMembers([...ids(45), "group-1"], "transitive", testCall());
    expect([...members.keys()]).toEqual(ids(45));
    for (const [group, found] of members) {
      expect(found?.map(({ id, kind }) => [id, kind])).toEqual([0, 1, 2].map((page) => [`${group}-${page}`, "user"]));
    }
    const sizes = graph.requests.map(({ body }) => JSON.parse(body).requests.length);
    expect(Math.max(...sizes)).toBe(20);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(135);
  });

  test("are told by kind, and by id alone where the application may not read them", async () => {
    const value = [
      user("A"),
      { "@odata.type": "#microsoft.graph.group", id: "b", displayName: "B" },
      { "@odata.type": "#microsoft.graph.servicePrincipal", id: "c", displayName: null },
      { "@odata.type": "#microsoft.graph.device", id: "d", displayName: null },
    ];
    await using graph = await startGraph(() => ({ body: { value } }));
    const found = (await graph.client.groups.listMembers([groupId], "direct", testCall())).get(groupId);
    expect(found?.map(({ id, kind, displayName }) => [id, kind, displayName])).toEqual([
      ["a", "user", "name of A"],
      ["b", "group", "B"],
      ["c", "service-principal", undefined],
      ["d", "other", undefined],
    ]);
    expect(JSON.parse(graph.requests[0]?.body ?? "").requests[0].url).toMatch(/^\/groups\/[^/]+\/members\?/);
  });

  test("of a group that is gone are undefined, not none", async () => {
    await using graph = await startGraph((_, path) =>
      path.includes("gone") ? { status: 404, body: failure("Request_ResourceNotFound") } : { body: { value: [] } },
    );
    const members = await graph.client.groups.listMembers(["gone", "there"], "direct", testCall());
    expect([...members]).toEqual([
      ["gone", undefined],
      ["there", []],
    ]);
  });

  test("that are held back within a batch are asked for again, those alone", async () => {
    let refusals = 0;
    await using graph = await startGraph((_, path) => {
      if (!path.includes("group-3") || refusals === 2) return { body: { value: [user("a")] } };
      refusals += 1;
      return { status: 429, body: failure("TooManyRequests"), headers: { "Retry-After": "0" } };
    });
    const members = await graph.client.groups.listMembers(ids(5), "direct", testCall());
    expect([...members.values()].every((found) => found?.length === 1)).toBe(true);
    expect(graph.requests.map(({ body }) => JSON.parse(body).requests.length)).toEqual([5, 1, 1]);
  });

  test("that are held back for longer than the call may wait are told so, with the time", async () => {
    const headers = { "Retry-After": "600" };
    await using graph = await startGraph(() => ({ status: 429, body: failure("TooManyRequests"), headers }));
    const error = await failureFrom(graph.client.groups.listMembers([groupId], "direct", testCall()));
    expect(error.kind).toBe("rate-limited");
    expect(error.retryAtMs).toBeGreaterThan(Date.now() + 300_000);
  });

  test.each([
    ["elsewhere", () => "https://elsewhere.example/v1.0/groups/x/members?$skiptoken=1"],
    ["beside the version", (base: string) => `${base}.evil/groups/x/members`],
    ["to itself", (base: string, path: string) => `${base}${path}`],
  ])("whose next page leads %s fail", async (_, next) => {
    await using graph = await startGraph((__, path, base) => ({
      body: { value: [], "@odata.nextLink": next(base, path) },
    }));
    const error = await failureFrom(graph.client.groups.listMembers([groupId], "direct", testCall()));
    expect(error.kind).toBe("unexpected-answer");
    expect(graph.requests).toHaveLength(1);
  });

  test("without the permission fail as a whole, and say how to grant it", async () => {
    await using graph = await startGraph((_, path) =>
      path.includes("group-1")
        ? { status: 403, body: failure("Authorization_RequestDenied") }
        : { body: { value: [] } },
    );
    const error = await failureFrom(graph.client.groups.listMembers(ids(3), "direct", testCall()));
    expect(error).toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("missing GroupMember.Read.All"),
    });
    expect(error.message).toMatch(/Application permissions, GroupMember.Read.All.*Grant admin consent/);
  });
});
