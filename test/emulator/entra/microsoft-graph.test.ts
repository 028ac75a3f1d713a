import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmulatorWithEntra, subjectAt } from "../../../src/emulator/index.ts";
import { startWithEntra } from "../../support/entra.ts";
import {
  denied,
  eventual,
  graphClient,
  graphToken,
  groupAt,
  page,
  problem,
  shownMembers,
} from "../../support/microsoft-graph.ts";

/** What Microsoft Graph of the emulated tenant tells to tokens that Microsoft's own library got. */

let emulator: EmulatorWithEntra;
let client: ReturnType<typeof graphClient>;
beforeEach(async () => {
  emulator = await startWithEntra();
  client = graphClient(emulator, await graphToken(emulator));
});
afterEach(() => emulator.close());

const connector = () => emulator.entra.applications.connector;
const group = (at = 0) => groupAt(emulator, at);
const newcomer = () => emulator.entra.directory.newcomers[0]?.id ?? "";

describe("members of a group", () => {
  test("are all there, page by page, whoever signed in to Azure DevOps", async () => {
    const { pages, rows } = await client.walk(`groups/${group().id}/transitiveMembers?$top=50`);
    const ids = rows.map(({ id }) => id);
    expect(pages.slice(0, -1).every(({ value }) => value.length === 50)).toBe(true);
    expect(new Set(ids)).toEqual(new Set(emulator.entra.directory.transitiveMembers(group())));
    expect(ids.length).toBe(new Set(ids).size);
    expect(ids.length).toBeGreaterThan(120);
    const shown = (await shownMembers(emulator, 0)).filter((id) => emulator.entra.directory.find(id));
    expect(shown.length).toBeGreaterThan(10);
    expect(ids).toEqual(expect.arrayContaining(shown));
    expect(shown).not.toContain(newcomer());
  });

  test("tell direct ones from those of nested groups", async () => {
    const direct = (await client.walk(`groups/${group().id}/members`)).rows;
    const all = (await client.walk(`groups/${group().id}/transitiveMembers`)).rows;
    const nested = direct.filter((each) => each["@odata.type"] === "#microsoft.graph.group");
    expect(nested).toHaveLength(1);
    const within = (await client.walk(`groups/${nested[0]?.id}/members`)).rows.map(({ id }) => id);
    expect(within).toHaveLength(2);
    expect(direct.map(({ id }) => id)).not.toEqual(expect.arrayContaining(within));
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(within));
    expect(direct.map((each) => each["@odata.type"])).toContain("#microsoft.graph.servicePrincipal");
  });

  test("can be counted and cast, when the request allows a late index", async () => {
    const path = `groups/${group().id}/transitiveMembers`;
    const total = emulator.entra.directory.transitiveMembers(group()).size;
    expect(await client.graph("GET", `${path}/$count`, undefined, eventual)).toMatchObject({
      status: 200,
      body: `${total}`,
    });
    expect(await client.graph("GET", `${path}/$count`)).toEqual(problem(400, "Request_BadRequest"));
    const counted = await client.graph("GET", `${path}?$count=true&$top=1`, undefined, eventual);
    expect(counted.body).toMatchObject({ "@odata.count": total });
    expect((await client.graph("GET", `${path}?$count=true&$top=1`)).body).not.toHaveProperty("@odata.count");
    const groups = await client.graph("GET", `${path}/microsoft.graph.group?$count=true`, undefined, eventual);
    expect(groups.body).toMatchObject({ "@odata.count": 1, value: [{ "@odata.type": "#microsoft.graph.group" }] });
    expect(await client.graph("GET", `${path}/microsoft.graph.group`)).toEqual(
      problem(400, "Request_UnsupportedQuery"),
    );
  });

  test.each(["0", "1000", "some"])("do not come in pages of %s", async (size) => {
    const refused = await client.graph("GET", `groups/${group().id}/members?$top=${size}`);
    expect(refused).toEqual(problem(400, "Request_BadRequest", expect.stringContaining("between 1 and 999")));
    const lost = await client.graph("GET", `groups/${group().id}/members?$skiptoken=${size}`);
    expect(lost).toEqual(problem(400, "Directory_ExpiredPageToken"));
  });

  test("have no more than an id for who may not read people", async () => {
    connector().graphRoles.delete("User.Read.All");
    client = graphClient(emulator, await graphToken(emulator));
    const { value } = page.parse((await client.graph("GET", `groups/${group(1).id}/members`)).body);
    const people = value.filter((each) => each["@odata.type"] === "#microsoft.graph.user");
    expect(people.length).toBeGreaterThan(0);
    for (const each of people) expect(each).toMatchObject({ displayName: null, userPrincipalName: null });
    expect(await client.graph("GET", `users/${people[0]?.id}`)).toEqual(denied);
  });
});

describe("single objects", () => {
  test("tell what kind of group it is", async () => {
    const read = async (at: number) => (await client.graph("GET", `groups/${group(at).id}`)).body;
    expect(await read(0)).toMatchObject({
      id: group().id,
      groupTypes: [],
      membershipRule: null,
      securityEnabled: true,
    });
    expect(await read(1)).toMatchObject({ isAssignableToRole: true, onPremisesSyncEnabled: null });
    expect(await read(2)).toMatchObject({ groupTypes: ["DynamicMembership"], membershipRule: expect.any(String) });
    expect(await read(3)).toMatchObject({ onPremisesSyncEnabled: true, isAssignableToRole: null });
  });

  test("are found by id, and people by name, with what was selected", async () => {
    const { principalName } = emulator.entra.browser;
    const { originId } = subjectAt(emulator.state, emulator.state.caller);
    const user = await client.graph("GET", `users/${encodeURIComponent(principalName)}?$select=id,userType`);
    expect(user.body).toEqual({ "@odata.context": expect.any(String), id: originId, userType: "Member" });
    const { clientId, objectId } = connector();
    expect((await client.graph("GET", `servicePrincipals/${objectId}`)).body).toMatchObject({ appId: clientId });
    for (const path of [`users/${group().id}`, `groups/${originId}`, `servicePrincipals/${originId}`, "users/nobody"]) {
      expect([path, await client.graph("GET", path)]).toEqual([path, problem(404, "Request_ResourceNotFound")]);
    }
  });

  test("come many at once", async () => {
    const ids = [group().id, newcomer(), "00000000-0000-4000-8000-000000000000", connector().objectId];
    const all = page.parse((await client.graph("POST", "directoryObjects/getByIds", { ids })).body);
    expect(new Set(all.value.map((each) => each["@odata.type"]))).toEqual(
      new Set(["#microsoft.graph.group", "#microsoft.graph.user", "#microsoft.graph.servicePrincipal"]),
    );
    const people = page.parse((await client.graph("POST", "directoryObjects/getByIds", { ids, types: ["user"] })).body);
    expect(people.value.map(({ id }) => id)).toEqual([newcomer()]);
    const many = { ids: Array.from({ length: 1_001 }, () => newcomer()) };
    expect(await client.graph("POST", "directoryObjects/getByIds", many)).toEqual(problem(400, "Request_BadRequest"));
  });
});
