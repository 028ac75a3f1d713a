import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";
import { isPerson, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 200, groups: 20, projects: 3 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const version = "api-version=7.1";
const express = { accountLicenseType: "express", licensingSource: "account" };
const post = (json: object) => write(emulator, "POST", `_apis/userentitlements?${version}`, { host: "vsaex", json });
const remove = (id: string) => write(emulator, "DELETE", `_apis/userentitlements/${id}?${version}`, { host: "vsaex" });
const entitlementOf = (index: number) => subjectAt(emulator.state, index).entitlement;
const holder = (is: (subject: Subject) => boolean) =>
  someSubject(emulator, (each) => isPerson(emulator)(each) && each.entitlement !== undefined && is(each));

describe("removing", () => {
  test("takes licence and memberships and leaves entries; whoever comes back has the id of before", async () => {
    const { state } = emulator;
    const person = holder(({ index, memberOf }) => {
      const stands = [...state.accessLists.values()].some((lists) =>
        lists.values().some(({ entries }) => entries.some(({ who }) => who === index)),
      );
      return stands && memberOf.length > 0 && memberOf.every((at) => subjectAt(state, at).group?.kind !== "entra");
    });
    const entries = () =>
      [...state.accessLists.values()].flatMap((lists) =>
        [...lists.values()].flatMap((list) => list.entries.filter(({ who }) => who === person.index)),
      );
    const before = entries();
    const removed = await remove(person.storageKey);
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect(subjectAt(state, person.index)).toMatchObject({ active: false, memberOf: [] });
    expect(entitlementOf(person.index)).toBeUndefined();
    expect(entries()).toEqual(before);
    expect(state.users).not.toContain(person.index);
    const graph = await ask(emulator, `_apis/graph/membershipstates/${descriptorOf(person)}?${version}-preview.1`, {
      host: "vssps",
    });
    expect(JSON.parse(graph.text).active).toBe(false);
    emulator.writes.reset();
    expect((await remove(person.storageKey)).status).toBe(204);
    expect(emulator.writes.changes).toEqual([]);

    const { body } = await post({
      accessLevel: express,
      user: { principalName: person.principalName, subjectKind: "user" },
    });
    expect(body).toMatchObject({ isSuccess: true, userEntitlement: { id: person.storageKey } });
    expect(state.users).toContain(person.index);
    expect(subjectAt(state, person.index)).toMatchObject({ active: true, identity: person.identity });
  });

  test("leaves the memberships of Entra's groups, which are not the organization's", async () => {
    const person = holder(({ memberOf }) =>
      memberOf.some((at) => subjectAt(emulator.state, at).group?.kind === "entra"),
    );
    await remove(person.storageKey);
    const left = subjectAt(emulator.state, person.index).memberOf.map(
      (at) => subjectAt(emulator.state, at).group?.kind,
    );
    expect(new Set(left)).toEqual(new Set(["entra"]));
  });

  test("is refused for the owner and the caller, and nothing is half done", async () => {
    for (const [index, typeKey] of [
      [emulator.state.owner, "RemoveAccountOwnerFromAdminGroupException"],
      [emulator.state.caller, "RemoveSelfFromAdminGroupException"],
    ] as const) {
      const person = subjectAt(emulator.state, index);
      const before = [...person.memberOf];
      expect((await remove(person.storageKey)).body.typeKey).toBe(typeKey);
      expect(subjectAt(emulator.state, index).memberOf).toEqual(before);
    }
    expect(emulator.writes.changes).toEqual([]);
  });
});
