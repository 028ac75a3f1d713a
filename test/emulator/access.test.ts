import { describe, expect, test } from "vitest";
import type { AccessEntry, AccessList, OrganizationState, SecurityNamespace } from "../../src/emulator/index.ts";
import { createEvaluator, startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** Whether the caller may, computed from the lists, against cases worked out by hand. */

const settings = { users: 30, groups: 6, projects: 2 };
const namespace: SecurityNamespace = {
  id: "n",
  name: "Tree",
  separator: "/",
  structure: 1,
  read: 1,
  write: 2,
  system: 0,
  bits: [],
  dataspace: "Default",
  remotable: false,
  translated: false,
  local: true,
};
const flat = { ...namespace, id: "f", structure: 0, separator: "\u0000" };

/** The organization with these lists alone: of each token, what entries say of whom, and whether it inherits. */
async function accessWith(of: Readonly<Record<string, readonly AccessEntry[]>>, cut: readonly string[] = []) {
  await using emulator = await startEmulator(settings);
  const lists = Object.entries(of).map(([token, entries]): [string, AccessList] => {
    return [token.toLowerCase(), { token, inherit: !cut.includes(token), entries }];
  });
  const accessLists = new Map([namespace, flat].map(({ id }) => [id, new Map(lists)]));
  const state: OrganizationState = { ...emulator.state, namespaces: [namespace, flat], accessLists };
  const { listsAllow } = createEvaluator(state);
  return {
    allows: ({ id }: SecurityNamespace, token: string, bit: number) =>
      listsAllow({ subject: state.caller, namespaceId: id, token, bit }),
  };
}

await using whole = await startEmulator(settings);
const { administrators, caller, users } = whole.state;
const stranger = users.find((index) => index !== caller) ?? -1;
const allow = (who: number | string, bits: number): AccessEntry => ({ who, allow: bits, deny: 0 });
const deny = (who: number | string, bits: number): AccessEntry => ({ who, allow: 0, deny: bits });

test("nothing is allowed that no list of the caller's allows", async () => {
  const access = await accessWith({ a: [allow(stranger, 3), allow("Some.Identity;x", 3)] });
  expect(access.allows(namespace, "a", 1)).toBe(false);
  expect(access.allows(namespace, "b", 1)).toBe(false);
});

test("entries of the caller and of the caller's groups add up, and every bit is needed", async () => {
  const access = await accessWith({ a: [allow(caller, 1), allow(administrators, 2)] });
  expect([1, 2, 3, 4, 7].map((bits) => access.allows(namespace, "A/", bits))).toEqual([true, true, true, false, false]);
});

test("within a list a denial wins; of two lists the nearer one", async () => {
  const access = await accessWith({
    a: [allow(caller, 3), deny(administrators, 2)],
    "a/b": [allow(caller, 2)],
    "a/c": [deny(caller, 1)],
  });
  expect([1, 2].map((bits) => access.allows(namespace, "a", bits))).toEqual([true, false]);
  expect([1, 2, 3].map((bits) => access.allows(namespace, "a/b/x", bits))).toEqual([true, true, true]);
  expect([1, 2].map((bits) => access.allows(namespace, "a/c", bits))).toEqual([false, false]);
});

test("a list without inheritance and a flat namespace keep what is above away", async () => {
  const access = await accessWith({ a: [allow(caller, 1)], "a/b": [allow(caller, 2)] }, ["a/b"]);
  expect([1, 2].map((bits) => access.allows(namespace, "a/b/c", bits))).toEqual([false, true]);
  expect([access.allows(flat, "a", 1), access.allows(flat, "a/x", 1)]).toEqual([true, false]);
});

const view = "_apis/permissions/f0003bce-5f45-4f93-a25d-90fc33fe3aa9/1";
const collection = "_apis/permissions/3e65f728-f8bc-4ecd-8764-7e378b19bfa7";

test("the route answers for each token, with or without the pass of administrators", async () => {
  await using emulator = await startEmulator(settings);
  const values = async (path: string) => (await ask(emulator, path)).json;
  expect(await values(`${view}?tokens=/`)).toEqual({ count: 1, value: [true] });
  expect(await values(`${collection}/1?tokens=NAMESPACE:,NAMESPACE,else`)).toEqual({
    count: 3,
    value: [true, true, false],
  });
  expect(await values(`${collection}/1?tokens=NAMESPACE:;else&delimiter=;`)).toMatchObject({ value: [true, false] });
  expect(await values(`${collection}/1?tokens=else&alwaysAllowAdministrators=True`)).toMatchObject({ value: [true] });
  expect(await values(`${collection}/1`)).toMatchObject({ value: [false] });
});

test("the route refuses what is no number of bits, and an unknown namespace", async () => {
  await using emulator = await startEmulator(settings);
  for (const bits of ["one", "-1", "1.5", "2147483648"]) {
    expect(await ask(emulator, `${collection}/${bits}`), bits).toMatchObject({ status: 400 });
  }
  const unknown = await ask(emulator, "_apis/permissions/00000000-0000-0000-0000-000000000001/1");
  expect([unknown.status, unknown.json.typeKey]).toEqual([404, "InvalidSecurityNamespaceException"]);
});

test("the route needs what lists need", async () => {
  const status = async (aclReadScope: "any" | "security-manage") => {
    await using emulator = await startEmulator({ ...settings, beliefs: { aclReadScope } });
    const authorization = `Bearer ${emulator.syncOnlyToken}`;
    return (await ask(emulator, view, { authorization, with: { "X-TFS-FedAuthRedirect": "Suppress" } })).status;
  };
  expect(await status("any")).toBe(200);
  expect(await status("security-manage")).toBe(401);
});

describe("a batch of evaluations", () => {
  const path = "_apis/security/permissionevaluationbatch";
  const collectionId = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7";
  const evaluation = (token: unknown, permissions: unknown = 1, securityNamespaceId: unknown = collectionId) => {
    return { securityNamespaceId, token, permissions };
  };
  const send = async (body: object, query = "?api-version=7.1") => {
    await using emulator = await startEmulator(settings);
    return await ask(emulator, `${path}${query}`, { method: "POST", body: JSON.stringify(body) });
  };

  test("answers each by itself, names in any case, and lets administrators pass when asked", async () => {
    const evaluations = [evaluation("NAMESPACE:"), evaluation("else"), evaluation("NAMESPACE", 2 ** 30)];
    const values = async (body: object): Promise<unknown[]> => {
      const { text } = await send(body);
      const answer: { readonly evaluations: readonly { readonly value: boolean }[] } = JSON.parse(text);
      return answer.evaluations.map(({ value }) => value);
    };
    expect(await values({ evaluations })).toEqual([true, false, false]);
    expect(await values({ evaluations, alwaysAllowAdministrators: true })).toEqual([true, true, true]);
    const lower = [{ securitynamespaceid: collectionId.toUpperCase(), token: "else", permissions: 1 }];
    expect(await values({ evaluations: lower, alwaysallowadministrators: true })).toEqual([true]);
  });

  test.each([
    [{}, 400, "ArgumentException"],
    [{ evaluations: [evaluation(undefined)] }, 400, "ArgumentException"],
    [{ evaluations: [evaluation("x", -1)] }, 400, "ArgumentException"],
    [{ evaluations: [evaluation("x", 2 ** 31)] }, 400, "ArgumentException"],
    [{ evaluations: [evaluation("x", 1, "none")] }, 404, "InvalidSecurityNamespaceException"],
  ])("refuses %j", async (body, status, typeKey) => {
    const answer = await send(body);
    expect([answer.status, answer.json.typeKey]).toEqual([status, typeKey]);
  });

  test("needs a version, and one that there is", async () => {
    const body = { evaluations: [evaluation("x")] };
    expect((await send(body, "")).json.typeKey).toBe("VssVersionNotSpecifiedException");
    expect((await send(body, "?api-version=8.0")).json.typeKey).toBe("VssVersionOutOfRangeException");
    expect((await send(body, "?api-version=7.1-preview.1")).status).toBe(200);
  });
});

test.each(["permissions", "accesscontrollists", "securitynamespaces"])(
  "%s takes no version of the future",
  async (name) => {
    await using emulator = await startEmulator(settings);
    const path = `_apis/${name}/3e65f728-f8bc-4ecd-8764-7e378b19bfa7${name === "permissions" ? "/1" : ""}`;
    expect((await ask(emulator, `${path}?api-version=7.1`)).status).toBe(200);
    expect((await ask(emulator, `${path}?api-version=8.0`)).json.typeKey).toBe("VssVersionOutOfRangeException");
  },
);
