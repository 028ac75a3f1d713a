import { afterEach, describe, expect, test } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.ts";
import { descriptorOf, groupOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask, walkEntitlements, walkGraph, walkSkip } from "./requests.ts";

let emulator: Emulator;
const start = async (options: EmulatorOptions = {}) => {
  emulator = await startEmulator({ users: 200, pageSizes: { graph: 40, entitlements: 30 }, ...options });
};
afterEach(() => emulator.close());

const descriptors = (indexes: readonly number[]) =>
  indexes.map((index) => descriptorOf(subjectAt(emulator.state, index)));
const variants = [
  { name: "full pages", options: {} },
  { name: "full pages, shuffled", options: { shuffle: true } },
  { name: "short pages, shuffled", options: { shuffle: true, beliefs: { graphPages: "short" } } },
  { name: "short and empty pages, shuffled", options: { shuffle: true, beliefs: { graphPages: "empty" } } },
] as const;

describe.each(variants)("Graph listings with $name", ({ options }) => {
  test("hold each subject once", async () => {
    await start(options);
    for (const [list, indexes] of [
      ["users", emulator.state.users],
      ["groups", emulator.state.groups],
      ["serviceprincipals", emulator.state.servicePrincipals],
    ] as const) {
      const { rows } = await walkGraph(emulator, list);
      expect(rows.map((row) => row.descriptor).sort(), list).toEqual(descriptors(indexes).sort());
    }
  });
});

test("full pages are full, short ones are not, and empty ones come with a token", async () => {
  await start();
  const { pages } = await walkGraph(emulator, "users");
  expect(pages.slice(0, -1).every((size) => size === 40)).toBe(true);
  await emulator.close();
  await start({ beliefs: { graphPages: "empty" } });
  const other = await walkGraph(emulator, "users");
  expect(other.pages).toContain(0);
  expect(Math.max(...other.pages)).toBeLessThanOrEqual(40);
  expect(new Set(other.pages).size).toBeGreaterThan(2);
});

test("shuffled readings differ in order, and two at once do not disturb each other", async () => {
  await start({ shuffle: true });
  const [first, second] = await Promise.all([walkGraph(emulator, "users"), walkGraph(emulator, "users")]);
  const order = (walk: typeof first) => walk.rows.map((row) => row.descriptor);
  expect(order(first)).not.toEqual(order(second));
  expect(order(first).sort()).toEqual(order(second).sort());
});

test("unshuffled readings are alike", async () => {
  await start();
  expect(await walkGraph(emulator, "groups")).toEqual(await walkGraph(emulator, "groups"));
});

test("listings narrow by project and by descriptor type", async () => {
  await start({ pageSizes: { graph: 500 } });
  const { state } = emulator;
  const { projects } = state;
  const scope = (id: string | undefined) => `scp.${Buffer.from(id ?? "").toString("base64url")}`;
  const listed = async (path: string) =>
    (await ask(emulator, `_apis/graph/${path}`, { host: "vssps" })).json.value.map((row) => row.descriptor);
  const own = state.groups.filter((index) => subjectAt(state, index).group?.project === 0);
  expect(await listed(`groups?scopeDescriptor=${scope(projects[0]?.scopeId)}`)).toEqual(descriptors(own));
  const users = await listed(`users?scopeDescriptor=${scope(projects[0]?.scopeId)}`);
  const readers = own
    .flatMap((index) => groupOf(subjectAt(state, index)).members)
    .filter((index) => state.users.includes(index));
  expect(users).toEqual(expect.arrayContaining(descriptors(readers)));
  expect(users.length).toBeLessThan(emulator.totals.users);
  expect((await listed("users?subjectTypes=msa,svc")).every((each) => /^(msa|svc)\./.test(each))).toBe(true);
  const path = `_apis/graph/groups?scopeDescriptor=${scope(projects[0]?.id)}`;
  expect((await ask(emulator, path, { host: "vssps" })).json.typeKey).toBe("GroupScopeDoesNotExistException");
});

