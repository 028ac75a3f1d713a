import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, evaluate, groupOf, namespaceIds, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";
import { isPerson, membership, someSubject } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 20, projects: 3 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const at = (index: number) => subjectAt(emulator.state, index);
const made = (is: (subject: Subject) => boolean = () => true) =>
  someSubject(emulator, (each) => each.group?.kind === "made" && each.active && is(each));
const defaultGroup = (name: string, project?: number) =>
  someSubject(
    emulator,
    ({ displayName, group }) => group?.kind === "default" && displayName === name && group.project === project,
  );
const stranger = (container: Subject) =>
  someSubject(emulator, (each) => isPerson(emulator)(each) && !each.memberOf.includes(container.index));

describe("adding and removing a member", () => {
  test("holds in both directions, in every reading, and in what is evaluated", async () => {
    const { state } = emulator;
    const team = state.teams[0];
    if (!team) throw new Error("no team");
    const group = at(team.group);
    const person = stranger(group);
    const before = emulator.totals.memberships;
    const added = await membership(emulator, "PUT", person, group);
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({
      memberDescriptor: descriptorOf(person),
      containerDescriptor: descriptorOf(group),
      _links: { member: {}, container: {}, self: {} },
    });
    expect(at(person.index).memberOf).toContain(group.index);
    expect(groupOf(group).members).toContain(person.index);
    expect(emulator.totals.memberships).toBe(before + 1);
    expect((await membership(emulator, "HEAD", person, group)).status).toBe(200);
    const members = await ask(emulator, `_apis/projects/${state.projects[team.project]?.id}/teams/${team.id}/members`);
    expect(members.json.value.map(({ identity }) => identity?.id)).toContain(person.storageKey);

    const removed = await membership(emulator, "DELETE", person, group);
    expect([removed.status, removed.text]).toEqual([200, ""]);
    expect(at(person.index).memberOf).not.toContain(group.index);
    expect((await membership(emulator, "HEAD", person, group)).status).toBe(404);
    expect(emulator.totals.memberships).toBe(before);
    expect(emulator.writes.all.map(({ changed, method, status }) => [method, status, changed])).toEqual([
      ["PUT", 201, true],
      ["DELETE", 200, true],
    ]);
  });

  test("moves what is evaluated and who is an administrator", async () => {
    const { state } = emulator;
    const administrators = at(state.administrators);
    const person = someSubject(emulator, (each) => {
      const asked = { subject: each.index, namespaceId: namespaceIds.collection, token: "NAMESPACE:", bit: 4 };
      return isPerson(emulator)(each) && !evaluate(state, asked);
    });
    const question = { subject: person.index, namespaceId: namespaceIds.collection, token: "NAMESPACE:", bit: 4 };
    await membership(emulator, "PUT", person, administrators);
    expect(evaluate(state, question)).toBe(true);
    await membership(emulator, "DELETE", person, administrators);
    expect(evaluate(state, question)).toBe(false);
  });

  test("is idempotent: again it answers the same and changes nothing", async () => {
    const group = made();
    const person = stranger(group);
    const { status: first } = await membership(emulator, "PUT", person, group);
    const { status: second } = await membership(emulator, "PUT", person, group);
    const { status: third } = await membership(emulator, "DELETE", person, group);
    const { status: fourth } = await membership(emulator, "DELETE", person, group);
    expect([first, second, third, fourth]).toEqual([201, 201, 200, 200]);
    expect(emulator.writes.all.map(({ changed }) => changed)).toEqual([true, false, true, false]);
    expect(emulator.writes.changes).toHaveLength(2);
  });
});

test("whoever was removed comes back by a membership, and whoever Entra has deleted does not", async () => {
  const group = made();
  const removed = stranger(group);
  const path = `_apis/graph/users/${descriptorOf(removed)}?api-version=7.1-preview.1`;
  expect((await ask(emulator, path, { host: "vssps", method: "DELETE" })).status).toBe(204);
  expect([at(removed.index).active, emulator.state.users.includes(removed.index)]).toEqual([false, false]);
  await membership(emulator, "PUT", removed, group);
  expect([at(removed.index).active, emulator.state.users.includes(removed.index)]).toEqual([true, true]);
  const gone = someSubject(emulator, (each) => each.kind === "entra-user" && each.deletedInOrigin === true);
  await membership(emulator, "PUT", gone, group);
  expect(at(gone.index).active).toBe(false);
});

