import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { descriptorOf, type EmulatorOptions, subjectAt } from "../../src/emulator/index.ts";
import { type ChangeHistory, openHistory } from "../../src/provisioning/index.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { createOrders } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { startWorld, type World } from "../support/world.ts";
import { found, groupWithOutsider, people, plainGroup, refOf } from "./parts.ts";

/** What outlives a change, a deadline and a process: records, what was taken away, what a grant took the place of. */
const folder = mkdtempSync(join(tmpdir(), "connector-history-"));
const limits = { maxRevokesPerHour: 200, maxGroupShrinkPercent: 50 };
let files = 0;
let world: World;
afterEach(() => world.close());
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => {
  files += 1;
  return join(folder, String(files));
};
const open = (path: string): Promise<ChangeHistory> => openHistory(path, limits, silentLog);
const recordsOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function start(options: EmulatorOptions = {}) {
  world = await startWorld(options);
  const { group, outside } = groupWithOutsider(world.emulator.state);
  return { resource: refOf(group), slug: "member", principal: refOf(outside) };
}

test("a record of what is begun is in the file before the write comes in, and is closed by the last one", async () => {
  const path = newPath();
  const atWrite: Record<string, unknown>[] = [];
  const order = await start({
    onRequest({ method }) {
      if (method === "PUT") atWrite.push(...recordsOf(path));
      return undefined;
    },
  });
  const { grant } = createOrders(await world.replica({ provisioning: "standard", history: await open(path) }));
  const { report } = await grant(order);
  expect(atWrite).toMatchObject([{ action: "grant", outcome: "begun", principal: order.principal, before: false }]);
  const [begun, performed, ...others] = recordsOf(path);
  expect(others).toEqual([]);
  expect(begun).toEqual(atWrite[0]);
  expect(performed).toMatchObject({ outcome: "performed", closes: begun?.sequence, hash: report.recordHash });
});

test("what was begun by a process that is gone is unclear at the next start, once", async () => {
  await start();
  const path = newPath();
  const facts = { action: "revoke", caller: "a", requestId: "r", entitlement: "group:x:member" } as const;
  const { keeper } = await open(path);
  await keeper.keep({ ...facts, outcome: "begun", taken: { group: "x", members: 20, losing: 200 } });
  await keeper.close();
  for (let starts = 0; starts < 2; starts += 1) {
    const history = await open(path);
    expect(() => history.breaker.ask(undefined, { done: false, held: true })).toThrow(/--max-revokes-per-hour/);
    await history.keeper.close();
  }
  expect(recordsOf(path)).toMatchObject([{ outcome: "begun" }, { ...facts, outcome: "unclear", closes: 1 }]);
});

test("an answer tells that it is not recorded, and nothing is changed any more", async () => {
  const order = await start();
  const history = await open(newPath());
  world.emulator.writes.reset();
  const keeper: ChangeHistory["keeper"] = {
    ...history.keeper,
    async keep(record) {
      // As when the disk becomes full between the two.
      if (record.outcome !== "begun") await history.keeper.close();
      return history.keeper.keep(record);
    },
  };
  const { grant, revoke } = createOrders(
    await world.replica({ provisioning: "standard", history: { ...history, keeper } }),
  );
  const { outcome, report } = await grant(order);
  expect([outcome, report.recordHash]).toEqual(["PERFORMED", ""]);
  expect(report.notes.join()).toContain("this is not recorded");
  const { code, message } = await outcomeOf(revoke(order));
  expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("cannot be recorded any more")]);
  expect(world.emulator.writes.all).toHaveLength(1);
});

test("what was begun is not written when it cannot be recorded", async () => {
  const order = await start();
  const history = await open(newPath());
  const { grant } = createOrders(await world.replica({ provisioning: "standard", history }));
  await history.keeper.close();
  expect((await outcomeOf(grant(order))).code).toBe(codes.failedPrecondition);
  expect(world.emulator.writes.all).toEqual([]);
});

test("an order of a caller who may only read leaves a record", async () => {
  const order = await start();
  const path = newPath();
  const changes = { callerRights: new Map([["somebody else", "standard" as const]]) };
  const replica = await world.replica({ provisioning: "standard", changes, history: await open(path) });
  expect((await outcomeOf(createOrders(replica).grant(order))).code).toBe(codes.failedPrecondition);
  expect(recordsOf(path)).toMatchObject([
    {
      action: "grant",
      outcome: "refused",
      principal: order.principal,
      reason: expect.stringContaining("may only read"),
    },
  ]);
});

