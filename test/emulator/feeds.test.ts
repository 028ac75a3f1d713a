import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, Feed } from "../../src/emulator/index.ts";
import { projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    projects: 6,
    feeds: 24,
    tokens: [
      { token: "packager", scopes: ["vso.packaging"] },
      { token: "coder", scopes: ["vso.code"] },
    ],
  });
});
afterAll(() => emulator.close());

interface Row {
  readonly id: string;
  readonly project?: { readonly id: string };
  readonly role?: string;
  readonly identityDescriptor?: string;
  readonly identityId?: string;
  readonly displayName?: string | null;
  readonly isInheritedRole?: boolean;
  readonly visibility?: string;
  readonly upstreamSources?: readonly { readonly deletedDate?: string }[];
}

async function read(path: string): Promise<readonly Row[]> {
  const { status, text } = await ask(emulator, path, { host: "feeds" });
  expect([path, status]).toEqual([path, 200]);
  const body: { readonly value: readonly Row[] } = JSON.parse(text);
  return body.value;
}

const status = async (path: string) => (await ask(emulator, path, { host: "feeds" })).status;
const all = (): readonly Feed[] => emulator.state.feeds.feeds;
const listed = () => all().filter(({ deleted }) => deleted === undefined);
const scope = ({ project }: Feed) => (project === undefined ? "" : `${projectAt(emulator.state, project).id}/`);
const pathOf = (feed: Feed) => `${scope(feed)}_apis/packaging/Feeds/${feed.id}`;

function identityOf(who: number | string): string {
  return typeof who === "string" ? who : subjectAt(emulator.state, who).identity;
}

describe("feeds", () => {
  test("of the organization and of every project come by the organization's route, deleted ones do not", async () => {
    const rows = await read("_apis/packaging/feeds");
    expect(rows.map(({ id }) => id).sort()).toEqual(
      listed()
        .map(({ id }) => id)
        .sort(),
    );
    expect(listed().length).toBeLessThan(all().length);
    const projects = rows.map(({ project }) => project?.id);
    expect(projects).toContain(undefined);
    expect(new Set(projects).size).toBeGreaterThan(3);
    const { id } = projectAt(emulator.state, 5);
    const own = await read(`${id}/_apis/packaging/feeds`);
    expect(own.map((row) => row.id).sort()).toEqual(
      rows
        .filter(({ project }) => project?.id === id)
        .map((row) => row.id)
        .sort(),
    );
    expect(own.length).toBeGreaterThan(0);
  });

  test("of a project are missing without it, and those of the organization with one", async () => {
    for (const feed of listed()) {
      const elsewhere = feed.project === undefined ? `${projectAt(emulator.state, 0).id}/` : "";
      for (const end of ["", "/permissions", "/views"]) {
        expect(await status(`${pathOf(feed)}${end}`)).toBe(200);
        expect(await status(`${elsewhere}_apis/packaging/Feeds/${feed.id}${end}`)).toBe(404);
      }
    }
  });

  test("are on their own host, and need their own scope", async () => {
    expect((await ask(emulator, "_apis/packaging/feeds")).status).toBe(404);
    const areas = (await ask(emulator, "_apis/resourceareas/7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5")).text;
    expect(areas).toContain("/feeds/fabrikam/");
    const get = async (token: string) =>
      (
        await ask(emulator, "_apis/packaging/globalpermissions", {
          host: "feeds",
          authorization: `Bearer ${token}`,
          with: { "X-TFS-FedAuthRedirect": "Suppress" },
        })
      ).status;
    expect(await Promise.all(["packager", "coder", emulator.syncOnlyToken].map(get))).toEqual([200, 401, 401]);
  });

  test("hold the upstreams that were deleted only when they are asked for", async () => {
    const deleted = async (query: string) =>
      (await read(`_apis/packaging/feeds${query}`))
        .flatMap((row) => row.upstreamSources ?? [])
        .filter((each) => each.deletedDate);
    expect(await deleted("")).toEqual([]);
    expect(await deleted("?includeDeletedUpstreams=true")).not.toEqual([]);
  });

  test("of a server are on its one base", async () => {
    await using server = await startEmulator({ deployment: "onPremises", users: 20, groups: 4, projects: 2 });
    const authorization = `Basic ${Buffer.from(`:${server.token}`).toString("base64")}`;
    expect((await ask(server, "_apis/packaging/feeds", { authorization })).json.count).toBeGreaterThan(0);
    expect((await ask(server, "_apis/packaging/feeds", { authorization, host: "feeds" })).status).toBe(404);
  });
});

