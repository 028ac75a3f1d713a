import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccessList, Emulator } from "../../src/emulator/index.ts";
import { namespaceIds, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** What the answers say of access control is what the organization holds, with everything that is odd about it. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

interface Entry {
  readonly descriptor: string;
  readonly allow?: number;
  readonly deny?: number;
  readonly extendedInfo?: Readonly<Record<string, number>>;
}

interface List {
  readonly token: string;
  readonly inheritPermissions: boolean;
  readonly acesDictionary: Readonly<Record<string, Entry>>;
}

async function lists(namespaceId: string, query: Readonly<Record<string, string>> = {}): Promise<readonly List[]> {
  const path = `_apis/accesscontrollists/${namespaceId}?${new URLSearchParams(query)}`;
  const body: { readonly count: number; readonly value: readonly List[] } = JSON.parse(
    (await ask(emulator, path)).text,
  );
  expect(body.count).toBe(body.value.length);
  return body.value;
}

const identityOf = (who: number | string) => (typeof who === "string" ? who : subjectAt(emulator.state, who).identity);
const everyList = () => [...emulator.state.accessLists.values()].flatMap((each) => [...each.values()]);
const everyEntry = () => everyList().flatMap(({ entries }) => entries);
const ofNamespace = (id: string) => [...(emulator.state.accessLists.get(id)?.values() ?? [])];

test("every namespace answers with all of its lists, and every entry is there with what it allows and denies", async () => {
  for (const [id, own] of emulator.state.accessLists) {
    const expected = [...own.values()].map(({ entries, inherit, token }) => {
      const written = entries.map(({ allow, deny, who }) => [identityOf(who), allow, deny] as const);
      return { token, inherit, written: Object.fromEntries(written.map(([key, ...bits]) => [key, bits])) };
    });
    const found = (await lists(id)).map(({ acesDictionary, inheritPermissions, token }) => {
      const written = Object.entries(acesDictionary).map(([key, { allow = 0, deny = 0, descriptor }]) => {
        expect(descriptor).toBe(key);
        return [key, [allow, deny]] as const;
      });
      return { token, inherit: inheritPermissions, written: Object.fromEntries(written) };
    });
    expect(found).toEqual(expected);
  }
});

test("fields that would be 0 are left out, so that an entry may have none", async () => {
  const found = await lists(namespaceIds.git);
  const entries = found.flatMap(({ acesDictionary }) => Object.values(acesDictionary));
  expect(entries.some(({ allow, deny }) => allow === 0 || deny === 0)).toBe(false);
  expect(entries.some(({ allow, deny }) => allow === undefined && deny === undefined)).toBe(true);
});

test("a namespace without lists has none, and an unknown one is refused", async () => {
  expect(await lists("0582eb05-c896-449a-b933-aa3d99e121d6")).toEqual([]);
  const { json, status } = await ask(emulator, `_apis/accesscontrollists/${emulator.state.hostId}`);
  expect([status, json.typeKey]).toEqual([404, "InvalidSecurityNamespaceException"]);
});

describe("by token", () => {
  const someRepository = (): AccessList => {
    const found = ofNamespace(namespaceIds.git).find(({ token }) => /^repoV2\/[^/]+\/[^/]+\/$/.test(token));
    if (!found) throw new Error("the seed lacks a repository's token that ends in a separator");
    return found;
  };

  test("case and a separator at the end make no difference, and the answer keeps what is stored", async () => {
    const { token } = someRepository();
    for (const asked of [token, token.slice(0, -1), token.toLowerCase(), `${token.toUpperCase()}/`]) {
      expect((await lists(namespaceIds.git, { token: asked })).map((each) => each.token)).toEqual([token]);
    }
  });

  test("recurse gives what lies below, and a namespace's own separator tells what that is", async () => {
    const { id } = emulator.state.projects[1] ?? { id: "" };
    for (const [namespaceId, token] of [
      [namespaceIds.git, `repoV2/${id}`],
      [namespaceIds.build, id],
      [namespaceIds.identity, id],
      [namespaceIds.dashboards, `$/${id}`],
    ] as const) {
      const below = await lists(namespaceId, { token, recurse: "true" });
      expect(below.length).toBeGreaterThan(1);
      expect(below.every((each) => each.token.toLowerCase().startsWith(token.toLowerCase()))).toBe(true);
      expect((await lists(namespaceId, { token })).length).toBeLessThan(below.length);
    }
  });
});

describe("extended information", () => {
  test("has what an identity inherits for itself, the nearest first, and nothing of its groups", async () => {
    await using own = await startEmulator({ users: 20, groups: 2, projects: 1 });
    const { administrators, caller } = own.state;
    const entry = (allow: number, deny: number) => ({ who: caller, allow, deny });
    own.setAccessLists(namespaceIds.git, [
      { token: "repoV2", inherit: true, entries: [entry(1, 6), { who: administrators, allow: 128, deny: 0 }] },
      { token: "repoV2/p/", inherit: true, entries: [entry(2, 8)] },
      { token: "repoV2/p/r", inherit: true, entries: [entry(16, 1)] },
      { token: "repoV2/p/cut", inherit: false, entries: [entry(32, 0)] },
    ]);
    const identity = subjectAt(own.state, caller).identity;
    const info = async (token: string) => {
      const query = new URLSearchParams({ token, includeExtendedInfo: "true", descriptors: identity });
      const { text } = await ask(own, `_apis/accesscontrollists/${namespaceIds.git}?${query}`);
      const body: { readonly value: readonly List[] } = JSON.parse(text);
      return body.value[0]?.acesDictionary[identity]?.extendedInfo;
    };
    expect(await info("repoV2/p/r")).toEqual({
      inheritedAllow: 3,
      inheritedDeny: 12,
      effectiveAllow: 18,
      effectiveDeny: 13,
    });
    expect(await info("repoV2/p/cut")).toEqual({ effectiveAllow: 32 });
  });

  test("comes with zeros for whoever is asked for and has no entry, in every list", async () => {
    const { identity } = subjectAt(emulator.state, emulator.state.users[7] ?? -1);
    const query = { includeExtendedInfo: "true", descriptors: identity };
    const found = await lists(namespaceIds.tagging, query);
    expect(found).toHaveLength(ofNamespace(namespaceIds.tagging).length);
    for (const { acesDictionary } of found) expect(Object.keys(acesDictionary)).toEqual([identity]);
  });
});

describe("the seed has", () => {
  test("lists of their own for about three in ten repositories, some cut off, one of them empty", () => {
    const own = ofNamespace(namespaceIds.git).filter(({ token }) => {
      return /^repoV2\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/?$/i.test(token);
    });
    const share = own.length / emulator.state.repositories.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.4);
    const cut = own.filter(({ inherit }) => !inherit);
    expect(cut.some(({ entries }) => entries.length === 0)).toBe(true);
    expect(cut.some(({ entries }) => entries.length > 0)).toBe(true);
  });

  test("branches, folders of branches and tags, each segment in hexadecimal of UTF-16", () => {
    const refs = ofNamespace(namespaceIds.git).flatMap(({ token }) => {
      const [, kind, rest] = /\/refs\/(heads|tags)\/?(.*)$/.exec(token) ?? [];
      const names = (rest ?? "").split("/").filter(Boolean);
      return kind === undefined
        ? []
        : [[kind, ...names.map((name) => Buffer.from(name, "hex").toString("utf16le"))].join("/")];
    });
    for (const ref of ["heads/main", "heads/feature", "heads/release/2026", "heads/release/2026/q4", "tags", "heads"]) {
      expect(refs).toContain(ref);
    }
  });

  test("entries of everybody: people, groups, teams, services, Entra, and nobody that anyone knows", () => {
    const known = everyEntry().flatMap(({ who }) => (typeof who === "number" ? [subjectAt(emulator.state, who)] : []));
    const kinds = new Set(known.map(({ group, kind }) => group?.kind ?? kind));
    for (const kind of [
      "made",
      "default",
      "team",
      "entra",
      "entra-user",
      "service-account",
      "service-principal",
      "stray",
    ]) {
      expect(kinds).toContain(kind);
    }
    expect(everyEntry().filter(({ who }) => typeof who === "string").length).toBeGreaterThan(10);
  });

  test("denials of every sort, bits beyond the known ones, entries of nothing", () => {
    const { administrators, namespaces } = emulator.state;
    expect(everyEntry().some(({ deny, who }) => who === administrators && deny > 0)).toBe(true);
    expect(everyEntry().some(({ allow, deny }) => allow === 0 && deny === 0)).toBe(true);
    expect(everyEntry().some(({ allow, deny }) => allow > 0 && deny > 0)).toBe(true);
    const known =
      namespaces.find(({ id }) => id === namespaceIds.git)?.bits.reduce((sum, { bit }) => sum | bit, 0) ?? 0;
    const git = ofNamespace(namespaceIds.git).flatMap(({ entries }) => entries);
    expect(git.some(({ allow }) => (allow & ~known) !== 0)).toBe(true);
  });

  test("tokens of deleted projects and repositories, and such as no rule reads", () => {
    const deleted = emulator.state.projects.find(({ state }) => state === "deleted");
    for (const id of [namespaceIds.git, namespaceIds.build, namespaceIds.project, namespaceIds.identity]) {
      expect(ofNamespace(id).some(({ token }) => token.includes(deleted?.id ?? "-"))).toBe(true);
    }
    const alive = new Set(emulator.state.repositories.map(({ id }) => id));
    const tokens = ofNamespace(namespaceIds.git).map(({ token }) => token.toLowerCase());
    expect(tokens.some((token) => token.split("/").length === 3 && !alive.has(token.split("/")[2] ?? ""))).toBe(true);
    expect(tokens).toContain("repositories/all");
    expect(tokens.some((token) => token.endsWith("/refs/heads/6d00610069006e0"))).toBe(true);
  });

  test("lists in every namespace that is governed", () => {
    for (const id of Object.values(namespaceIds)) expect([id, ofNamespace(id).length > 0]).toEqual([id, true]);
  });

  test("the same lists for the same seed, whatever else is asked for", async () => {
    await using again = await startEmulator({ shuffle: true, language: "de" });
    expect(again.state.accessLists).toEqual(emulator.state.accessLists);
  });
});
