import { afterEach, expect, test } from "vitest";
import type { Beliefs, Emulator, EmulatorOptions } from "../../src/emulator/index.ts";
import { namespaceIds, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
afterEach(() => emulator?.close());

async function believing(beliefs: Partial<Beliefs>, options: EmulatorOptions = {}): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ ...options, beliefs });
}

test("roleTokens", async () => {
  const starts = async () => {
    const { json } = await ask(emulator, "_apis/accesscontrollists/101eae8c-1709-47f9-b228-0e476c35b3ba");
    return new Set(json.value.map((list) => list.token?.split("/")[0]));
  };
  await believing({});
  expect(await starts()).toEqual(new Set(["AgentPools", "AgentQueues", "MachineGroups"]));
  await believing({ roleTokens: "singular" });
  expect(await starts()).toEqual(new Set(["AgentPool", "AgentQueue", "MachineGroup"]));
});

test("collectionTokenColon and auditToken", async () => {
  const tokens = async () => {
    const found = [namespaceIds.collection, namespaceIds.auditLog].map(async (id) => {
      const { json } = await ask(emulator, `_apis/accesscontrollists/${id}`);
      return json.value.map(({ token }) => token);
    });
    return (await Promise.all(found)).flat();
  };
  await believing({});
  expect(await tokens()).toEqual(["NAMESPACE:", "AllPermissions"]);
  await believing({ collectionTokenColon: false, auditToken: "/AllPermissions" });
  expect(await tokens()).toEqual(["NAMESPACE", "/AllPermissions"]);
});

test("serverEnvironments", async () => {
  const status = async () => {
    const { id } = projectAt(emulator.state, 0);
    const authorization = `Basic ${Buffer.from(`:${emulator.token}`).toString("base64")}`;
    return (await ask(emulator, `${id}/_apis/distributedtask/environments`, { authorization })).status;
  };
  await believing({}, { deployment: "onPremises" });
  expect(await status()).toBe(404);
  await believing({ serverEnvironments: "available" }, { deployment: "onPremises" });
  expect(await status()).toBe(200);
  await believing({});
  expect(await status()).toBe(200);
});

test("groupRules", async () => {
  const count = async () => (await ask(emulator, "_apis/groupentitlements", { host: "vsaex" })).json.count;
  await believing({});
  expect(await count()).toBe(emulator.state.ruleGroups.length);
  expect(await count()).toBeGreaterThan(3);
  await believing({ groupRules: "none" });
  expect(await count()).toBe(0);
});

test("missingGroupRule", async () => {
  const answer = async () => {
    const group = emulator.state.groups.find((index) => !emulator.state.ruleGroups.includes(index)) ?? -1;
    const { storageKey } = subjectAt(emulator.state, group);
    const { status, text } = await ask(emulator, `_apis/groupentitlements/${storageKey}`, { host: "vsaex" });
    return [status, text];
  };
  await believing({});
  expect(await answer()).toEqual([200, "null"]);
  await believing({ missingGroupRule: "204" });
  expect(await answer()).toEqual([204, ""]);
});
