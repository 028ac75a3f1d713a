import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator, FaultRule, RequestHook, Subject } from "../../src/emulator/index.ts";
import { faultKinds, namespaceIds, parseRule, startEmulator } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";
import { isPerson, membership, someSubject, write } from "./write.ts";

const options = { users: 20, groups: 4, projects: 1 } as const;
let emulator: Emulator;
let group: Subject;
let person: Subject;

beforeAll(async () => {
  emulator = await startEmulator(options);
  group = someSubject(emulator, (each) => each.group?.kind === "made" && each.active);
  person = someSubject(emulator, (each) => isPerson(emulator)(each) && !each.memberOf.includes(group.index));
});
beforeEach(() => {
  emulator.faults.clear();
  emulator.writes.reset();
  emulator.changes.leave(group.index, person.index);
});
afterAll(() => emulator.close());

const isMember = () => emulator.state.subjects[person.index]?.memberOf.includes(group.index);
const descriptor = ({ payload, prefix }: Subject) => `${prefix}.${Buffer.from(payload).toString("base64url")}`;
const path = () => `_apis/graph/memberships/${descriptor(person)}/${descriptor(group)}?api-version=7.1-preview.1`;
const add = (limitMs = 20_000) => look(emulator, path(), { host: "vssps", method: "PUT", limitMs });
const right = ({ bytes, error, status }: Awaited<ReturnType<typeof add>>) =>
  error === undefined && status === 201 && /^\{"containerDescriptor.*\}$/.test(bytes.toString("utf8"));

describe("a fault at a write", () => {
  // These are about listings and places, and let a write pass.
  const passing = new Set(["repeated-page", "stuck-token", "short-page", "empty-page", "null-member", "null-identity"]);
  const others = [
    "unknown-subject-kind",
    "vanished-group",
    "unresolvable-host",
    "tls-failure",
    "endless-body",
    "gzip-bomb",
  ];
  const kinds = faultKinds.filter(({ kind }) => !passing.has(kind) && !others.includes(kind));
  const cases = kinds.flatMap(({ effects, kind }) => effects.map((effect) => ({ kind, effect })));

  test.each(cases)("$kind $effect the effect leaves what it says", async ({ effect, kind }) => {
    emulator.faults.add({ kind, effect, method: "PUT" });
    const sight = await add(kind === "hang" || kind === "dripped-body" ? 300 : 20_000);
    const isDone = kind === "latency" || effect === "after";
    expect(isMember()).toBe(isDone);
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([isDone]);
    expect(emulator.faults.list().map(({ applied }) => applied)).toEqual([1]);
    if (effect === "before" && kind !== "latency") expect(right(sight)).toBe(false);
  });

  test("without a side is what the kind always was", async () => {
    emulator.faults.add({ kind: "server-error", times: 1 });
    expect((await add()).status).toBe(500);
    expect(isMember()).toBe(false);
    emulator.faults.clear();
    emulator.faults.add({ kind: "reset-before", times: 1 });
    expect((await add()).error).toBeDefined();
    expect(isMember()).toBe(true);
  });

  test("comes once, and the next write is done", async () => {
    emulator.faults.add({ kind: "hang", effect: "before", times: 1 });
    expect((await add(200)).error).toBe("timeout");
    expect(isMember()).toBe(false);
    expect((await add()).status).toBe(201);
    expect(isMember()).toBe(true);
  });

  test("cannot confirm what it undoes, and its side is one of two", () => {
    expect(() => emulator.faults.add({ kind: "reset-after", effect: "before" })).toThrow(
      /reset-after: effect cannot be before/,
    );
    const sideways: FaultRule = parseRule("hang,effect=sideways");
    expect(() => emulator.faults.add(sideways)).toThrow(/effect/);
    expect(parseRule("hang,effect=after")).toEqual({ kind: "hang", effect: "after" });
  });
});

describe("reads after a write", () => {
  const status = async (other: Emulator, member: number) =>
    (await membership(other, "HEAD", member, group.index)).status;

  test("see what was there before for as many reads as the lag says", async () => {
    await using lagging = await startEmulator({ ...options, readLag: { memberships: 2 } });
    const { index } = person;
    await membership(lagging, "PUT", index, group.index);
    expect(lagging.state.subjects[index]?.memberOf).toContain(group.index);
    expect([await status(lagging, index), await status(lagging, index), await status(lagging, index)]).toEqual([
      404, 404, 200,
    ]);
    await membership(lagging, "DELETE", index, group.index);
    expect((await membership(lagging, "PUT", index, group.index)).status).toBe(201);
    expect([await status(lagging, index), await status(lagging, index), await status(lagging, index)]).toEqual([
      200, 200, 200,
    ]);
    expect(lagging.state.subjects[index]?.memberOf.filter((each) => each === group.index)).toHaveLength(1);
  });

  test("of lists see the old entries, while writes build on the new ones", async () => {
    await using lagging = await startEmulator({ ...options, readLag: { lists: 1 } });
    const token = "repoV2/never-seen";
    const post = (allow: number) =>
      write(lagging, "POST", `_apis/accesscontrolentries/${namespaceIds.git}?api-version=7.1`, {
        json: { token, merge: true, accessControlEntries: [{ descriptor: person.identity, allow, deny: 0 }] },
      });
    const read = async () =>
      (await write(lagging, "GET", `_apis/accesscontrollists/${namespaceIds.git}?token=${token}&api-version=7.1`)).body;
    await post(1);
    expect((await post(2)).body).toMatchObject({ value: [{ allow: 3 }] });
    expect(await read()).toEqual({ count: 0, value: [] });
    expect(await read()).toMatchObject({ count: 1, value: [{ acesDictionary: { [person.identity]: { allow: 3 } } }] });
  });
});

test("levels, feeds and tokens are seen late, too", async () => {
  await using lagging = await startEmulator({
    ...options,
    readLag: { entitlements: 1, feeds: 1, tokens: 1 },
    beliefs: { groupRules: "none" },
  });
  const { feeds, tokens, users } = lagging.state;
  const member = users
    .map((index) => lagging.state.subjects[index])
    .find((each) => each?.entitlement?.level === "express");
  const [token] = tokens;
  const feed = feeds.feeds.find(({ deleted, project }) => deleted === undefined && project === undefined);
  const owner = lagging.state.subjects[token?.owner ?? -1];
  if (!member?.entitlement || !owner || !feed) throw new Error("the seed lacks a sample");
  lagging.changes.setEntitlement(member.index, { ...member.entitlement, level: "stakeholder" });
  lagging.changes.setTokens(tokens.filter((each) => each !== token));
  lagging.changes.setFeedPermissions(feed.id, []);
  const reads = [
    ["vsaex", `userentitlements/${member.storageKey}`, '"express"'],
    ["vssps", `tokenadmin/personalaccesstokens/${descriptor(owner)}`, token?.authorizationId ?? ""],
    ["feeds", `packaging/feeds/${feed.id}/permissions`, "isInheritedRole"],
  ] as const;
  for (const [host, path, former] of reads) {
    const has = async () => {
      const { text } = await write(lagging, "GET", `_apis/${path}?api-version=7.1`, { host });
      return text.includes(former);
    };
    expect([path, await has(), await has()]).toEqual([path, true, false]);
  }
});

describe("several at once", () => {
  test("fifty writes to one list lose none", async () => {
    const people = emulator.state.users
      .map((index) => emulator.state.subjects[index])
      .filter((each) => each !== undefined);
    const token = "repoV2/crowded";
    const writes = Array.from({ length: 50 }, (_, at) => {
      const { identity = "" } = people[at % 10] ?? {};
      const json = {
        token,
        merge: true,
        accessControlEntries: [{ descriptor: identity, allow: 2 ** Math.floor(at / 10), deny: 0 }],
      };
      return write(emulator, "POST", `_apis/accesscontrolentries/${namespaceIds.git}?api-version=7.1`, { json });
    });
    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    const entries = emulator.state.accessLists.get(namespaceIds.git)?.get(token.toLowerCase())?.entries ?? [];
    expect(entries.map(({ allow }) => allow)).toEqual(Array.from({ length: 10 }, () => 31));
    expect(emulator.writes.changes).toHaveLength(50);
  });

  test("another client writes between a read and the write that follows it", async () => {
    const turns: { act?: () => void } = {};
    const onRequest: RequestHook = ({ method }) => {
      if (method === "PUT") turns.act?.();
      return undefined;
    };
    await using hooked = await startEmulator({ ...options, onRequest });
    turns.act = () => void hooked.changes.join(group.index, person.index);
    expect((await membership(hooked, "HEAD", person, group)).status).toBe(404);
    expect((await membership(hooked, "PUT", person, group)).status).toBe(201);
    expect(hooked.writes.all.map(({ changed }) => changed)).toEqual([false]);
    expect(hooked.state.subjects[person.index]?.memberOf).toContain(group.index);
  });
});

test("writes are told over HTTP, too", async () => {
  await add();
  const { origin } = new URL(emulator.url);
  const told = await (await fetch(`${origin}/_emulator/writes`)).json();
  expect(told).toMatchObject({ total: 1, changes: 1, writes: [{ method: "PUT", status: 201, changed: true }] });
  expect((await fetch(`${origin}/_emulator/writes`, { method: "DELETE" })).status).toBe(204);
  expect(emulator.writes.all).toEqual([]);
});
