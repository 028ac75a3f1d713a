import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SecretTrait_CredentialType, SecretTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.js";
import { ResourceGetterService } from "../../gen/c1/connector/v2/resource_pb.js";
import type { SourcePage } from "../../src/connector/handler.ts";
import { descriptorOf, type SessionToken, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { groupsAround } from "../provisioning/parts.ts";
import { testCall } from "../support/calls.ts";
import { everyResource } from "../support/handler-rows.ts";
import { rowsOfStream } from "../support/rights.ts";
import { wholeStream } from "../support/stream.ts";
import { difference, idOfResource, none, resourceListing, typesOf, walk } from "../support/walk.ts";
import { codeOf, type Replica, startReplica, startWorld, type World } from "../support/world.ts";

/** Personal access tokens and keys as they are told, held against the organization itself. */
const type = "personal-access-token";
let world: World;
let replica: Replica;

beforeAll(async () => {
  world = await startWorld({ users: 130, pageSizes: { tokens: 4, graph: 50, entitlements: 30 } });
  replica = await world.replica({ sync: { personalAccessTokens: "all" } });
});
afterAll(() => world.close());

const ownerOf = ({ owner }: SessionToken) => descriptorOf(subjectAt(world.emulator.state, owner));
const idOf = (token: SessionToken) => `${ownerOf(token)}~${token.authorizationId}`;

/** People in the administrators' groups of the organization and its projects, nested or not. */
function administrators(): ReadonlySet<number> {
  const { state } = world.emulator;
  const leading = new Set(
    state.groups.filter((index) => /Project (Collection )?Administrators$/.test(subjectAt(state, index).displayName)),
  );
  const isLed = (index: number) => [...groupsAround(state, subjectAt(state, index))].some((each) => leading.has(each));
  return new Set(state.users.filter(isLed));
}

/** How many requests were made for tokens. */
function tokenRequests({ app }: Replica): number {
  const asked = [...app.client.connection.requests].filter(([route]) => route.includes("tokenadmin"));
  return asked.reduce((sum, [, count]) => sum + count, 0);
}

describe("personal access tokens", () => {
  test("are listed, all of them, with their owners, dates and scopes", async () => {
    const { tokens, collectionId } = world.emulator.state;
    const resources = await everyResource(replica, [type]);
    expect(resources.map(({ id }) => id)).toEqual(tokens.map(idOf).sort());
    const byId = new Map(resources.map((resource) => [resource.id, resource]));
    const kinds = new Set<unknown>();
    for (const token of tokens) {
      const { secret, profile, parent, createdAt, displayName } = byId.get(idOf(token)) ?? {};
      const kind = token.publicKey === undefined ? type : "ssh-key";
      kinds.add(`${kind} ${profile?.state} ${profile?.targets}`);
      expect(secret).toMatchObject({ owner: { type: "user", id: ownerOf(token) }, detail: kind });
      expect(secret?.expiresAt?.getTime()).toBe(token.validTo);
      expect(createdAt?.getTime()).toBe(token.validFrom);
      expect(parent).toEqual({ type: "organization", id: collectionId });
      expect(displayName).toContain(token.displayName || token.authorizationId);
      expect(profile).toMatchObject({
        kind,
        scopes: token.scope,
        authorization_id: token.authorizationId,
        state: token.isValid ? "valid" : "expired",
        targets: token.targetAccounts === null ? "all-organizations" : "this-organization",
      });
    }
    expect(kinds.size).toBeGreaterThan(4);
  });

  test("take two requests a person, one for each further page, and one to find out whether they may be read", async () => {
    const { tokens } = world.emulator.state;
    const own = await world.replica({ sync: { personalAccessTokens: "all" } });
    await everyResource(own, [type]);
    const users = await everyResource(own, ["user"]);
    const lists = Map.groupBy(tokens, ({ owner, publicKey }) => `${owner} ${publicKey !== undefined}`);
    const further = [...lists.values()].reduce((sum, { length }) => sum + Math.ceil(length / 4) - 1, 0);
    expect(further).toBeGreaterThan(5);
    expect(tokenRequests(own)).toBe(2 * users.length + further + 1);
  });

  test.each(["null", "absent", "zeros"] as const)("end where the continuation is %s", async (tokenEnd) => {
    await using other = await startEmulator({ users: 12, beliefs: { tokenEnd }, pageSizes: { tokens: 3 } });
    const own = await startReplica(other, { sync: { personalAccessTokens: "all" } });
    expect(await everyResource(own, [type])).toHaveLength(other.state.tokens.length);
    await own.close();
  });

  test("are none, and are named as missing, for whoever is no administrator", async () => {
    await using other = await startEmulator({ users: 12 });
    const { caller } = other.state;
    for (const group of [...subjectAt(other.state, caller).memberOf]) other.changes.leave(group, caller);
    const own = await startReplica(other, { sync: { personalAccessTokens: "all" } });
    const batches = await wholeStream(own);
    expect(rowsOfStream(batches).resources.filter(({ id }) => id?.resourceType === type)).toEqual([]);
    const gaps = batches.at(-1)?.manifest?.gaps.map(({ what, remedy }) => `${what}: ${remedy}`) ?? [];
    expect(gaps.join()).toMatch(/no personal access tokens.*Token Administration \(Read & manage\)/);
    await own.close();
  });

  test("come as they arrive and by id alike, one by one too, and on another replica", async () => {
    const whole = await walk(resourceListing(type, { pageSize: 0, syncId: "a" }), replica);
    expect(whole).toHaveLength(world.emulator.state.tokens.length);
    const other = await world.replica({ sync: { personalAccessTokens: "all" } });
    for (const pageSize of [3, 100]) {
      expect(difference(await walk(resourceListing(type, { pageSize, syncId: "b" }), other), whole)).toEqual(none);
    }
    for (const token of world.emulator.state.tokens.slice(0, 3)) {
      const fresh = await world.replica({ sync: { personalAccessTokens: "all" } });
      const resourceId = { resourceType: type, resource: idOf(token) };
      const { resource } = await fresh.call(ResourceGetterService.method.getResource, { resourceId });
      const trait = resource?.annotations.map((any) => anyUnpack(any, SecretTraitSchema))[0];
      expect(trait?.identityId).toMatchObject({ resourceType: "user", resource: ownerOf(token) });
      const isKey = token.publicKey !== undefined;
      const { ASYMMETRIC_KEY, STATIC_SECRET } = SecretTrait_CredentialType;
      expect(trait?.credentialType).toBe(isKey ? ASYMMETRIC_KEY : STATIC_SECRET);
      expect(trait?.lastUsedAt).toBeUndefined();
      expect([...fresh.app.client.connection.requests].filter(([route]) => /tokenadmin/.test(route))).toEqual([
        ["GET tokenadmin/personalaccesstokens/{subject}", expect.toSatisfy((count: number) => count < 20)],
      ]);
    }
  });

  test("go on from the middle on a replica that has never seen the sync", async () => {
    const whole = await walk(resourceListing(type, { pageSize: 0, syncId: "middle" }), replica);
    const { registry, sessions } = replica.app.scope;
    const ids: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined = ""; cursor !== undefined; pages += 1) {
      // Each page is asked of readings that have read nothing.
      const { readings, release } = sessions.private();
      const page: SourcePage | undefined = await registry.handler(type).list(readings).page?.(cursor, testCall());
      release();
      ids.push(...(page?.ids ?? []));
      cursor = page?.next;
    }
    expect(pages).toBeGreaterThan(2);
    expect(ids.sort()).toEqual(whole.map(idOfResource).sort());
  });

  test("of those who cannot be found are none", async () => {
    const [token] = world.emulator.state.tokens;
    if (!token) throw new Error("there is no token");
    for (const resource of [
      `${ownerOf(token)}~00000000-0000-0000-0000-000000000001`,
      `aad.eA~${token.authorizationId}`,
      "x",
    ]) {
      const gone = replica.call(ResourceGetterService.method.getResource, {
        resourceId: { resourceType: type, resource },
      });
      expect(await codeOf(gone), resource).toBe(status.NOT_FOUND);
    }
  });

  test("of administrators alone are told with privileged", async () => {
    const some = await world.replica({ sync: { personalAccessTokens: "privileged" } });
    const leading = administrators();
    const wanted = world.emulator.state.tokens.filter(({ owner }) => leading.has(owner)).map(idOf);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(world.emulator.state.tokens.length);
    expect((await everyResource(some, [type])).map(({ id }) => id)).toEqual(wanted.sort());
    const other = world.emulator.state.tokens.find(({ owner }) => !leading.has(owner));
    for (const [resource, told] of [[wanted[0], true] as const, [other && idOf(other), false] as const]) {
      const resourceId = { resourceType: type, resource: resource ?? "" };
      const answer = some.call(ResourceGetterService.method.getResource, { resourceId });
      if (told) expect((await answer).resource?.id?.resource).toBe(resource);
      else expect(await codeOf(answer)).toBe(status.NOT_FOUND);
    }
  });

  test("are no type, and asked for by no request, unless they are switched on", async () => {
    const off = await world.replica();
    expect(await typesOf(off)).not.toContain(type);
    const manifest = (await wholeStream(off)).at(-1)?.manifest;
    expect(Object.keys(manifest?.requestsByRoute ?? {}).filter((route) => /token/.test(route))).toEqual([]);
    expect(manifest?.limits.map(({ what }) => what).join()).toContain(type);
  });

  test("are counted in the manifest, whose numbers say that none is missing", async () => {
    const own = await world.replica({ sync: { personalAccessTokens: "all" } });
    const manifest = (await wholeStream(own)).at(-1)?.manifest;
    const rows = manifest?.rows.find(({ resourceTypeId }) => resourceTypeId === type);
    const count = BigInt(world.emulator.state.tokens.length);
    expect([rows?.resources, rows?.upstreamTotal, rows?.grants]).toEqual([count, count, 0n]);
  });
});

test("no answer holds a token, a key, or a name that is one", async () => {
  const pat = `${"q7W4".repeat(19)}AZDOab12`;
  await using own = await disposable(await startWorld({ users: 40 }));
  const { tokens } = own.world.emulator.state;
  own.world.emulator.changes.setTokens(tokens.map((token) => ({ ...token, displayName: `mine: ${pat}` })));
  const told = await own.world.replica({ sync: { personalAccessTokens: "all" } });
  const text = JSON.stringify(await walk(resourceListing(type, { pageSize: 0, syncId: "s" }), told));
  expect(text).toContain("mine: [secret]");
  expect(text).not.toContain("q7W4q7W4");
  expect(text).not.toContain("ssh-rsa");
});

async function disposable(of: World) {
  return { world: of, [Symbol.asyncDispose]: () => of.close() };
}