test("a group shrinks no further after a restart than before it", async () => {
  await start();
  const { state, changes } = world.emulator;
  const group = plainGroup(state);
  for (const index of [...(group.group?.members ?? [])]) changes.leave(group.index, index);
  const members = people(state).slice(0, 20);
  for (const { index } of members) changes.join(group.index, index);
  const path = newPath();
  const orderOf = (at: number) => ({
    resource: refOf(group),
    slug: "member",
    principal: refOf(found(members[at], "a member")),
  });
  const replica = await world.replica({ provisioning: "standard", history: await open(path) });
  for (let at = 0; at < 10; at += 1) await createOrders(replica).revoke(orderOf(at));
  await replica.close();
  const next = await world.replica({ provisioning: "standard", history: await open(path) });
  const { code, message } = await outcomeOf(createOrders(next).revoke(orderOf(10)));
  expect([code, message]).toEqual([codes.failedPrecondition, expect.stringContaining("--max-group-shrink")]);
  expect(subjectAt(state, group.index).group?.members).toHaveLength(10);
});

test("a dry run is told what the breaker would say", async () => {
  const order = await start();
  const group = found(
    world.emulator.state.subjects.find((each) => descriptorOf(each) === order.resource.id),
    "it",
  );
  const person = found(
    world.emulator.state.subjects.find((each) => descriptorOf(each) === order.principal.id),
    "them",
  );
  world.emulator.changes.join(group.index, person.index);
  const dry = (maxRevokesPerHour: number) =>
    world.replica({ provisioning: "standard", changes: { dryRun: true, maxRevokesPerHour } });
  const stopped = await outcomeOf(createOrders(await dry(0)).revoke(order));
  expect(stopped).toEqual({
    code: codes.failedPrecondition,
    message: expect.stringContaining("--max-revokes-per-hour"),
  });
  const { revoke } = createOrders(await dry(1));
  for (let times = 0; times < 3; times += 1) expect((await revoke(order)).report.dryRun).toBe(true);
});

const levels = { sync: { optionalTypes: ["access-level"] } } as const;

test("a grant asked again after its deadline, and after a restart, tells what the first one took the place of", async () => {
  await start();
  const { state, faults } = world.emulator;
  const person = found(
    people(state).find(({ entitlement }) => entitlement?.level === "express" && entitlement.assignment !== "groupRule"),
    "somebody with Basic",
  );
  const order = {
    resource: { type: "access-level", id: "basic-test-plans" },
    slug: "assigned",
    principal: refOf(person),
  };
  const path = newPath();
  const replica = await world.replica({ provisioning: "standard", ...levels, history: await open(path) });
  faults.add({ kind: "latency", ms: 700, method: "PATCH", effect: "after", times: 1 });
  const { grant } = createOrders(replica);
  const first = grant(order);
  // While the first one runs; it waits for it, as when the first caller's deadline passed.
  const again = await grant(order);
  expect(again).toMatchObject({ outcome: "ALREADY", already: true });
  const { replaced } = await first;
  expect(replaced).toContain("access-level:basic:");
  expect(again.replaced).toBe(replaced);
  await replica.close();
  const next = await world.replica({ provisioning: "standard", ...levels, history: await open(path) });
  const late = await createOrders(next).grant(order);
  expect(late).toMatchObject({ outcome: "ALREADY", replaced });
  await createOrders(next).revoke(order, late.grants[0]);
  expect(subjectAt(state, person.index).entitlement?.level).toBe("express");
});

test("a desk that closes does not wait for a service that hangs, and records what is left as unclear", async () => {
  const order = await start();
  world.emulator.faults.add({ kind: "hang", method: "PUT" });
  const path = newPath();
  const hung = Promise.withResolvers<void>();
  const history = await open(path);
  const keeper: ChangeHistory["keeper"] = {
    ...history.keeper,
    async keep(record) {
      const kept = await history.keeper.keep(record);
      if (record.outcome === "begun") setTimeout(hung.resolve, 100);
      return kept;
    },
  };
  const replica = await world.replica({ provisioning: "standard", history: { ...history, keeper } });
  const asked = outcomeOf(createOrders(replica).grant(order));
  await hung.promise;
  await replica.app.close(50);
  expect((await asked).code).toBe(codes.unavailable);
  expect(recordsOf(path)).toMatchObject([{ outcome: "begun" }, { outcome: "unclear", closes: 1 }]);
});
