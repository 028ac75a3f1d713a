import { afterEach, describe, expect, test } from "vitest";
import { descriptorOf, type EmulatorOptions, type FaultRule, type SessionToken } from "../../src/emulator/index.ts";
import { rights } from "../../src/resources/rights.ts";
import { createResourceOrders, refusalOf } from "../support/accounts.ts";
import { codes, outcomeOf, tableCodes } from "../support/refusals.ts";
import { type ReplicaOptions, startWorld, type World } from "../support/world.ts";
import { found } from "./parts.ts";

/** Personal access tokens and keys are revoked by DeleteResource, as the organization itself shows afterwards. */
const type = "personal-access-token";
const day = 86_400_000;
let world: World;
afterEach(() => world.close());

async function start(options: EmulatorOptions = {}, more: ReplicaOptions = {}) {
  world = await startWorld({ users: 40, ...options });
  const sync = { personalAccessTokens: "all" } as const;
  const replica = await world.replica({ provisioning: "standard", sync, ...more });
  return { replica, orders: createResourceOrders(replica) };
}

const subjectOf = (index: number) => found(world.emulator.state.subjects[index], "a person");
const refOf = ({ owner, authorizationId }: SessionToken) => ({
  type,
  id: `${descriptorOf(subjectOf(owner))}~${authorizationId}`,
});

const isOver = ({ validTo, isValid }: SessionToken) => !isValid || validTo <= Date.now();
const now = (token: SessionToken) =>
  world.emulator.state.tokens.find(({ authorizationId }) => authorizationId === token.authorizationId);

/** A token that is good for another year. */
function aToken(isWanted: (token: SessionToken) => boolean = ({ publicKey }) => publicKey === undefined): SessionToken {
  const { tokens, caller } = world.emulator.state;
  const of = tokens.filter(({ owner, isValid }) => owner !== caller && isValid).find(isWanted);
  const token = { ...found(of, "such a token"), validTo: Date.now() + 365 * day };
  put(token);
  return token;
}

function put(token: SessionToken): void {
  const others = world.emulator.state.tokens.filter(({ authorizationId }) => authorizationId !== token.authorizationId);
  world.emulator.changes.setTokens([...others, token]);
}

describe("a personal access token", () => {
  test.each(["removed", "invalid"] as const)("is revoked, and is %s then", async (revokedTokens) => {
    const { orders } = await start({ beliefs: { revokedTokens } });
    for (const by of ["delete", "v2"] as const) {
      const token = aToken(({ publicKey, isValid }) => publicKey === undefined && isValid);
      const others = world.emulator.state.tokens.length;
      const answer = await orders.remove(refOf(token), by);
      expect(answer).toMatchObject({ outcome: "PERFORMED", wasGone: false });
      expect(answer.report.notes.join()).toContain("up to an hour");
      expect(now(token)?.isValid).toBe(revokedTokens === "removed" ? undefined : false);
      expect(world.emulator.state.tokens.length).toBe(revokedTokens === "removed" ? others - 1 : others);
      expect(await orders.remove(refOf(token), by)).toMatchObject({ outcome: "ALREADY", wasGone: true });
    }
    expect(world.emulator.writes.all.map(({ route }) => route)).toEqual(Array(2).fill("_apis/tokenadmin/revocations"));
  });

  test("that is a key is revoked as one", async () => {
    const { orders } = await start();
    const key = aToken(({ publicKey }) => publicKey !== undefined);
    expect((await orders.remove(refOf(key))).outcome).toBe("PERFORMED");
    expect(now(key)).toBeUndefined();
  });

  test("that has expired is left as it is", async () => {
    const { orders } = await start();
    const token = { ...aToken(), validTo: Date.now() - day, isValid: false };
    put(token);
    expect((await orders.remove(refOf(token))).outcome).toBe("ALREADY");
    expect([now(token), world.emulator.writes.all]).toEqual([token, []]);
  });

  test("of somebody whom nobody knows is gone already; what is no token's id is not found", async () => {
    const { orders } = await start();
    const { authorizationId } = aToken();
    const unknown = { type, id: `aad.${Buffer.from(authorizationId).toString("base64url")}~${authorizationId}` };
    expect(await orders.remove(unknown)).toMatchObject({ outcome: "ALREADY", wasGone: true });
    expect((await refusalOf(orders.remove({ type, id: authorizationId }))).code).toBe(codes.notFound);
    expect(world.emulator.writes.all).toEqual([]);
  });

  test("is shown no more by the next listing", async () => {
    const { orders } = await start();
    const token = aToken();
    expect((await orders.get(refOf(token)))?.id?.resource).toBe(refOf(token).id);
    await orders.remove(refOf(token));
    expect((await refusalOf(orders.get(refOf(token)))).code).toBe(codes.notFound);
  });
});