test("a Graph token of another list, or no token at all, is refused", async () => {
  await start();
  const first = await ask(emulator, "_apis/graph/users?api-version=7.1-preview.1", { host: "vssps" });
  const token = first.headers.get("x-ms-continuationtoken") ?? "";
  for (const [list, used] of [
    ["groups", token],
    ["users", "garbage"],
  ]) {
    const path = `_apis/graph/${list}?api-version=7.1-preview.1&continuationToken=${used}`;
    const { json, status } = await ask(emulator, path, { host: "vssps" });
    expect([status, json.typeKey]).toEqual([400, "GraphBadRequestException"]);
  }
});

describe("user entitlements", () => {
  test.each([false, true])("hold each entitled user once (shuffled: %s)", async (shuffle) => {
    await start({ shuffle });
    const { pages, rows } = await walkEntitlements(emulator);
    expect(rows).toHaveLength(emulator.totals.userEntitlements);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(pages.slice(0, -1).every((size) => size === 30)).toBe(true);
  });

  test("answer 500 for a token that was not encoded, and for a stale one", async () => {
    await start();
    const { json } = await ask(emulator, "_apis/userentitlements?api-version=7.1", { host: "vsaex" });
    const token = json.continuationToken ?? "";
    expect(token).toMatch(/^\+RID:~.+==#RT:1#TRC:30$/);
    const next = (text: string) =>
      ask(emulator, `_apis/userentitlements?api-version=7.1&continuationToken=${text}`, { host: "vsaex" });
    expect((await next(encodeURIComponent(token))).status).toBe(200);
    expect((await next(token)).status).toBe(500);
    expect((await next(token.replaceAll("#", "%23"))).status).toBe(500);
    emulator.expireContinuationTokens();
    expect((await next(encodeURIComponent(token))).status).toBe(500);
  });

  test("ignore the parameters of older versions, and filter", async () => {
    await start();
    const asked = await ask(emulator, "_apis/userentitlements?api-version=7.1&top=1000&skip=50", { host: "vsaex" });
    expect(asked.json.items).toHaveLength(30);
    const guests = await walkEntitlements(emulator, "userentitlements?api-version=7.1&$filter=userType eq 'guest'");
    const expected = emulator.state.users.filter((index) => {
      const user = subjectAt(emulator.state, index);
      return user.metaType === "guest" && user.entitlement;
    });
    expect(guests.rows.map((row) => row.user?.descriptor)).toEqual(descriptors(expected));
  });
});

describe("projects and teams", () => {
  test("projects go on from the number already given, which a header says", async () => {
    await start({ projects: 25, shuffle: true, pageSizes: { projects: 10 } });
    const ids: string[] = [];
    const tokens: (string | null)[] = [];
    for (let token: string | null = "0"; token !== null; ) {
      const { headers, json } = await ask(emulator, `_apis/projects?api-version=7.1&continuationToken=${token}`);
      ids.push(...json.value.map((project) => project.id));
      token = headers.get("x-ms-continuationtoken");
      tokens.push(token);
    }
    expect(tokens).toEqual(["10", "20", null]);
    expect(new Set(ids).size).toBe(25);
  });

  test("other states are only there when asked for", async () => {
    await start();
    const count = async (filter: string) => (await ask(emulator, `_apis/projects?api-version=7.1${filter}`)).json.count;
    expect(await count("")).toBe(25);
    expect(await count("&stateFilter=all")).toBe(28);
    expect(await count("&stateFilter=deleted")).toBe(1);
    expect((await ask(emulator, "_apis/projects?api-version=7.1&stateFilter=splendid")).status).toBe(400);
  });

  test("teams have no token, 100 at first, and each once under shuffle", async () => {
    await start({ projects: 50, shuffle: true });
    const first = await ask(emulator, "_apis/teams?api-version=7.1-preview.3");
    expect(first.json.count).toBe(100);
    expect(first.headers.get("x-ms-continuationtoken")).toBeNull();
    const { rows } = await walkSkip(emulator, "teams?api-version=7.1-preview.3", 40);
    expect(rows.map((team) => team.id).sort()).toEqual(emulator.state.teams.map((team) => team.id).sort());
  });
});