describe("what the service refuses, it refuses by name and changes nothing", () => {
  async function refused(method: "PUT" | "DELETE", member: Subject, container: Subject, typeKey: string, status = 400) {
    const { body, status: answered } = await membership(emulator, method, member, container);
    expect([answered, body.typeKey]).toEqual([status, typeKey]);
    expect(String(body.message).length).toBeGreaterThan(10);
    expect(emulator.writes.changes).toEqual([]);
  }
  const person = () => someSubject(emulator, isPerson(emulator));

  test("members of an Entra group, and of what is no group", async () => {
    const entra = someSubject(emulator, ({ group }) => group?.kind === "entra");
    await refused("PUT", person(), entra, "NotApplicationGroupException");
    await refused("DELETE", person(), entra, "NotApplicationGroupException");
    await refused("PUT", made(), person(), "CannotEditChildrenOfNonGroupException");
  });

  test("members of Valid Users, of the collection and of a project", async () => {
    for (const everyone of [defaultGroup("Project Collection Valid Users"), defaultGroup("Project Valid Users", 0)]) {
      await refused("PUT", person(), everyone, "ModifyEveryoneGroupException");
      await refused("DELETE", person(), everyone, "ModifyEveryoneGroupException");
    }
  });

  test("a group of another project, and of a project in a group of the collection", async () => {
    const ours = defaultGroup("Contributors", 0);
    await refused("PUT", ours, defaultGroup("Readers", 1), "AddProjectGroupProjectMismatchException");
    await refused("PUT", ours, at(emulator.state.administrators), "AddProjectGroupToGlobalGroupException");
  });

  test("a circle, of one group or of several", async () => {
    const group = someSubject(
      emulator,
      (each) => each.group?.kind === "made" && each.group.members.some((member) => at(member).group?.kind === "made"),
    );
    const inner = at(groupOf(group).members.find((member) => at(member).group?.kind === "made") ?? -1);
    await refused("PUT", group, group, "AddMemberCyclicMembershipException");
    if (inner.group?.project === group.group?.project)
      await refused("PUT", group, inner, "AddMemberCyclicMembershipException");
    const contributors = defaultGroup("Contributors", 0);
    const team = at(emulator.state.teams.find(({ project }) => project === 0)?.group ?? -1);
    await refused("PUT", contributors, team, "AddMemberCyclicMembershipException");
  });

  test("the owner's and one's own membership of the administrators, and service accounts'", async () => {
    const { administrators, caller, owner } = emulator.state;
    expect(owner).not.toBe(caller);
    expect(at(owner).memberOf).toContain(administrators);
    await refused("DELETE", at(owner), at(administrators), "RemoveAccountOwnerFromAdminGroupException");
    await refused("DELETE", at(caller), at(administrators), "RemoveSelfFromAdminGroupException");
    const services = defaultGroup("Project Collection Service Accounts");
    const member = at(groupOf(services).members[0] ?? -1);
    await refused("DELETE", member, services, "RemoveMemberServiceAccountException");
    await refused("DELETE", services, at(administrators), "RemoveServiceAccountsFromAdminGroupException");
  });

  test("what nobody knows, and what is no descriptor", async () => {
    const gone = someSubject(emulator, ({ active, group }) => group?.kind === "made" && !active);
    await refused("PUT", person(), gone, "FindGroupSidDoesNotExistException", 404);
    const nobody = someSubject(emulator, ({ known }) => known === "nowhere");
    await refused("PUT", nobody, made(), "GraphSubjectNotFoundException", 404);
    const path = `_apis/graph/memberships/${descriptorOf(person())}/none?api-version=7.1-preview.1`;
    const { headers, status } = await ask(emulator, path, { host: "vssps", method: "PUT" });
    expect([status, headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
  });

  test("a token that may only read, a request without a version, and a caller without the right", async () => {
    const options = { users: 20, groups: 4, projects: 1 } as const;
    const tokens = [
      { token: "reader", scopes: ["vso.graph"] },
      { token: "writer", scopes: ["vso.graph_manage"] },
    ];
    await using scoped = await startEmulator({ ...options, tokens });
    const group = someSubject(scoped, (each) => each.group?.kind === "made" && each.active);
    const someone = someSubject(scoped, (each) => isPerson(scoped)(each) && !each.memberOf.includes(group.index));
    const by = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await membership(scoped, "PUT", someone, group, by("reader"))).status).toBe(401);
    const path = `_apis/graph/memberships/${descriptorOf(someone)}/${descriptorOf(group)}`;
    const unversioned = await ask(scoped, path, { host: "vssps", method: "PUT" });
    expect(unversioned.json.typeKey).toBe("VssVersionNotSpecifiedException");
    expect(scoped.writes.all).toHaveLength(2);
    expect(scoped.writes.changes).toEqual([]);
    expect((await membership(scoped, "PUT", someone, group, by("writer"))).status).toBe(201);

    await using powerless = await startEmulator({ ...options, callerMayChange: false });
    const { body, status } = await membership(powerless, "PUT", someone, group);
    expect([status, body.typeKey]).toEqual([403, "AccessCheckException"]);
    expect(powerless.writes.changes).toEqual([]);
  });
});