describe("what is refused, with nothing written:", () => {
  test("tokens of the connector's own identity, any of which may be its own", async () => {
    const { orders } = await start();
    const token = { ...aToken(), owner: world.emulator.state.caller };
    put(token);
    const { code, message } = await refusalOf(orders.remove(refOf(token)));
    expect([code, message]).toEqual([
      codes.failedPrecondition,
      expect.stringMatching(/identity of this connector itself/),
    ]);
    expect([now(token)?.isValid, world.emulator.writes.all]).toEqual([true, []]);
  });

  test("without the scope for it, which is named", async () => {
    const tokens = [{ token: "less", scopes: ["vso.graph", "vso.project"] }];
    const { orders } = await start({ tokens }, { token: "less" });
    const { code, message } = await refusalOf(orders.remove(refOf(aToken())));
    expect([code, message]).toEqual([
      codes.permissionDenied,
      expect.stringContaining("Token Administration (Read & manage)"),
    ]);
    expect(world.emulator.writes.all).toEqual([]);
  });

  test("while provisioning is off, for callers who may only read, in a dry run, and when too many were revoked", async () => {
    const { orders } = await start({}, { changes: { maxRevokesPerHour: 0 } });
    const token = aToken();
    expect((await refusalOf(orders.remove(refOf(token)))).message).toContain("--max-revokes-per-hour");
    const off = createResourceOrders(await world.replica({ sync: { personalAccessTokens: "all" } }));
    expect((await refusalOf(off.remove(refOf(token)))).message).toContain("--provisioning standard");
    const callerRights = new Map([["somebody", "standard"] as const]);
    const changes = { callerRights };
    const readOnly = await world.replica({ provisioning: "standard", sync: { personalAccessTokens: "all" }, changes });
    expect((await refusalOf(createResourceOrders(readOnly).remove(refOf(token)))).message).toContain("may only read");
    const more = {
      provisioning: "standard",
      sync: { personalAccessTokens: "all" },
      changes: { dryRun: true },
    } as const;
    const dry = await createResourceOrders(await world.replica(more)).remove(refOf(token));
    expect([dry.outcome, dry.report.dryRun]).toEqual(["NOT_PERFORMED", true]);
    expect([now(token), world.emulator.writes.all]).toEqual([token, []]);
  });
});

describe("before somebody is removed", () => {
  const accounts = { domains: new Set<string>(), invitesOutsiders: false, allowsPaidSeats: false, deprovisions: true };
  const changes = { dryRun: true, accounts };

  async function foretold(more: ReplicaOptions): Promise<readonly string[]> {
    const { orders } = await start({ tokens: [{ token: "less", scopes: unprivileged }] }, { changes, ...more });
    const { caller, owner } = world.emulator.state;
    const token = aToken((each) => ![caller, owner].includes(each.owner) && subjectOf(each.owner).active);
    put({ ...token, displayName: "of theirs" });
    const { report } = await orders.remove({ type: "user", id: descriptorOf(subjectOf(token.owner)) });
    return report.notes.filter((note) => note.includes("personal access tokens"));
  }

  const unprivileged = rights
    .map(({ oauthScope }) => oauthScope)
    .filter((scope) => scope !== "vso.tokenadministration");

  test("their tokens are told, by name, where tokens are read", async () => {
    expect(await foretold({})).toEqual([expect.stringMatching(/\d+ that are valid: .*of theirs/)]);
  });

  test("that they end is told where they are not", async () => {
    const off = await foretold({ sync: {} });
    expect(off).toEqual([expect.stringContaining("--personal-access-tokens")]);
    await world.close();
    expect(await foretold({ token: "less" })).toEqual([expect.stringContaining("cannot be counted: give the token")]);
  });
});

const faults: readonly FaultRule[] = [
  { kind: "reset-before", effect: "before" },
  { kind: "reset-before", effect: "after" },
  { kind: "server-error", effect: "before" },
  { kind: "server-error", effect: "after" },
  { kind: "not-json", effect: "after" },
  { kind: "too-many-requests", effect: "before" },
  { kind: "request-timeout", effect: "after" },
  { kind: "forbidden", effect: "before" },
  { kind: "sign-in-203", effect: "before" },
  { kind: "not-found-html", effect: "before" },
];

test.each(["removed", "invalid"] as const)(
  "a fault at every request: what is answered is so (%s)",
  async (revokedTokens) => {
    const { orders } = await start(
      { beliefs: { revokedTokens } },
      { changes: { readBackMs: 60, maxRevokesPerHour: 1_000_000 }, upstreamTimeoutMs: 2_000 },
    );
    const { emulator } = world;
    const token = aToken();
    const run = () => outcomeOf(orders.remove(refOf(token)));
    await run();
    put(token);
    emulator.requests.reset();
    expect((await run()).code).toBe(codes.ok);
    const requests = [...emulator.requests.byRoute];
    expect(requests.length).toBeGreaterThan(1);
    const wrong: string[] = [];
    let answered = 0;
    for (const [name, count] of requests) {
      const [method = "", route = ""] = name.split(" ");
      for (const place of [{ nth: 1 }, { nth: count }, { from: 1 }]) {
        for (const fault of faults) {
          if (method === "GET" && fault.effect === "after") continue;
          emulator.faults.clear();
          put(token);
          emulator.faults.add({ ...fault, method, route, ...place });
          const { code, message } = await run();
          emulator.faults.clear();
          answered += 1;
          const left = now(token);
          const isDone = left === undefined || isOver(left);
          const where = `${fault.kind} ${fault.effect} at ${name} ${JSON.stringify(place)}: ${code} ${message}`;
          if (code === codes.internal || !tableCodes.has(code)) wrong.push(`not in the table: ${where}`);
          else if (code === codes.ok && !isDone) wrong.push(`not done: ${where}`);
          else if (code !== codes.ok && isDone && !/it is not known whether/.test(message))
            wrong.push(`done: ${where}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThan(40);
  },
  120_000,
);
