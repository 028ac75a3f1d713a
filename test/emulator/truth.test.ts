import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, groupOf, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** What the answers say is what the organization holds. */
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 120, projects: 12, shuffle: true });
});
afterAll(() => emulator.close());

const at = (index: number) => subjectAt(emulator.state, index);
const groups = () => emulator.state.groups.map(at);

interface Membership {
  readonly containerDescriptor: string;
  readonly memberDescriptor: string;
}

async function memberships(subject: Subject, direction: "up" | "down"): Promise<readonly Membership[]> {
  const path = `_apis/graph/memberships/${descriptorOf(subject)}?direction=${direction}&api-version=7.1-preview.1`;
  const { text } = await ask(emulator, path, { host: "vssps" });
  const body: { readonly value: readonly Membership[] } = JSON.parse(text);
  return body.value;
}

describe("memberships", () => {
  test("downward are the direct members of each group", async () => {
    for (const group of groups().filter((each) => each.group?.kind !== "entra")) {
      const found = await memberships(group, "down");
      expect(new Set(found.map((row) => row.containerDescriptor)).size).toBeLessThanOrEqual(1);
      const expected = groupOf(group).members.map((member) => descriptorOf(at(member)));
      expect(found.map((row) => row.memberDescriptor).sort()).toEqual(expected.sort());
    }
  });

  test("upward are the groups of each person, without those of Entra", async () => {
    for (const user of emulator.state.users.slice(0, 40).map(at)) {
      const found = await memberships(user, "up");
      const containers = user.memberOf.map(at).filter((group) => group.kind === "group");
      expect(found.map((row) => row.containerDescriptor).sort()).toEqual(containers.map(descriptorOf).sort());
      expect(found.every((row) => row.memberDescriptor === descriptorOf(user))).toBe(true);
    }
  });

  test("of every team reach Contributors of its project", () => {
    for (const team of emulator.state.teams) {
      const above = at(team.group)
        .memberOf.map(at)
        .map((group) => `${group.group?.project} ${group.displayName}`);
      expect(above).toContain(`${team.project} Contributors`);
    }
  });

  test("in identity batches are the same, in identity descriptors and storage keys", async () => {
    const all = groups();
    for (let start = 0; start < all.length; start += 100) {
      const some = all.slice(start, start + 100);
      const body = JSON.stringify({ subjectDescriptors: some.map(descriptorOf), queryMembership: "Direct" });
      const options = { host: "vssps", method: "POST", body } as const;
      const { json } = await ask(emulator, "_apis/identitybatch?api-version=7.1-preview.1", options);
      json.value.forEach((row, position) => {
        const members = groupOf(some[position] ?? at(-1)).members.slice(
          0,
          some[position]?.kind === "entra-group" ? 99 : undefined,
        );
        expect([...(row.members ?? [])].sort()).toEqual(members.map((index) => at(index).identity).sort());
        expect([...(row.memberIds ?? [])].sort()).toEqual(members.map((index) => at(index).storageKey).sort());
      });
    }
  });

  test("expanded reach every depth, and never a group itself", async () => {
    const chain = groups().filter((group) => group.group?.kind === "made");
    const ring = chain.slice(-3);
    const body = JSON.stringify({
      subjectDescriptors: [chain[0], ...ring].map((group) => (group ? descriptorOf(group) : "")),
      queryMembership: "expandedDown",
    });
    const { json } = await ask(emulator, "_apis/identitybatch?api-version=7.1-preview.1", {
      host: "vssps",
      method: "POST",
      body,
    });
    const [top, ...circle] = json.value;
    expect(top?.members).toEqual(expect.arrayContaining(chain.slice(1, 5).map((group) => group.identity)));
    circle.forEach((row, position) => {
      const others = ring.filter((_, other) => other !== position).map((group) => group.identity);
      expect(row.members).toEqual(expect.arrayContaining(others));
      expect(row.members).not.toContain(ring[position]?.identity);
    });
  });
});

