import { afterEach, describe, expect, test } from "vitest";
import type { RequestSeen } from "../../src/emulator/index.ts";
import { refusalOf } from "../support/accounts.ts";
import { testCall } from "../support/calls.ts";
import type { World } from "../support/world.ts";
import { code, startAccounts } from "./account-world.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function start(...args: Parameters<typeof startAccounts>) {
  const started = await startAccounts(...args);
  world = started.world;
  const { writes, state } = started;
  const names = state.directory.filter(({ kind }) => kind === "user").map(({ principalName }) => principalName ?? "");
  const additions = () => writes.all.filter(({ route }) => route === "_apis/userentitlements").length;
  return { ...started, names, additions };
}

const noSeat = { code: code.refused, message: expect.stringContaining("--allow-paid-seats") };

/** Azure DevOps shows one seat, whatever is given. */
const oneSeat = ({ path }: RequestSeen) => {
  if (!path.toLowerCase().endsWith("userentitlementsummary")) return undefined;
  const license = { accountLicenseType: "express", source: "account", assigned: 4, total: 5, available: 1 };
  return { status: 200, body: { licenses: [license] } };
};

describe("of the last seat one is given", () => {
  test("to those who are added at one time", async () => {
    const full = await start({ seats: { express: 0 } });
    const { licenses } = await full.replica.app.client.memberEntitlements.summary(testCall());
    const used = licenses.find(({ accountLicenseType }) => accountLicenseType === "express")?.assigned ?? 0;
    await world?.close();
    const { orders, names, additions } = await start({ seats: { express: used + 1 } });
    const asked = names.slice(0, 4).map((email) => orders.addAccount({ email, access_level: "basic" }));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const [at, { status }] of answers.entries()) {
      if (status === "rejected") expect(await refusalOf(asked[at] ?? Promise.resolve())).toEqual(noSeat);
    }
    expect(additions()).toBe(1);
  });

  test("one after the other, while Azure DevOps does not show it yet", async () => {
    const { orders, names, additions } = await start({ onRequest: oneSeat });
    const [first = "", second = ""] = names;
    expect(await orders.addAccount({ email: first, access_level: "basic" })).toMatchObject({ outcome: "PERFORMED" });
    expect(await refusalOf(orders.addAccount({ email: second, access_level: "basic" }))).toEqual(noSeat);
    expect(additions()).toBe(1);
    // Stakeholders take none.
    expect(await orders.addAccount({ email: second })).toMatchObject({ outcome: "PERFORMED" });
  });

  test("again, when the addition was refused", async () => {
    const { orders, names, faults } = await start({ onRequest: oneSeat });
    const [first = "", second = ""] = names;
    faults.add({ kind: "forbidden", method: "POST", route: "_apis/userentitlements", times: 1 });
    expect(await refusalOf(orders.addAccount({ email: first, access_level: "basic" }))).toMatchObject({
      code: code.forbidden,
    });
    expect(await orders.addAccount({ email: second, access_level: "basic" })).toMatchObject({ outcome: "PERFORMED" });
  });

  test("and as many as there are, where another one is bought for each", async () => {
    const { orders, names } = await start();
    for (const email of names.slice(0, 5)) {
      expect(await orders.addAccount({ email, access_level: "basic" })).toMatchObject({ outcome: "PERFORMED" });
    }
  });
});