describe("permissions", () => {
  test("are by identity descriptor, and those that are not known are there all the same", async () => {
    const seen = new Set<string>();
    const kinds = new Set<string>();
    for (const feed of listed()) {
      const rows = await read(`${pathOf(feed)}/permissions?includeIds=true`);
      const expected = feed.permissions.map(({ inherited, role, who }) => `${identityOf(who)} ${role} ${inherited}`);
      expect(rows.map((row) => `${row.identityDescriptor} ${row.role} ${row.isInheritedRole}`).sort()).toEqual(
        expected.sort(),
      );
      for (const { identityId, role } of rows) {
        seen.add(`${role}`);
        kinds.add(identityId === undefined ? "unknown" : "known");
      }
    }
    expect(seen).toEqual(new Set(["administrator", "contributor", "collaborator", "reader", "none", "custom"]));
    expect(kinds).toEqual(new Set(["known", "unknown"]));
  });

  test("leave ids out unless they are asked for, and inherited ones when they are not wanted", async () => {
    const feed = listed()[0];
    if (!feed) throw new Error("no feed");
    const rows = await read(`${pathOf(feed)}/permissions`);
    expect(rows.every(({ identityId }) => identityId === undefined)).toBe(true);
    expect(rows.some(({ isInheritedRole }) => isInheritedRole)).toBe(true);
    const direct = await read(`${pathOf(feed)}/permissions?excludeInheritedPermissions=true`);
    expect(direct).toEqual(rows.filter(({ isInheritedRole }) => !isInheritedRole));
    const [first] = direct;
    const one = await read(
      `${pathOf(feed)}/permissions?identityDescriptor=${encodeURIComponent(first?.identityDescriptor ?? "")}`,
    );
    expect(one).toEqual([first]);
  });

  test("of a deleted feed are told by its name alone, when they are asked for", async () => {
    const feed = all().find(({ deleted }) => deleted !== undefined);
    if (!feed) throw new Error("the seed lacks a deleted feed");
    const path = (name: string) => `${scope(feed)}_apis/packaging/Feeds/${encodeURIComponent(name)}/permissions`;
    expect(await status(path(feed.name))).toBe(404);
    expect(await status(`${path(feed.name)}?includeDeletedFeeds=true`)).toBe(200);
    expect(await status(`${path(feed.id)}?includeDeletedFeeds=true`)).toBe(404);
  });

  test("of all feeds name those who make and run them", async () => {
    const rows = await read("_apis/packaging/globalpermissions");
    const { global } = emulator.state.feeds;
    expect(rows.map((row) => `${row.identityDescriptor} ${row.role}`).sort()).toEqual(
      global.map(({ role, who }) => `${identityOf(who)} ${role}`).sort(),
    );
    expect(new Set(rows.map(({ role }) => role))).toEqual(new Set(["administrator", "feedCreator", "none"]));
  });
});

test("views are private, or open to more and more", async () => {
  const rows = (await Promise.all(listed().map((feed) => read(`${pathOf(feed)}/views`)))).flat();
  expect(rows).toHaveLength(listed().length * 3);
  expect(new Set(rows.map(({ visibility }) => visibility))).toEqual(
    new Set(["private", "collection", "organization", "aadTenant"]),
  );
});