test("a descriptor's type compares without case, its payload with", async () => {
  const [prefix = "", payload = ""] = descriptorOf(at(3)).split(".");
  const status = async (descriptor: string) =>
    (await ask(emulator, `_apis/graph/users/${descriptor}`, { host: "vssps" })).status;
  expect(await status(`${prefix.toUpperCase()}.${payload}`)).toBe(200);
  expect(await status(`${prefix}.${payload.toUpperCase()}`)).toBe(404);
});

test("storage key and CUID differ in the version digit for most people, and altogether for some", () => {
  const people = emulator.state.subjects.filter((subject) => subject.kind === "entra-user");
  const close = people.filter(
    ({ payload, storageKey }) => payload === `${storageKey.slice(0, 14)}7${storageKey.slice(15)}`,
  );
  expect(close.length).toBeGreaterThan(people.length / 2);
  expect(close.length).toBeLessThan(people.length);
});

test("a deleted project is in its listing and nowhere else", async () => {
  const deleted = emulator.state.projects.find((project) => project.state === "deleted");
  expect((await ask(emulator, `_apis/projects/${deleted?.id}`)).status).toBe(404);
  const deleting = emulator.state.projects.find((project) => project.state === "deleting");
  expect((await ask(emulator, `_apis/projects/${deleting?.id}`)).status).toBe(200);
});

describe("teams", () => {
  test("have the members and administrators that the organization holds", async () => {
    for (const team of emulator.state.teams) {
      const project = projectAt(emulator.state, team.project);
      const { json } = await ask(emulator, `_apis/projects/${project.id}/teams/${team.id}/members?api-version=7.1`);
      const members = groupOf(at(team.group)).members.filter((index) => at(index).known !== "nowhere");
      expect(json.value.map((row) => row.identity?.id).sort()).toEqual(
        members.map((index) => at(index).storageKey).sort(),
      );
      const admins = emulator.state.teamAdministrators.filter(
        (entry) => entry.team === team.index && entry.isMember && (entry.allow & 31) === 31 && entry.deny === 0,
      );
      const found = json.value.filter((row) => row.isTeamAdmin).map((row) => row.identity?.id);
      expect(found.sort()).toEqual(admins.map((entry) => at(entry.subject).storageKey).sort());
    }
  });
});

describe("access control lists", () => {
  const lists = async (query: string) => {
    const { text } = await ask(emulator, `_apis/accesscontrollists/5a27515b-ccd7-42c9-84f1-54c998f03866?${query}`);
    const body: {
      readonly value: readonly { readonly token: string; readonly acesDictionary: Record<string, object> }[];
    } = JSON.parse(text);
    return body.value;
  };

  test("without a token are all of the namespace, each key naming its own entry", async () => {
    const all = await lists("");
    expect(all).toHaveLength(emulator.state.accessLists.get("5a27515b-ccd7-42c9-84f1-54c998f03866")?.size ?? -1);
    for (const { acesDictionary } of all) {
      for (const [key, entry] of Object.entries(acesDictionary)) expect(entry).toMatchObject({ descriptor: key });
    }
  });

  test("with a token are that one, and with recurse those below it", async () => {
    const { id } = projectAt(emulator.state, 0);
    expect((await lists(`token=${id.toUpperCase()}`)).map((list) => list.token)).toEqual([id]);
    const below = (await lists(`token=${id}&recurse=true`)).map((list) => list.token);
    expect(below.length).toBeGreaterThan(2);
    expect(below.every((token) => token === id || token.startsWith(`${id}\\`))).toBe(true);
  });

  test("with extended information answer zeros for those that have no entry, and nothing without", async () => {
    const identity = at(3).identity;
    const query = `token=${emulator.state.collectionId}&descriptors=${encodeURIComponent(identity)}`;
    expect((await lists(query))[0]?.acesDictionary).toEqual({});
    expect((await lists(`${query}&includeExtendedInfo=true`))[0]?.acesDictionary).toEqual({
      [identity]: { descriptor: identity, extendedInfo: {} },
    });
  });
});
