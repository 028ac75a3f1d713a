import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { isPerson, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 40, groups: 6, projects: 1 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const version = "api-version=7.1";
const tokensOf = (index: number, isKey = false) =>
  emulator.state.tokens.filter(({ owner, publicKey }) => owner === index && (publicKey !== undefined) === isKey);
/** Whoever has the most. */
function holder(): number {
  const counts = Map.groupBy(emulator.state.tokens, ({ owner }) => owner);
  const [most] = [...counts].sort(([, one], [, other]) => other.length - one.length);
  if (!most) throw new Error("nobody has a token");
  return most[0];
}
const read = (index: number, query = "", of = emulator) =>
  write(
    of,
    "GET",
    `_apis/tokenadmin/personalaccesstokens/${descriptorOf(subjectAt(of.state, index))}?${version}${query}`,
    { host: "vssps" },
  );
const revoke = (ids: readonly string[], query = "") =>
  write(emulator, "POST", `_apis/tokenadmin/revocations?${version}${query}`, {
    host: "vssps",
    json: ids.map((authorizationId) => ({ authorizationId })),
  });
const rowsOf = ({ value }: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value : [];

async function walk(index: number, pageSize: number): Promise<{ readonly ids: unknown[]; readonly pages: number[] }> {
  const ids: unknown[] = [];
  const pages: number[] = [];
  for (let token: unknown = ""; token !== null; ) {
    const { body } = await read(
      index,
      `&pageSize=${pageSize}${token === "" ? "" : `&continuationToken=${String(token)}`}`,
    );
    ids.push(...rowsOf(body).map(({ authorizationId }) => authorizationId));
    pages.push(rowsOf(body).length);
    token = body.continuationToken ?? null;
  }
  return { ids, pages };
}

describe("tokens of others", () => {
  test("come in pages that end without a continuation, each once, and without their text", async () => {
    const index = holder();
    const own = tokensOf(index);
    const { ids, pages } = await walk(index, 10);
    expect(ids).toEqual(own.map(({ authorizationId }) => authorizationId));
    expect(pages.length).toBe(Math.ceil(own.length / 10));
    const { body, text } = await read(index);
    expect(rowsOf(body)).toHaveLength(20);
    expect(
      rowsOf(body).every(
        ({ alternateToken, isPublic, token }) => token === null && alternateToken === null && isPublic === false,
      ),
    ).toBe(true);
    expect(text).not.toContain("ssh-rsa");
    expect(rowsOf(body)[0]).toMatchObject({
      userId: subjectAt(emulator.state, index).storageKey,
      scope: own[0]?.scope,
    });
  });

  test("are of every kind: full and limited, of one organization and of all, past and valid", () => {
    const { tokens } = emulator.state;
    expect(new Set(tokens.map(({ targetAccounts }) => targetAccounts === null))).toEqual(new Set([true, false]));
    expect(new Set(tokens.map(({ isValid }) => isValid))).toEqual(new Set([true, false]));
    expect(new Set(tokens.map(({ scope }) => scope === "app_token"))).toEqual(new Set([true, false]));
    expect(new Set(tokens.map(({ authorizationId }) => authorizationId)).size).toBe(tokens.length);
  });

  test("are apart from keys, whose public half is told", async () => {
    const index = holder();
    const { body } = await read(index, "&isPublic=true&pageSize=100");
    expect(rowsOf(body)).toHaveLength(tokensOf(index, true).length);
    expect(rowsOf(body)[0]).toMatchObject({ isPublic: true, publicData: expect.stringMatching(/^ssh-rsa /) });
  });

  test("are told to administrators of the collection alone, with the scope, and of people", async () => {
    const group = descriptorOf(subjectAt(emulator.state, emulator.state.administrators));
    const path = (name: string) => `_apis/tokenadmin/personalaccesstokens/${name}?${version}`;
    expect((await write(emulator, "GET", path(group), { host: "vssps" })).body.typeKey).toBe(
      "IdentityNotFoundException",
    );
    expect((await write(emulator, "GET", path("none"), { host: "vssps" })).body.typeKey).toBe("ArgumentException");
    expect((await read(holder(), "&continuationToken=11111111-1111-4111-8111-111111111111")).body.typeKey).toBe(
      "ArgumentException",
    );
    await using limited = await startEmulator({ users: 40, groups: 6, projects: 1, limitedVisibility: true });
    const refused = await read(limited.state.owner, "", limited);
    expect([refused.status, refused.body.typeKey]).toEqual([403, "AccessCheckException"]);
    const tokens = [{ token: "reader", scopes: ["vso.graph_manage", "vso.identity"] }];
    await using scoped = await startEmulator({ users: 40, groups: 6, projects: 1, tokens });
    const options = { host: "vssps", authorization: "Bearer reader" } as const;
    expect(
      (await write(scoped, "GET", path(descriptorOf(subjectAt(scoped.state, scoped.state.owner))), options)).status,
    ).toBe(401);
    expect(
      (await write(scoped, "POST", `_apis/tokenadmin/revocations?${version}`, { ...options, json: [] })).status,
    ).toBe(401);
  });
});

describe("revoking", () => {
  test("ends those that are named, and a key only when keys are meant", async () => {
    const index = holder();
    const [first, second] = tokensOf(index);
    const [key] = tokensOf(index, true);
    if (!first || !second || !key) throw new Error("too few tokens");
    const revoked = await revoke([first.authorizationId, key.authorizationId]);
    expect([revoked.status, revoked.text]).toEqual([204, ""]);
    expect(tokensOf(index)).not.toContainEqual(first);
    expect(tokensOf(index, true)).toContainEqual(key);
    await revoke([key.authorizationId], "&isPublic=true");
    expect(tokensOf(index, true)).not.toContainEqual(key);
    await revoke([first.authorizationId]);
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([true, true, false]);
    expect((await walk(index, 100)).ids).toContain(second.authorizationId);
    expect((await revoke([])).body.typeKey).toBe("ArgumentException");
    expect((await revoke(["none"])).body.typeKey).toBe("ArgumentException");
  });

  test("by a rule ends everybody's, which the log of writes tells", async () => {
    const before = emulator.state.tokens.length;
    const matching = emulator.state.tokens.filter(({ scope }) => scope.split(" ").includes("vso.code")).length;
    const json = { scopes: "vso.code", createdBefore: "2030-01-01T00:00:00Z" };
    const { status } = await write(emulator, "POST", `_apis/tokenadmin/revocationrules?${version}`, {
      host: "vssps",
      json,
    });
    expect([status, matching > 0, emulator.state.tokens.length]).toEqual([201, true, before - matching]);
    expect(emulator.writes.changes.map(({ route }) => route)).toEqual(["_apis/tokenadmin/revocationrules"]);
  });

  test("comes with the removal of a person, too", async () => {
    const person = someSubject(
      emulator,
      (each) =>
        isPerson(emulator)(each) &&
        each.entitlement !== undefined &&
        tokensOf(each.index).some(({ isValid }) => isValid),
    );
    await write(emulator, "DELETE", `_apis/userentitlements/${person.storageKey}?${version}`, { host: "vsaex" });
    expect(tokensOf(person.index).some(({ isValid }) => isValid)).toBe(false);
  });
});

describe("organizations of a person", () => {
  const accounts = async (query: string, of = emulator) => {
    const { origin } = new URL(of.url);
    const response = await fetch(`${origin}/app/_apis/accounts?${query}&${version}`, {
      headers: { Authorization: `Bearer ${of.token}` },
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const id = (index: number) => subjectAt(emulator.state, index).storageKey;

  test("tell who owns this one", async () => {
    const { caller, collectionId, owner } = emulator.state;
    const account = { accountId: collectionId, accountName: "fabrikam", accountOwner: id(owner) };
    expect((await accounts(`ownerId=${id(owner)}`)).body).toMatchObject({ count: 1, value: [account] });
    expect((await accounts(`ownerId=${id(caller)}`)).body).toEqual({ count: 0, value: [] });
    expect((await accounts(`memberId=${id(caller)}`)).body).toMatchObject({ count: 1, value: [account] });
    expect((await accounts("properties=x")).body).toMatchObject({ typeKey: "ArgumentException" });
  });
});
