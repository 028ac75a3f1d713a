import { expect, test } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** Azure DevOps Server, and organizations without Entra. */

const small = { users: 30, groups: 10, projects: 2 };
const suppress = { "X-TFS-FedAuthRedirect": "Suppress" };
const basic = (emulator: Emulator) => `Basic ${Buffer.from(`:${emulator.token}`).toString("base64")}`;

const start = (options: EmulatorOptions) => startEmulator({ ...small, ...options });
const server = () => start({ deployment: "onPremises" });

async function connectionData(emulator: Emulator) {
  const { text } = await ask(emulator, "_apis/connectionData", { authorization: basic(emulator) });
  const { authenticatedUser, deploymentType } = JSON.parse(text);
  return { deploymentType, user: authenticatedUser };
}

async function challenge(emulator: Emulator) {
  const { headers, status } = await ask(emulator, "_apis/projects", { authorization: null, with: suppress });
  return [status, headers.get("www-authenticate")];
}

test("Services backed by Entra: the challenge names the tenant", async () => {
  await using emulator = await start({});
  expect(await challenge(emulator)).toEqual([
    401,
    `Bearer authorization_uri=https://login.microsoftonline.com/${emulator.state.tenantId}, Basic realm="https://dev.azure.com/"`,
  ]);
  const { deploymentType, user } = await connectionData(emulator);
  expect([deploymentType, user.subjectDescriptor]).toEqual(["hosted", expect.stringMatching(/^aad\./)]);
});

test("Services without Entra: no tenant in the challenge, Microsoft accounts, and nothing of Entra", async () => {
  await using emulator = await start({ entra: false });
  const [status, told] = await challenge(emulator);
  expect([status, told]).toEqual([401, 'Basic realm="https://dev.azure.com/"']);
  const { deploymentType, user } = await connectionData(emulator);
  const wanted = {
    descriptor: expect.stringMatching(/@Live\.com$/),
    subjectDescriptor: expect.stringMatching(/^msa\./),
  };
  expect(user).toMatchObject(wanted);
  expect(deploymentType).toBe("hosted");
  const { groups, servicePrincipals, users } = emulator.state;
  const prefixes = new Set([...users, ...groups].map((index) => subjectAt(emulator.state, index).prefix));
  expect([...prefixes].sort()).toEqual(["acs", "bnd", "msa", "svc", "vssgp"]);
  expect(servicePrincipals).toEqual([]);
});

test("a server says so, and its people have Windows accounts", async () => {
  await using emulator = await server();
  const caller = subjectAt(emulator.state, emulator.state.caller);
  expect(await connectionData(emulator)).toMatchObject({
    deploymentType: "onPremises",
    user: {
      descriptor: expect.stringMatching(/^System\.Security\.Principal\.WindowsIdentity;S-1-5-21-\d+-\d+-\d+-\d+$/),
      subjectDescriptor: descriptorOf(caller),
    },
  });
  expect(caller.prefix).toBe("win");
});

test("a server asks for Windows or Basic credentials, shows no sign-in page, and takes no Bearer token", async () => {
  await using emulator = await server();
  const wanted = [401, `Basic realm="${emulator.url}", Negotiate, NTLM`];
  expect(await challenge(emulator)).toEqual(wanted);
  const { headers, status } = await ask(emulator, "_apis/projects", { authorization: `Bearer ${emulator.token}` });
  expect([status, headers.get("www-authenticate")]).toEqual(wanted);
  expect((await ask(emulator, "_apis/projects", { authorization: basic(emulator) })).status).toBe(200);
});

test("a server has identities, projects, teams and lists on its one base", async () => {
  await using emulator = await server();
  const caller = subjectAt(emulator.state, emulator.state.caller);
  for (const path of [
    `_apis/identities?identityIds=${caller.storageKey}`,
    "_apis/teams?api-version=7.1-preview.3",
    "_apis/accesscontrollists/5a27515b-ccd7-42c9-84f1-54c998f03866",
    "_apis/permissions/f0003bce-5f45-4f93-a25d-90fc33fe3aa9/1?tokens=/",
  ]) {
    expect((await ask(emulator, path, { authorization: basic(emulator) })).status, path).toBe(200);
  }
});

test("a server knows no Graph, no entitlements, and no other hosts", async () => {
  await using emulator = await server();
  const authorization = basic(emulator);
  for (const path of ["graph/users", "graph/groups", "userentitlements", "groupentitlements"]) {
    const { headers, status, text } = await ask(emulator, `_apis/${path}`, { authorization });
    expect([path, status, headers.get("content-type")]).toEqual([path, 404, "text/plain; charset=utf-8"]);
    expect(text).toContain("was not found");
  }
  for (const host of ["vssps", "vsaex"] as const) {
    expect((await ask(emulator, "_apis/connectionData", { authorization, host })).status, host).toBe(404);
  }
  const areas = (await ask(emulator, "_apis/resourceareas", { authorization })).json.value;
  expect(JSON.stringify(areas)).not.toMatch(/"(Graph|MemberEntitlementManagement|audit|TokenAdmin)"/);
  expect(new Set(areas.map(({ locationUrl }) => locationUrl))).toEqual(new Set([`${emulator.url}/`]));
});

test("what no server has is refused", async () => {
  for (const options of [{ entra: true }, { hostStyle: "path" }, { limitedVisibility: true }] as const) {
    await expect(start({ deployment: "onPremises", ...options })).rejects.toThrow(RangeError);
  }
});
