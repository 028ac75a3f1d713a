import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmulatorWithEntra, subjectAt } from "../../../src/emulator/index.ts";
import { ask, askEntra, azureDevOpsScope, postForm, startWithEntra } from "../../support/entra.ts";
import { denied, graphClient, graphToken, groupAt, problem, shownMembers } from "../../support/microsoft-graph.ts";

/** Changes of memberships through the emulated Microsoft Graph, and what it refuses. */

let emulator: EmulatorWithEntra;
let client: ReturnType<typeof graphClient>;
beforeEach(async () => {
  emulator = await startWithEntra();
  client = graphClient(emulator, await graphToken(emulator));
});
afterEach(() => emulator.close());

const directory = () => emulator.entra.directory;
const group = (at = 0) => groupAt(emulator, at);
const newcomer = (at = 0) => directory().newcomers[at] ?? { id: "", principalName: "" };
const reference = (id: string) => ({ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
const add = (at: number, id: string) => client.graph("POST", `groups/${group(at).id}/members/$ref`, reference(id));
const remove = (at: number, id: string) => client.graph("DELETE", `groups/${group(at).id}/members/${id}/$ref`);
const shown = (at: number) => shownMembers(emulator, at);
const notThere = problem(404, "Request_ResourceNotFound");

/** Grants or withdraws a role, which only tokens from then on tell. */
async function withRoles(change: (roles: Set<string>) => void): Promise<void> {
  change(emulator.entra.applications.connector.graphRoles);
  client = graphClient(emulator, await graphToken(emulator));
}

describe("a change", () => {
  test("shows at once in Microsoft Graph, and in Azure DevOps when its time has come", async () => {
    const [member = ""] = (await shown(0)).filter((id) => group().members.has(id));
    const now = async () => (await client.walk(`groups/${group().id}/members`)).rows.map(({ id }) => id);
    expect((await remove(0, member)).status).toBe(204);
    expect([await now(), await shown(0)]).toEqual([
      expect.not.arrayContaining([member]),
      expect.arrayContaining([member]),
    ]);
    emulator.entra.materialise();
    expect(await shown(0)).not.toContain(member);
    expect((await add(0, member)).status).toBe(204);
    expect([await now(), await shown(0)]).toEqual([
      expect.arrayContaining([member]),
      expect.not.arrayContaining([member]),
    ]);
    emulator.entra.materialise();
    expect(await shown(0)).toContain(member);
  });

  test("of a nested group shows in the group that Azure DevOps knows", async () => {
    const nested = directory().groups.length - 1;
    const [member = ""] = group(nested).members;
    expect(await shown(0)).toContain(member);
    expect((await remove(nested, member)).status).toBe(204);
    emulator.entra.materialise();
    expect(await shown(0)).not.toContain(member);
    expect((await add(nested, member)).status).toBe(204);
    expect((await remove(0, group(nested).id)).status).toBe(204);
    emulator.entra.materialise();
    expect(await shown(0)).not.toContain(member);
    expect((await add(0, group(nested).id)).status).toBe(204);
    emulator.entra.materialise();
    expect(await shown(0)).toContain(member);
  });

  test("shows by itself after the delay of the options", async () => {
    await using prompt = await startWithEntra({ membershipDelayMs: 30 });
    const { graph } = graphClient(prompt, await graphToken(prompt));
    const [member = ""] = (await shownMembers(prompt, 0)).filter((id) => groupAt(prompt, 0).members.has(id));
    await graph("DELETE", `groups/${groupAt(prompt, 0).id}/members/${member}/$ref`);
    await expect.poll(() => shownMembers(prompt, 0), { timeout: 10_000 }).not.toContain(member);
  });

  test("of somebody who never signed in shows in Microsoft Graph alone", async () => {
    const before = await shown(0);
    expect((await remove(0, newcomer().id)).status).toBe(204);
    expect((await add(0, newcomer().id)).status).toBe(204);
    emulator.entra.materialise();
    expect(new Set(await shown(0))).toEqual(new Set(before));
  });
});

describe("refused is", () => {
  test("who is in the group already, and who is not", async () => {
    const message =
      "One or more added object references already exist for the following modified properties: 'members'.";
    expect(await add(0, newcomer().id)).toEqual(problem(400, "Request_BadRequest", message));
    expect((await remove(0, newcomer().id)).status).toBe(204);
    expect(await remove(0, newcomer().id)).toEqual(
      problem(404, "Request_ResourceNotFound", expect.stringContaining(group().id)),
    );
  });

  test("what is not there, or is no reference", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    expect(await add(0, nobody)).toEqual(notThere);
    const path = `groups/${nobody}/members/$ref`;
    expect(await client.graph("POST", path, reference(newcomer().id))).toEqual(notThere);
    for (const body of [{}, { "@odata.id": "elsewhere" }, "text"]) {
      const refused = await client.graph("POST", `groups/${group().id}/members/$ref`, body);
      expect(refused).toEqual(problem(400, "Request_BadRequest"));
    }
    expect(await client.graph("GET", "reports/all")).toEqual(problem(400, "Request_BadRequest"));
  });

  test("a group in itself, at any depth", async () => {
    const nested = directory().groups.at(-1)?.id ?? "";
    expect(await add(0, group().id)).toEqual(problem(400, "Request_BadRequest"));
    expect(await add(directory().groups.length - 1, group().id)).toEqual(problem(400, "Request_BadRequest"));
    expect(group().members).toContain(nested);
  });

  test.each([
    ["a group for roles", 1, denied],
    ["a dynamic group", 2, denied],
    [
      "a group that is kept elsewhere",
      3,
      problem(400, "Request_BadRequest", expect.stringContaining("on-premises mastered Directory Sync objects")),
    ],
  ])("%s, and nothing changes", async (_name, at, refusal) => {
    const before = [...group(at).members];
    expect(await add(at, newcomer().id)).toEqual(refusal);
    expect(await remove(at, before[0] ?? "")).toEqual(refusal);
    expect([...group(at).members]).toEqual(before);
  });

  test("a group for roles no longer, with the permission for that", async () => {
    await withRoles((roles) => roles.add("RoleManagement.ReadWrite.Directory"));
    expect((await add(1, newcomer().id)).status).toBe(204);
  });

  test("a token without the permission to change, and one without that to read", async () => {
    const members = `groups/${group().id}/members`;
    await withRoles((roles) => {
      roles.delete("GroupMember.ReadWrite.All");
      roles.add("GroupMember.Read.All");
    });
    expect([await add(0, newcomer().id), await remove(0, newcomer().id)]).toEqual([denied, denied]);
    expect((await client.graph("GET", members)).status).toBe(200);
    await withRoles((roles) => roles.clear());
    expect([await client.graph("GET", members), await client.graph("GET", `groups/${group().id}`)]).toEqual([
      denied,
      denied,
    ]);
    await withRoles((roles) => roles.add("GroupMember.ReadWrite.All"));
    expect((await remove(0, newcomer().id)).status).toBe(204);
  });

  test("a token that is none, is for somebody else, or has ended", async () => {
    const read = async (token: string) => graphClient(emulator, token).graph("GET", `groups/${group().id}`);
    const { applications } = emulator.entra;
    const { clientId, secret } = applications.connector;
    const form = {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: azureDevOpsScope,
    };
    const other = String((await postForm(emulator, "token", form)).body.access_token);
    const mine = await graphToken(emulator);
    const invalid = (text: string) => problem(401, "InvalidAuthenticationToken", expect.stringContaining(text));
    expect(await read("nonsense")).toEqual(invalid("not well formed"));
    expect(await read(other)).toEqual(invalid("Invalid audience"));
    emulator.entra.expireAccessTokens();
    expect(await read(mine)).toEqual(invalid("expired"));
    const without = await askEntra(emulator, `${emulator.entra.graphUrl}/groups/${group().id}`);
    expect([without.status, JSON.parse(without.text).error.message]).toEqual([401, "Access token is empty."]);
  });
});

test("somebody who never signed in to Azure DevOps gets a token that it refuses", async () => {
  emulator.entra.browser.principalName = newcomer().principalName;
  const { clientId } = emulator.entra.applications.publicClient;
  const started = await postForm(emulator, "devicecode", { client_id: clientId, scope: azureDevOpsScope });
  emulator.entra.answerDevice(String(started.body.user_code));
  const { body } = await postForm(emulator, "token", {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: clientId,
    device_code: String(started.body.device_code),
  });
  const refused = await ask(emulator, String(body.access_token), "_apis/projects");
  expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining("TF401444")]);
  expect(subjectAt(emulator.state, emulator.state.caller).originId).not.toBe(newcomer().id);
});
