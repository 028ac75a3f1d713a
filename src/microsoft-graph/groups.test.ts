import { describe, expect, test } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { failure, startGraph, user } from "../../test/support/graph.ts";
import { resourceOf } from "./client.ts";
import { type EntraGroup, reasonAgainstChanges } from "./groups.ts";

const groupId = "02bd9fd6-8f93-4758-87c3-1fb73740a315";
const memberId = "56bc8f87-b25e-463d-88ef-1a243acccebd";

describe("a group", () => {
  const body = { id: groupId.toUpperCase(), displayName: "Crew", groupTypes: [], mailEnabled: false };
  const plain: EntraGroup = {
    id: groupId,
    displayName: "Crew",
    isDynamic: false,
    isRoleAssignable: false,
    isSyncedFromOnPremises: false,
    isKeptByExchange: false,
  };

  test.each([
    [{}, {}, undefined],
    [{ groupTypes: ["DynamicMembership"] }, { isDynamic: true }, /Crew .* is dynamic: change its rule/],
    [{ isAssignableToRole: true }, { isRoleAssignable: true }, /can be given roles of Entra/],
    [{ onPremisesSyncEnabled: true }, { isSyncedFromOnPremises: true }, /synced from a directory on premises/],
    [{ mailEnabled: true }, { isKeptByExchange: true }, /kept by Exchange/],
    [{ mailEnabled: true, groupTypes: ["Unified"] }, {}, undefined],
  ])("with %j says whether its members can be changed", async (more, shown, reason) => {
    await using graph = await startGraph(() => ({ body: { ...body, ...more } }));
    const group = await graph.client.groups.getGroup(groupId, testCall());
    expect(group).toEqual({ ...plain, ...shown });
    const told = group && reasonAgainstChanges(group);
    if (reason) expect(told).toMatch(reason);
    else expect(told).toBeUndefined();
    expect(graph.requests[0]?.url.searchParams.get("$select")).toContain("isAssignableToRole");
  });

  test("that is gone is undefined", async () => {
    await using graph = await startGraph(() => ({ status: 404, body: failure("Request_ResourceNotFound") }));
    expect(await graph.client.groups.getGroup(groupId, testCall())).toBeUndefined();
  });
});

describe("a change", () => {
  const exists = {
    status: 400,
    body: failure("Request_BadRequest", "One or more added object references already exist"),
  };

  test("adds by reference and removes by address", async () => {
    await using graph = await startGraph(() => ({ status: 204 }));
    const { groups } = graph.client;
    expect(await groups.addMember(groupId, memberId, testCall())).toBe("changed");
    expect(await groups.removeMember(groupId, memberId, testCall())).toBe("changed");
    const [add, remove] = graph.requests;
    expect([add?.method, add?.url.pathname]).toEqual(["POST", `/v1.0/groups/${groupId}/members/$ref`]);
    expect(JSON.parse(add?.body ?? "")).toEqual({ "@odata.id": `${graph.base}/directoryObjects/${memberId}` });
    expect([remove?.method, remove?.url.pathname]).toEqual([
      "DELETE",
      `/v1.0/groups/${groupId}/members/${memberId}/$ref`,
    ]);
  });

  test.each([
    ["is so already", [user(memberId)], "unchanged"],
    ["is not so", [], "refused"],
  ])("that is refused and %s is told by what is so", async (_, value, expected) => {
    await using graph = await startGraph((method) => (method === "POST" ? exists : { body: { value } }));
    const outcome = await graph.client.groups.addMember(groupId, memberId, testCall()).catch(({ kind }) => kind);
    expect(outcome).toBe(expected);
  });

  test.each([
    ["nobody is in it", { body: { value: [] } }, "unchanged"],
    ["the group is gone", { status: 404, body: failure("Request_ResourceNotFound") }, "not-found"],
  ])("that removes nobody, since %s, is told by what is so", async (_, members, expected) => {
    await using graph = await startGraph((method) =>
      method === "DELETE" ? { status: 404, body: failure("Request_ResourceNotFound") } : members,
    );
    const outcome = await graph.client.groups.removeMember(groupId, memberId, testCall()).catch(({ kind }) => kind);
    expect(outcome).toBe(expected);
  });

  test("without the permission says how to grant it", async () => {
    await using graph = await startGraph(() => ({ status: 403, body: failure("Authorization_RequestDenied") }));
    const error = await failureFrom(graph.client.groups.addMember(groupId, memberId, testCall()));
    expect(error).toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("missing GroupMember.ReadWrite.All"),
    });
    expect(error.message).toMatch(/API permissions, .*Grant admin consent.*request id 12345678-/);
    expect(graph.requests).toHaveLength(1);
  });

  test("is never sent again on its own after an unclear outcome", async () => {
    await using graph = await startGraph(() => ({ status: 503, body: {} }));
    const { groups } = graph.client;
    expect((await failureFrom(groups.addMember(groupId, memberId, testCall()))).kind).toBe("unavailable");
    expect((await failureFrom(groups.removeMember(groupId, memberId, testCall()))).kind).toBe("unavailable");
    expect(graph.requests).toHaveLength(2);
  });
});

test("a token that is refused is renewed once, for changes too", async () => {
  let refusals = 0;
  await using graph = await startGraph(() => {
    refusals += 1;
    return refusals === 1 ? { status: 401, body: failure("InvalidAuthenticationToken") } : { status: 204 };
  });
  expect(await graph.client.groups.addMember(groupId, memberId, testCall())).toBe("changed");
  expect(graph.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer graph-token-number-0",
    "Bearer graph-token-number-1",
  ]);
});

test("an answer that repeats the token is none", async () => {
  await using graph = await startGraph(() => ({ body: { id: "graph-token-number-0" } }));
  expect((await failureFrom(graph.client.groups.getGroup(groupId, testCall()))).kind).toBe("unexpected-answer");
});

test.each([
  ["https://graph.microsoft.com/v1.0", "https://graph.microsoft.com"],
  ["https://graph.microsoft.us/v1.0", "https://graph.microsoft.us"],
  ["http://127.0.0.1:8080/v1.0", "https://graph.microsoft.com"],
])("tokens for %s are asked for %s", (base, resource) => {
  expect(resourceOf(new URL(base))).toBe(resource);
});
