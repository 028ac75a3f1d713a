import { afterEach, describe, expect, test } from "vitest";
import { descriptorOf, type OrganizationState, subjectAt } from "../../src/emulator/index.ts";
import { refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { code, isAdministrators, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function start(...args: Parameters<typeof startAccounts>) {
  const started = await startAccounts(...args);
  world = started.world;
  return started;
}

const entitled = ({ subjects }: OrganizationState, name: string) =>
  subjects.some(({ principalName, entitlement }) => principalName === name && entitlement !== undefined);

describe("an account that turns out to be of somebody else is taken back:", () => {
  test("the object id of another person than the address", async () => {
    const { orders, state, writes } = await start();
    const [, other] = state.directory;
    const order = orders.addAccount({ email: "newcomer0@fabrikam.example", object_id: other?.originId ?? "" });
    const refusal = await refusalOf(order);
    expect(refusal).toEqual({ code: code.refused, message: expect.stringContaining(`is of ${other?.principalName}`) });
    expect(refusal.message).toContain("it was put back");
    expect(entitled(state, other?.principalName ?? "")).toBe(false);
    expect(writes.all.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  });
});

test.each(["updated", "unchanged", "failed"] as const)(
  "somebody who is there is neither changed nor taken away for an order with the address of another (%s)",
  async (existingEntitlement) => {
    const { orders, state, writes } = await start({ beliefs: { existingEntitlement } });
    const there = someone(state, isOrdinary(state));
    const before = { ...there };
    const order = { email: "newcomer0@fabrikam.example", object_id: there.originId, access_level: "stakeholder" };
    expect(await refusalOf(orders.addAccount(order))).toEqual({
      code: 3,
      message: expect.stringContaining(`is of ${there.principalName}, and not of newcomer0@fabrikam.example`),
    });
    expect(subjectAt(state, there.index)).toEqual(before);
    expect(writes.all).toEqual([]);
  },
);

describe("a removal that leaves too few administrators", () => {
  test("because another one left at the same time is put back, with level and memberships", async () => {
    let onDelete = () => {};
    const { orders, state } = await start({
      onRequest: ({ method }) => {
        if (method === "DELETE") onDelete();
        return undefined;
      },
    });
    const group = someone(state, (each) => isAdministrators(each) && each.group?.project !== undefined);
    const changes = world?.emulator.changes;
    for (const member of [...(group.group?.members ?? [])]) changes?.leave(group.index, member);
    const three = state.subjects.filter(isOrdinary(state)).slice(0, 3);
    for (const { index } of three) changes?.join(group.index, index);
    const [leaver, other] = three;
    if (!leaver || !other) throw new Error("too few people");
    const before = [...subjectAt(state, leaver.index).memberOf];
    const { entitlement } = leaver;
    if (!entitlement) throw new Error("they have no level");
    const extensions = [{ id: "ms.vss-testmanager-web", assignment: "unknown" } as const];
    changes?.setEntitlement(leaver.index, { ...entitlement, extensions });
    onDelete = () => changes?.leave(group.index, other.index);

    const refusal = await refusalOf(orders.remove(refOf(leaver)));
    expect(refusal).toEqual({ code: code.refused, message: expect.stringContaining("--min-admins") });
    expect(refusal.message).toContain("it was put back, without what does not come back");
    expect(refusal.message).toContain("personal access tokens");
    expect(refusal.message).toMatch(/extensions: .*(Test Manager|testmanager)/i);
    const now = subjectAt(state, leaver.index);
    expect(before).toContain(group.index);
    expect(now.memberOf).toEqual(expect.arrayContaining(before));
    expect(now.entitlement?.level).toBe(leaver.entitlement?.level);
  });
});

test("two orders for one account at once make it once", async () => {
  const { orders, state, writes } = await start();
  const answers = await Promise.all([0, 1].map(() => orders.addAccount({ email: "newcomer0@fabrikam.example" })));
  expect(answers.map(({ arm }) => arm).sort()).toEqual(["alreadyExists", "success"]);
  const person = someone(state, ({ principalName }) => principalName === "newcomer0@fabrikam.example");
  for (const { resource } of answers) expect(resource?.id?.resource).toBe(descriptorOf(person));
  expect(writes.all.filter(({ route }) => route === "_apis/userentitlements")).toHaveLength(1);
});

test("a level that shows late is waited for, and an account is told as soon as it shows", async () => {
  const { orders } = await start({ readLag: { entitlements: 3 } }, {}, { changes: { readBackMs: 5_000 } });
  const answer = await orders.addAccount({ email: "newcomer0@fabrikam.example" });
  expect(answer).toMatchObject({ arm: "success", outcome: "PERFORMED" });
  expect(answer.report.verifiedAt).toBeDefined();
});

test("an account that does not show in time is told to be in progress", async () => {
  const { orders } = await start({ readLag: { entitlements: 100 } });
  const answer = await orders.addAccount({ email: "newcomer0@fabrikam.example" });
  expect(answer).toMatchObject({ arm: "inProgress", outcome: "PERFORMED" });
  expect(answer.report.verifiedAt).toBeUndefined();
  expect(answer.report.notes.join()).toContain("does not show it yet");
});
