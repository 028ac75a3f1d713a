import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AccessList, Emulator } from "../../src/emulator/index.ts";
import { evaluate, namespaceIds, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";
import { isPerson, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 20, projects: 3 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const git = namespaceIds.git;
const query = (fields: Readonly<Record<string, string>>) =>
  new URLSearchParams({ ...fields, "api-version": "7.1" }).toString();
const post = (body: object, namespace: string = git) =>
  write(emulator, "POST", `_apis/accesscontrolentries/${namespace}?${query({})}`, { json: body });
const clear = (bits: number, token: string, descriptor: string, namespace: string = git) =>
  write(emulator, "DELETE", `_apis/permissions/${namespace}/${bits}?${query({ token, descriptor })}`);
const lists = (namespace: string = git) => [...(emulator.state.accessLists.get(namespace)?.values() ?? [])];
const listOf = (token: string, namespace: string = git) => lists(namespace).find((list) => list.token === token);
const entryOf = (token: string, who: number, namespace: string = git) =>
  listOf(token, namespace)?.entries.find((entry) => entry.who === who);
const person = () => someSubject(emulator, isPerson(emulator));

/** A token with entries of others, and someone who has none there. */
function sample(): { readonly list: AccessList; readonly who: number; readonly descriptor: string } {
  const list = lists().find(({ entries }) => entries.length > 2);
  if (!list) throw new Error("no list");
  const held = new Set(list.entries.map(({ who }) => who));
  const who = someSubject(emulator, (each) => isPerson(emulator)(each) && !held.has(each.index));
  return { list, who: who.index, descriptor: who.identity };
}

describe("entries", () => {
  test("are merged: bits are added, and change sides; other entries stay as they were", async () => {
    const { descriptor, list, who } = sample();
    const others = list.entries;
    const set = (allow: number, deny: number) =>
      post({ token: list.token, merge: true, accessControlEntries: [{ descriptor, allow, deny, extendedInfo: {} }] });
    expect((await set(5, 0)).body).toEqual({ count: 1, value: [{ descriptor, allow: 5, extendedInfo: {} }] });
    expect((await set(8, 0)).body).toMatchObject({ value: [{ allow: 13 }] });
    expect((await set(0, 4)).body).toMatchObject({ value: [{ allow: 9, deny: 4 }] });
    expect((await set(4, 0)).body).toMatchObject({ value: [{ descriptor, allow: 13 }] });
    expect(entryOf(list.token, who)).toEqual({ who, allow: 13, deny: 0 });
    expect(listOf(list.token)?.entries.slice(0, -1)).toEqual(others);
    expect((await set(4, 0)).status).toBe(200);
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([true, true, true, true, false]);
  });

  test("are replaced without merge, that one identity's alone", async () => {
    const { descriptor, list, who } = sample();
    const accessControlEntries = [{ descriptor, allow: 2, deny: 0 }];
    await post({ token: list.token, merge: true, accessControlEntries: [{ descriptor, allow: 64, deny: 128 }] });
    const { body } = await post({ token: list.token.toUpperCase(), merge: false, accessControlEntries });
    expect(body).toMatchObject({ count: 1, value: [{ descriptor, allow: 2 }] });
    expect(entryOf(list.token, who)).toEqual({ who, allow: 2, deny: 0 });
    expect(listOf(list.token)?.entries.length).toBe(list.entries.length + 1);
  });

  test("of a new token begin a list that inherits, and what is evaluated follows", async () => {
    const project = projectAt(emulator.state, 0);
    const token = `repoV2/${project.id.toUpperCase()}/11111111-1111-4111-8111-111111111111/refs/heads/6d00/`;
    const someone = person();
    const bit = 8192;
    const asked = { subject: someone.index, namespaceId: git, token, bit };
    const before = evaluate(emulator.state, asked);
    const entry = { descriptor: someone.identity, allow: 0, deny: 0, [before ? "deny" : "allow"]: bit };
    await post({ token, merge: true, accessControlEntries: [entry] });
    const made = lists().at(-1);
    expect(made).toMatchObject({ token: token.toLowerCase().replace("repov2", "repoV2"), inherit: true });
    const decided = emulator.state.accessLists.get(git)?.get(token.toLowerCase())?.entries;
    expect(decided).toEqual([{ who: someone.index, allow: before ? 0 : bit, deny: before ? bit : 0 }]);
    const cleared = await clear(bit, token.replace(/\/$/, ""), someone.identity);
    expect([cleared.status, cleared.body]).toEqual([200, { descriptor: someone.identity }]);
    expect(emulator.state.accessLists.get(git)?.has(token.toLowerCase())).toBe(false);
    expect(evaluate(emulator.state, asked)).toBe(before);
  });

  test("lose the bits that are cleared, on either side, and no others", async () => {
    const { descriptor, list, who } = sample();
    await post({ token: list.token, merge: true, accessControlEntries: [{ descriptor, allow: 6, deny: 24 }] });
    const { body } = await clear(2 | 8, list.token, descriptor.toUpperCase());
    expect(body).toMatchObject({ allow: 4, deny: 16 });
    expect(entryOf(list.token, who)).toEqual({ who, allow: 4, deny: 16 });
    emulator.writes.reset();
    await clear(2 | 8, list.token, descriptor);
    expect(emulator.writes.changes).toEqual([]);
    expect((await clear(4 | 16, list.token, descriptor)).body).toEqual({ descriptor });
    expect(listOf(list.token)).toEqual(list);
  });

  test("are removed as a whole, and true is the answer even for nothing", async () => {
    const { descriptor, list } = sample();
    await post({ token: list.token, merge: true, accessControlEntries: [{ descriptor, allow: 6, deny: 24 }] });
    const path = `_apis/accesscontrolentries/${git}?${query({ token: list.token, descriptors: descriptor })}`;
    const first = await write(emulator, "DELETE", path);
    expect([first.status, first.text]).toEqual([200, "true"]);
    expect(listOf(list.token)).toEqual(list);
    emulator.writes.reset();
    const second = await write(emulator, "DELETE", path);
    expect([second.text, emulator.writes.changes]).toEqual(["true", []]);
  });

  test("on a team's own token make and unmake its administrators", async () => {
    const { state } = emulator;
    const team = state.teams[0];
    if (!team) throw new Error("no team");
    const project = projectAt(state, team.project);
    const token = `${project.id}\\${team.id}`;
    const member = subjectAt(state, team.group).group?.members.find((index) => {
      const held = state.teamAdministrators.some(({ subject, team: of }) => of === team.index && subject === index);
      return isPerson(emulator)(subjectAt(state, index)) && !held;
    });
    const someone = subjectAt(state, member ?? -1);
    const isAdmin = async () => {
      const { json } = await ask(emulator, `_apis/projects/${project.id}/teams/${team.id}/members`);
      return json.value.find(({ identity }) => identity?.id === someone.storageKey)?.isTeamAdmin ?? false;
    };
    const before = emulator.totals.teamAdministrators;
    expect(await isAdmin()).toBe(false);
    const entry = { descriptor: someone.identity, allow: 31, deny: 0 };
    await post({ token, merge: true, accessControlEntries: [entry] }, namespaceIds.identity);
    expect(await isAdmin()).toBe(true);
    expect(emulator.totals.teamAdministrators).toBe(before + 1);
    await clear(31, token, someone.identity, namespaceIds.identity);
    expect(await isAdmin()).toBe(false);
    expect(emulator.totals.teamAdministrators).toBe(before);
  });
});

describe("refused with nothing changed are", () => {
  const entry = () => ({ descriptor: person().identity, allow: 1, deny: 0 });
  const token = "repoV2";
  test.each<[string, () => Promise<{ status: number; body: Readonly<Record<string, unknown>> }>, number, string]>([
    [
      "bits of the system",
      () =>
        post(
          { token: "$PROJECT", merge: true, accessControlEntries: [{ ...entry(), allow: 262_144 }] },
          namespaceIds.project,
        ),
      400,
      "InvalidPermissionsException",
    ],
    [
      "clearing them",
      () => clear(262_144, "$PROJECT", person().identity, namespaceIds.project),
      400,
      "InvalidPermissionsException",
    ],
    [
      "a namespace that is not there",
      () => post({ token, accessControlEntries: [entry()] }, "00000000-0000-4000-8000-000000000000"),
      404,
      "InvalidSecurityNamespaceException",
    ],
    [
      "an identity that nobody knows",
      () =>
        post({
          token,
          accessControlEntries: [{ ...entry(), descriptor: "Microsoft.TeamFoundation.Identity;S-1-9-0" }],
        }),
      404,
      "IdentityNotFoundException",
    ],
    ["an empty token", () => post({ token: "", accessControlEntries: [entry()] }), 400, "ArgumentException"],
    ["no entries", () => post({ token }), 400, "ArgumentException"],
    [
      "a negative number",
      () => post({ token, accessControlEntries: [{ ...entry(), allow: -1 }] }),
      400,
      "ArgumentException",
    ],
    ["no descriptor", () => clear(1, token, ""), 400, "ArgumentException"],
  ])("%s", async (_, ask, status, typeKey) => {
    const before = JSON.stringify(lists());
    const { body, status: answered } = await ask();
    expect([answered, body.typeKey]).toEqual([status, typeKey]);
    expect(emulator.writes.changes).toEqual([]);
    expect(JSON.stringify(lists())).toBe(before);
  });

  test("a token without the scope, though reading needs none", async () => {
    const tokens = [{ token: "reader", scopes: ["vso.graph_manage", "vso.identity"] }];
    await using scoped = await startEmulator({ users: 20, groups: 4, projects: 1, tokens });
    const authorization = "Bearer reader";
    const path = `_apis/accesscontrolentries/${git}?${query({})}`;
    const json = { token, accessControlEntries: [entry()] };
    expect((await write(scoped, "POST", path, { authorization, json })).status).toBe(401);
    expect((await write(scoped, "GET", `_apis/accesscontrollists/${git}`, { authorization })).status).toBe(200);
    expect(scoped.writes.all.map(({ status }) => status)).toEqual([401]);
  });
});

describe("whole lists", () => {
  test("are overwritten and wiped, which the log of writes tells", async () => {
    const { list } = sample();
    const descriptor = person().identity;
    const value = [
      {
        token: list.token,
        inheritPermissions: false,
        acesDictionary: { [descriptor]: { descriptor, allow: 3, deny: 0 } },
      },
    ];
    const set = await write(emulator, "POST", `_apis/accesscontrollists/${git}?${query({})}`, { json: { value } });
    expect([set.status, set.text]).toEqual([204, ""]);
    expect(listOf(list.token)).toEqual({
      token: list.token,
      inherit: false,
      entries: [{ who: person().index, allow: 3, deny: 0 }],
    });
    const wiped = await write(
      emulator,
      "DELETE",
      `_apis/accesscontrollists/${git}?${query({ tokens: list.token, recurse: "true" })}`,
    );
    expect(wiped.text).toBe("true");
    expect(lists().filter(({ token }) => token.startsWith(list.token))).toEqual([]);
    expect(emulator.writes.changes.map(({ method, route }) => `${method} ${route}`)).toEqual([
      "POST _apis/accesscontrollists/{securityNamespaceId}",
      "DELETE _apis/accesscontrollists/{securityNamespaceId}",
    ]);
  });
});
