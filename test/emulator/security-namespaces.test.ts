import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { namespaceIds, startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

const settings = { users: 20, groups: 2, projects: 2 };
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator(settings);
});
afterAll(() => emulator.close());

interface Namespace {
  readonly namespaceId: string;
  readonly name: string;
  readonly separatorValue: string;
  readonly systemBitMask: number;
  readonly dataspaceCategory: string;
  readonly isRemotable: boolean;
  readonly useTokenTranslator: boolean;
  readonly actions: readonly { bit: number; name: string; displayName: string; namespaceId: string }[];
}

async function namespaces(query = "", of = emulator): Promise<readonly Namespace[]> {
  const body: { readonly value: readonly Namespace[] } = JSON.parse(
    (await ask(of, `_apis/securitynamespaces${query}`)).text,
  );
  return body.value;
}

test("every namespace is listed with its actions, two of one name, one unpublished, one without any action", async () => {
  const found = await namespaces();
  expect(found).toHaveLength(63);
  expect(new Set(found.map(({ namespaceId }) => namespaceId)).size).toBe(63);
  expect(found.filter(({ name }) => name === "ReleaseManagement")).toHaveLength(2);
  const of = (id: string) => found.find(({ namespaceId }) => namespaceId === id);
  expect(of(namespaceIds.zonal)?.actions).toEqual([]);
  expect(of(namespaceIds.gates)?.actions).toHaveLength(4);
  expect(of(namespaceIds.git)).toMatchObject({ separatorValue: "/", dataspaceCategory: "Git", isRemotable: true });
  expect(of(namespaceIds.queries)).toMatchObject({ systemBitMask: 64, useTokenTranslator: true });
  for (const { actions, namespaceId } of found) {
    for (const action of actions) {
      expect(action.namespaceId).toBe(namespaceId);
      expect(Math.log2(action.bit) % 1).toBe(0);
      expect(action.displayName).not.toBe("");
    }
  }
});

test("one by its id, in any form of it, and no unknown one", async () => {
  const { git } = namespaceIds;
  expect((await namespaces(`/{${git.toUpperCase()}}`)).map(({ namespaceId }) => namespaceId)).toEqual([git]);
  const { json, status } = await ask(emulator, `_apis/securitynamespaces/${emulator.state.hostId}`);
  expect([status, json.typeKey]).toEqual([404, "InvalidSecurityNamespaceException"]);
});

test("localOnly leaves out those that another host keeps", async () => {
  const [all, local] = [await namespaces("?localOnly=False"), await namespaces("?localOnly=True")];
  const left = all.filter(({ namespaceId }) => !local.some((each) => each.namespaceId === namespaceId));
  expect(left.map(({ name }) => name)).toEqual(["AuditLog", "Graph", "IdentityPicker"]);
});

test("another language changes every title and no name", async () => {
  await using german = await startEmulator({ ...settings, language: "de" });
  const [here, there] = [await namespaces(), await namespaces("", german)];
  const actions = (of: readonly Namespace[]) => of.flatMap((each) => each.actions);
  expect(actions(there).map(({ name }) => name)).toEqual(actions(here).map(({ name }) => name));
  const titles = actions(here).map(({ displayName }) => displayName);
  expect(actions(there).filter(({ displayName }, position) => displayName === titles[position])).toEqual([]);
});
