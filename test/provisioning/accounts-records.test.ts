import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { descriptorOf } from "../../src/emulator/index.ts";
import { openHistory } from "../../src/provisioning/index.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createResourceOrders, refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { code, isAdministrator, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";
import { made } from "./resource-attempts.ts";

const folder = mkdtempSync(join(tmpdir(), "connector-records-"));
let world: World | undefined;
afterEach(() => world?.close());
afterAll(() => rmSync(folder, { recursive: true }));

const limits = { maxRevokesPerHour: 200, maxGroupShrinkPercent: 50 };

async function start(name: string) {
  const path = join(folder, name);
  const history = await openHistory(path, limits, silentLog);
  const started = await startAccounts({}, {}, { history });
  world = started.world;
  const records = () =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ outcome }) => outcome !== "begun");
  return { ...started, records };
}

test("an addition leaves a record of what was asked for, and one for each membership", async () => {
  const { orders, state, records } = await start("addition");
  const group = made(state);
  const email = "newcomer0@fabrikam.example";
  const { report } = await orders.addAccount({ email, access_level: "basic", groups: [descriptorOf(group)] });
  const person = someone(state, ({ principalName }) => principalName === email);
  const [account, membership, ...others] = records();
  expect(others).toEqual([]);
  expect(account).toMatchObject({
    action: "create-account",
    outcome: "performed",
    before: "nothing",
    after: { name: "Basic" },
    resource: refOf(person),
    asked: { name: email, accessLevel: "basic", groups: [`group:${descriptorOf(group)}`] },
    hash: report.recordHash,
  });
  expect(account?.verifiedAt).toBeDefined();
  expect(membership).toMatchObject({ action: "grant", outcome: "performed", principal: refOf(person) });
});

test("a removal leaves a record of what it was expected to take along", async () => {
  const { orders, state, records } = await start("removal");
  const person = someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));
  const { report } = await orders.remove(refOf(person));
  expect(report.notes).toEqual([]);
  const [removal] = records();
  expect(removal).toMatchObject({
    action: "delete-resource",
    outcome: "performed",
    resource: refOf(person),
    before: { status: "active" },
    after: "no access level",
    foretold: expect.arrayContaining([expect.stringContaining("groups of Microsoft Entra")]),
  });
});

test("what was refused leaves a record, and what a file tells of groups that ended counts again", async () => {
  const { orders, state, records } = await start("refusal");
  expect(await refusalOf(orders.addAccount({ email: "a@outside.example" }))).toMatchObject({ code: code.refused });
  expect(records()).toMatchObject([
    { action: "create-account", outcome: "refused", asked: { name: "a@outside.example" } },
  ]);
  const group = made(state);
  const members = group.group?.members.length ?? 0;
  expect(members).toBeGreaterThan(0);
  await orders.remove(refOf(group));
  await world?.close();
  const tight = { ...limits, maxRevokesPerHour: members };
  const { breaker, keeper } = await openHistory(join(folder, "refusal"), tight, silentLog);
  expect(() => breaker.admit(undefined, { done: false, held: true })).toThrow(/--max-revokes-per-hour/);
  await keeper.close();
});

test("an order that could not be prepared leaves a record of what was asked for, and nothing else the platform told", async () => {
  const { orders, records } = await start("unprepared");
  const account = { email: "a@fabrikam.example", access_level: "nonsense", groups: ["g"], password: "hunter2" };
  expect(await refusalOf(orders.addAccount(account))).toMatchObject({ code: code.invalid });
  const parent = { type: "project", id: "gone" };
  expect(await refusalOf(orders.createGroup({ displayName: "Watch", parent }))).toMatchObject({ code: code.notFound });
  expect(records()).toMatchObject([
    {
      action: "create-account",
      outcome: "refused",
      asked: { type: "user", email: "a@fabrikam.example", access_level: "nonsense", groups: "g" },
    },
    {
      action: "create-resource",
      outcome: "refused",
      asked: { type: "group", displayName: "Watch", parent: "project:gone" },
    },
  ]);
  expect(JSON.stringify(records())).not.toContain("hunter2");
});

test("a token without the scope is told which one it lacks", async () => {
  const started = await startAccounts();
  world = started.world;
  const replica = await world.replica({ provisioning: "standard", token: world.emulator.syncOnlyToken });

  const parent = { type: "project", id: started.state.projects[0]?.id ?? "" };
  const refusal = await refusalOf(createResourceOrders(replica).createGroup({ displayName: "Night watch", parent }));
  expect(refusal).toEqual({ code: code.forbidden, message: expect.stringContaining("Graph (Read & manage)") });
  expect(started.writes.changes).toEqual([]);
});
