import { afterEach, expect, test } from "vitest";
import type { Beliefs, Emulator } from "../../src/emulator/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
afterEach(() => emulator?.close());

async function believing(beliefs: Partial<Beliefs>): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ beliefs });
}

const identityLists = "_apis/accesscontrollists/5a27515b-ccd7-42c9-84f1-54c998f03866";

test("aclReadScope", async () => {
  const status = async () =>
    (
      await ask(emulator, identityLists, {
        authorization: `Bearer ${emulator.syncOnlyToken}`,
        with: { "X-TFS-FedAuthRedirect": "Suppress" },
      })
    ).status;
  await believing({});
  expect(await status()).toBe(200);
  await believing({ aclReadScope: "security-manage" });
  expect(await status()).toBe(401);
});

test("aclZeros", async () => {
  const zeros = async () => (await ask(emulator, identityLists)).text.includes('"deny":0');
  await believing({});
  expect(await zeros()).toBe(false);
  await believing({ aclZeros: "written" });
  expect(await zeros()).toBe(true);
});

test("projectTokenColon", async () => {
  const tokens = async () => {
    const { json } = await ask(emulator, "_apis/accesscontrollists/52d39943-cb85-4d7f-8fa8-c6baac873819");
    return json.value.map((list) => list.token?.endsWith(":"));
  };
  await believing({});
  expect(await tokens()).not.toContain(true);
  await believing({ projectTokenColon: true });
  expect(await tokens()).toContain(true);
});

test("aclKeyCase", async () => {
  const tenants = async () =>
    new Set((await ask(emulator, identityLists)).text.match(/ClaimsIdentity;[^\\"]{36}(?=\\\\)/g));
  await believing({});
  const { tenantId } = emulator.state;
  expect(await tenants()).toEqual(new Set([`ClaimsIdentity;${tenantId}`]));
  await believing({ aclKeyCase: "upper" });
  expect(await tenants()).toEqual(new Set([`ClaimsIdentity;${tenantId.toUpperCase()}`]));
});

test("reportPermissions", async () => {
  const names = async () => {
    const resources = [{ resourceType: "repo", resourceId: emulator.state.repositories[0]?.id }];
    const body = JSON.stringify({ reportName: "any", resources });
    const created = await ask(emulator, "_apis/permissionsreport?api-version=7.1", { method: "POST", body });
    const links: { readonly _link: { readonly href: string } } = JSON.parse(created.text);
    const path = `_apis/permissionsreport/${links._link.href.split("/").at(-1)}`;
    for (let asked = 0; asked < 3; asked++) await ask(emulator, path);
    const { text } = await ask(emulator, `${path}/download`);
    return ["GenericRead", "Force push (rewrite history, delete branches and tags)"].map((name) => text.includes(name));
  };
  await believing({});
  expect(await names()).toEqual([false, true]);
  await believing({ reportPermissions: "names" });
  expect(await names()).toEqual([true, false]);
});
