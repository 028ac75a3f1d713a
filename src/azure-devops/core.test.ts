import { describe, expect, test } from "vitest";
import { testCall } from "../../test/support/calls.ts";
import { type Reply, startOrganization } from "../../test/support/organization.ts";

const project = (id: number) => ({ id: String(id), name: `p${id}` });
const team = (id: number) => ({ id: String(id), name: `t${id}`, projectId: "p" });
const member = (id: number) => ({ identity: { id: String(id) } });
const page = (rows: readonly object[], token?: string): Reply => ({
  body: { count: rows.length, value: rows },
  headers: token === undefined ? {} : { "x-ms-continuationtoken": token },
});
const range = (from: number, to: number) => Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index);

/** Reads a listing to its end, however it is told to go on. */
async function readAll<T>(read: (cursor: string) => Promise<{ items: readonly T[]; next: string | undefined }>) {
  const items: T[] = [];
  const cursors: string[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    cursors.push(cursor);
    const { items: more, next }: { items: readonly T[]; next: string | undefined } = await read(cursor);
    items.push(...more);
    cursor = next;
  }
  return { items, cursors };
}

describe("the listing of projects", () => {
  test("goes on by token where the service gives one, and ends without one", async () => {
    await using organization = await startOrganization(({ url }) => {
      const at = Number(url.searchParams.get("continuationToken") ?? 0);
      expect(url.searchParams.has("$skip")).toBe(false);
      return page(range(at, at + 2).map(project), at < 4 ? String(at + 2) : undefined);
    });
    const { items } = await readAll((cursor) => organization.client.core.listProjects("all", cursor, testCall()));
    expect(items.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  test("gives a token back as it came, whatever is in it", async () => {
    const token = "2026-11-22T10:00:00:a=b&c/d+e%";
    const given: (string | null)[] = [];
    await using organization = await startOrganization(({ url }) => {
      given.push(url.searchParams.get("continuationToken"));
      return page([project(given.length)], given.length < 2 ? token : undefined);
    });
    await readAll((cursor) => organization.client.core.listProjects("all", cursor, testCall()));
    expect(given).toEqual([null, token]);
  });

  test("goes on by position where there is no token, also after a short page, until a page is empty", async () => {
    await using organization = await startOrganization(({ url }) => {
      expect(url.searchParams.get("stateFilter")).toBe("deleted");
      const at = Number(url.searchParams.get("$skip") ?? 0);
      return page(range(at, Math.min(at + 3, 7)).map(project));
    });
    const read = (cursor: string) => organization.client.core.listProjects("deleted", cursor, testCall());
    const { items, cursors } = await readAll(read);
    expect(items).toHaveLength(7);
    expect(cursors).toHaveLength(4);
  });
});

test("the listing of teams goes on until a page is empty, whatever size the service's pages have", async () => {
  await using organization = await startOrganization(({ url }) => {
    const at = Number(url.searchParams.get("$skip"));
    return page(range(at, Math.min(at + 4, 10)).map(team));
  });
  const { items } = await readAll((cursor) => organization.client.core.listTeams(cursor, testCall()));
  expect(items.map(({ id }) => Number(id))).toEqual(range(0, 10));
});

test("the listing of a team's members ends at a page below the documented smallest, and not before", async () => {
  await using organization = await startOrganization(({ url }) => {
    const at = Number(url.searchParams.get("$skip"));
    return page(range(at, Math.min(at + 100, 250)).map(member));
  });
  const { core } = organization.client;
  const { items, cursors } = await readAll((cursor) => core.listTeamMembers("p", "t", cursor, testCall()));
  expect(items).toHaveLength(250);
  expect(cursors).toEqual(["", "100", "200"]);
});
