import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { endpointNamespace } from "../../src/emulator/namespace-ids.ts";
import { isPerson, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 20, projects: 3, feeds: 6 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const preview = "api-version=7.1-preview.1";
const serviceEndpoint = "distributedtask.serviceendpointrole";

function connection() {
  const endpoint = emulator.state.roleObjects.endpoints.find(({ uses }) => uses.some(({ project }) => project === 0));
  const project = projectAt(emulator.state, 0).id;
  if (!endpoint) throw new Error("no connection");
  return { resource: `${project}_${endpoint.id}`, token: `endpoints/${project}/${endpoint.id}` };
}
const entriesOf = (token: string, namespace: string = endpointNamespace) =>
  emulator.state.accessLists.get(namespace)?.get(token.toLowerCase())?.entries ?? [];
const assignments = (method: string, end = "", json?: unknown, scope = serviceEndpoint) =>
  write(
    emulator,
    method,
    `_apis/securityroles/scopes/${scope}/roleassignments/resources/${connection().resource}${end}?${preview}`,
    { json },
  );
const newcomer = () => {
  const held = new Set(entriesOf(connection().token).map(({ who }) => who));
  return someSubject(emulator, (each) => isPerson(emulator)(each) && !held.has(each.index));
};

describe("roles", () => {
  test("are given, replaced and taken, and the list behind them follows", async () => {
    const { token } = connection();
    const before = entriesOf(token);
    const person = newcomer();
    const entry = () => entriesOf(token).find(({ who }) => who === person.index);
    const first = await assignments("PUT", `/${person.storageKey}`, { roleName: "Administrator" });
    expect(first.body).toMatchObject({
      identity: { id: person.storageKey },
      role: { name: "Administrator", allowPermissions: 3 },
      access: "assigned",
    });
    expect(entry()).toEqual({ who: person.index, allow: 3, deny: 0 });
    const second = await assignments("PUT", "", [{ roleName: "reader", userId: person.storageKey }]);
    expect(second.body).toMatchObject({ count: 1, value: [{ role: { name: "Reader" } }] });
    expect(entry()?.allow).toBe(16);
    const listed = await assignments("GET");
    expect(listed.body.value).toContainEqual(
      expect.objectContaining({ identity: expect.objectContaining({ id: person.storageKey }) }),
    );
    const removed = await assignments("DELETE", `/${person.storageKey}`);
    expect([removed.status, removed.text]).toEqual([200, ""]);
    expect(entriesOf(token)).toEqual(before);
    expect((await assignments("DELETE", `/${person.storageKey}`)).status).toBe(200);
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([true, true, true, false]);
  });

  test("of several are set by name, too, and removed by their ids", async () => {
    const person = newcomer();
    const group = someSubject(emulator, ({ active, group: details }) => details?.kind === "made" && active);
    const { body } = await assignments("PUT", "", [
      { roleName: "User", uniqueName: person.principalName },
      { roleName: "User", userId: group.storageKey },
    ]);
    expect(body.count).toBe(2);
    expect((await assignments("PATCH", "", [person.storageKey, group.storageKey])).status).toBe(200);
    expect(entriesOf(connection().token).some(({ who }) => who === person.index || who === group.index)).toBe(false);
  });

  test("that cannot be set are left out of the answer, or refused one by one", async () => {
    const unknown = "11111111-1111-4111-8111-111111111111";
    const { body, status } = await assignments("PUT", "", [
      { roleName: "Emperor", userId: newcomer().storageKey },
      { roleName: "User", userId: unknown },
    ]);
    expect([status, body]).toEqual([200, { count: 0, value: [] }]);
    expect((await assignments("PUT", `/${unknown}`, { roleName: "User" })).body.typeKey).toBe(
      "IdentityNotFoundException",
    );
    expect((await assignments("PUT", `/${newcomer().storageKey}`, { roleName: "Emperor" })).body.typeKey).toBe(
      "ArgumentException",
    );
    const noScope = await assignments("PUT", `/${unknown}`, { roleName: "User" }, "distributedtask.none");
    expect([noScope.status, noScope.body.typeKey]).toEqual([404, "SecurityRoleScopeNotFoundException"]);
    expect(emulator.writes.changes).toEqual([]);
  });

  test("that are inherited cannot be taken away, and inheritance can be switched off", async () => {
    const { token } = connection();
    const listed = async () => (await assignments("GET")).body.value;
    const rows: unknown = await listed();
    const inherited = JSON.stringify(rows).match(/"id":"([0-9a-f-]{36})"[^[]*?"access":"inherited"/);
    expect(inherited).not.toBeNull();
    const hub = token.slice(0, token.lastIndexOf("/"));
    const own = new Set(entriesOf(token).map(({ who }) => who));
    const someone = entriesOf(hub).find(
      ({ allow, deny, who }) => deny === 0 && allow === 7 && typeof who === "number" && !own.has(who),
    );
    const who = subjectAt(emulator.state, typeof someone?.who === "number" ? someone.who : -1);
    const refused = await assignments("DELETE", `/${who.storageKey}`);
    expect([refused.status, refused.body.typeKey]).toEqual([400, "ArgumentException"]);
    expect(emulator.writes.changes).toEqual([]);
    const path = `_apis/securityroles/scopes/${serviceEndpoint}/roleassignments/resources/${connection().resource}`;
    await write(emulator, "PATCH", `${path}?inheritPermissions=false&${preview}`);
    expect(JSON.stringify(await listed())).not.toContain('"access":"inherited"');
    await write(emulator, "PATCH", `${path}?inheritPermissions=true&${preview}`);
    expect(emulator.writes.changes).toHaveLength(2);
  });
});

describe("feeds", () => {
  const feed = (is: (project: number | undefined) => boolean = (project) => project === undefined) => {
    const found = emulator.state.feeds.feeds.find(({ deleted, project }) => deleted === undefined && is(project));
    if (!found) throw new Error("no feed");
    return found;
  };
  const patch = (id: string, json: unknown, prefix = "") =>
    write(emulator, "PATCH", `${prefix}_apis/packaging/feeds/${id}/permissions?api-version=7.1`, {
      host: "feeds",
      json,
    });
  const roleOf = (id: string, who: number) =>
    emulator.state.feeds.feeds.find((each) => each.id === id)?.permissions.find((each) => each.who === who)?.role;

  test("give and take roles, of a project under its project alone", async () => {
    const person = someSubject(
      emulator,
      (each) => isPerson(emulator)(each) && roleOf(feed().id, each.index) === undefined,
    );
    const { id } = feed();
    const given = await patch(id, [{ identityDescriptor: person.identity, role: "contributor" }]);
    expect(given.body).toMatchObject({
      count: 1,
      value: [{ identityDescriptor: person.identity, role: "contributor", isInheritedRole: false }],
    });
    expect(roleOf(id, person.index)).toBe("contributor");
    await patch(id, [{ identityDescriptor: person.identity, role: "reader" }]);
    expect(roleOf(id, person.index)).toBe("reader");
    await patch(id, [{ identityDescriptor: person.identity, role: "none" }]);
    await patch(id, [{ identityDescriptor: person.identity, role: "none" }]);
    expect(roleOf(id, person.index)).toBeUndefined();
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([true, true, true, false]);
    const ofProject = feed((project) => project !== undefined);
    expect((await patch(ofProject.id, [])).status).toBe(404);
    const prefix = `${projectAt(emulator.state, ofProject.project ?? -1).id}/`;
    expect(
      (await patch(ofProject.id, [{ identityDescriptor: person.identity, role: "collaborator" }], prefix)).status,
    ).toBe(200);
  });

  test("refuse inherited roles, roles that cannot be given, and unknown identities", async () => {
    const { id, permissions } = feed();
    const inherited = permissions.find((each) => each.inherited);
    const identityDescriptor = subjectAt(emulator.state, Number(inherited?.who)).identity;
    const outcomes = [
      await patch(id, [{ identityDescriptor, role: "none" }]),
      await patch(id, [{ identityDescriptor, role: "custom" }]),
      await patch(id, [{ identityDescriptor: "Microsoft.TeamFoundation.Identity;S-1-9-0", role: "reader" }]),
      await patch(id, {}),
    ];
    expect(outcomes.map(({ body, status }) => [status, body.typeKey])).toEqual([
      [400, "ArgumentException"],
      [400, "ArgumentException"],
      [404, "IdentityNotFoundException"],
      [400, "ArgumentException"],
    ]);
    expect(emulator.writes.changes).toEqual([]);
  });

  test("inherit the administrators of all feeds, who are set for all at once", async () => {
    const person = someSubject(
      emulator,
      (each) =>
        isPerson(emulator)(each) && emulator.state.feeds.feeds.every(({ id }) => roleOf(id, each.index) === undefined),
    );
    const global = (role: string) =>
      write(emulator, "PATCH", "_apis/packaging/globalpermissions?api-version=7.1", {
        host: "feeds",
        json: [{ identityDescriptor: person.identity, role }],
      });
    expect((await global("administrator")).body).toMatchObject({ count: 1, value: [{ role: "administrator" }] });
    expect(emulator.state.feeds.feeds.every(({ id }) => roleOf(id, person.index) === "administrator")).toBe(true);
    await global("none");
    expect(emulator.state.feeds.feeds.some(({ id }) => roleOf(id, person.index) !== undefined)).toBe(false);
    expect(emulator.state.feeds.global.some(({ who }) => who === person.index)).toBe(false);
  });

  test("and roles need scopes of their own", async () => {
    const tokens = [{ token: "reader", scopes: ["vso.packaging", "vso.packaging_write", "vso.graph_manage"] }];
    await using scoped = await startEmulator({ users: 20, groups: 4, projects: 1, feeds: 3, tokens });
    const options = { authorization: "Bearer reader", json: [] } as const;
    const path = `_apis/packaging/feeds/${scoped.state.feeds.feeds[0]?.id}/permissions?api-version=7.1`;
    expect((await write(scoped, "PATCH", path, { ...options, host: "feeds" })).status).toBe(401);
    expect((await write(scoped, "GET", path, { authorization: "Bearer reader", host: "feeds" })).status).toBe(200);
    const role = `_apis/securityroles/scopes/${serviceEndpoint}/roleassignments/resources/${connection().resource}?${preview}`;
    expect((await write(scoped, "PUT", role, options)).status).toBe(401);
  });
});
