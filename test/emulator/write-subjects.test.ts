import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, groupOf, namespaceIds, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";
import { isPerson, membership, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 60, groups: 20, projects: 3 });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const preview = "api-version=7.1-preview.1";
const graph = (method: string, path: string, body: { readonly json?: unknown; readonly patch?: unknown } = {}) =>
  write(emulator, method, `_apis/graph/${path}${path.includes("?") ? "&" : "?"}${preview}`, { host: "vssps", ...body });
const bySid = (descriptor: unknown): Subject => someSubject(emulator, (each) => descriptorOf(each) === descriptor);
const scope = (project: number) =>
  `scp.${Buffer.from(projectAt(emulator.state, project).scopeId).toString("base64url")}`;
const newcomer = (kind: "user" | "group" | "servicePrincipal", at = 0) =>
  emulator.state.directory.filter((each) => each.kind === kind)[at];

describe("groups", () => {
  test("are made in the organization and in a project, and in other groups at once", async () => {
    const whole = await graph("POST", "groups", {
      json: { displayName: "Release managers", description: "All of them" },
    });
    expect(whole.status).toBe(201);
    expect(whole.headers.get("location")).toContain(String(whole.body.descriptor));
    expect(whole.body).toMatchObject({
      principalName: "[fabrikam]\\Release managers",
      origin: "vsts",
      description: "All of them",
    });
    const readers = someSubject(
      emulator,
      ({ displayName, group }) => displayName === "Readers" && group?.project === 0,
    );
    const project = await graph(
      "POST",
      `groups?scopeDescriptor=${scope(0)}&groupDescriptors=${descriptorOf(readers)}`,
      {
        json: { displayName: "Release managers" },
      },
    );
    const made = bySid(project.body.descriptor);
    expect(made.principalName).toBe(`[${projectAt(emulator.state, 0).name}]\\Release managers`);
    expect(made.memberOf.map((at) => subjectAt(emulator.state, at).displayName).sort()).toEqual([
      "Project Valid Users",
      "Readers",
    ]);
    const { json } = await ask(emulator, `_apis/graph/groups?scopeDescriptor=${scope(0)}&${preview}`, {
      host: "vssps",
    });
    expect(json.value.map(({ descriptor }) => descriptor)).toContain(descriptorOf(made));
    expect(
      (await ask(emulator, `_apis/graph/descriptors/${made.storageKey}?api-version=7.1`, { host: "vssps" })).status,
    ).toBe(200);
  });

  test("cannot have a name twice in one scope, nor no name, nor an unknown scope", async () => {
    await graph("POST", "groups", { json: { displayName: "Twice" } });
    emulator.writes.reset();
    const outcomes = [
      await graph("POST", "groups", { json: { displayName: "TWICE" } }),
      await graph("POST", "groups", { json: { displayName: " " } }),
      await graph("POST", "groups?scopeDescriptor=scp.bm9uZQ", { json: { displayName: "Elsewhere" } }),
      await graph("POST", "groups?groupDescriptors=vssgp.bm9uZQ", { json: { displayName: "Orphan" } }),
    ];
    expect(outcomes.map(({ body, status }) => [status, body.typeKey])).toEqual([
      [409, "GroupCreationException"],
      [400, "ArgumentException"],
      [404, "GroupScopeDoesNotExistException"],
      [404, "FindGroupSidDoesNotExistException"],
    ]);
    expect(emulator.writes.changes).toEqual([]);
    expect(emulator.state.subjects.some(({ displayName }) => displayName === "Orphan")).toBe(false);
  });

  test("of Entra are brought in by their object id, as often as it is asked", async () => {
    const found = newcomer("group");
    const first = await graph("POST", "groups", { json: { originId: found?.originId } });
    expect([first.status, first.body.origin, first.body.displayName]).toEqual([201, "aad", found?.displayName]);
    const second = await graph("POST", "groups", { json: { originId: found?.originId } });
    expect([second.status, second.body.descriptor]).toEqual([201, first.body.descriptor]);
    expect(emulator.writes.changes).toHaveLength(1);
    const unknown = await graph("POST", "groups", { json: { originId: "11111111-1111-4111-8111-111111111111" } });
    expect(unknown.body.typeKey).toBe("IdentityNotFoundInCurrentDirectoryException");
  });

  test("change name and description, by a JSON patch, and nothing else", async () => {
    const { body } = await graph("POST", "groups", { json: { displayName: "Before", description: "old" } });
    const path = `groups/${String(body.descriptor)}`;
    const operations = [
      { op: "replace", path: "/displayName", from: null, value: "After" },
      { op: "replace", path: "/description", from: null, value: "new" },
    ];
    const changed = await graph("PATCH", path, { patch: operations });
    expect(changed.body).toMatchObject({
      displayName: "After",
      principalName: "[fabrikam]\\After",
      description: "new",
    });
    expect(changed.body.descriptor).toBe(body.descriptor);
    emulator.writes.reset();
    const outcomes = [
      await graph("PATCH", path, { json: operations }),
      await graph("PATCH", path, { patch: [{ op: "replace", path: "/mailAddress", value: "x" }] }),
      await graph("PATCH", path, { patch: [{ op: "remove", path: "/description" }] }),
      await graph("PATCH", path, { patch: [{ op: "replace", path: "/displayName", value: "Release managers" }] }),
    ];
    expect(outcomes.map(({ body: { typeKey }, status }) => [status, typeKey])).toEqual([
      [400, "VssRequestContentTypeNotSupportedException"],
      [400, "ArgumentException"],
      [400, "ArgumentException"],
      [409, "GroupRenameException"],
    ]);
    expect(emulator.writes.changes).toEqual([]);
  });

  test("that the service needs are neither renamed nor deleted", async () => {
    const { administrators, teams } = emulator.state;
    for (const index of [administrators, teams[0]?.group ?? -1]) {
      const path = `groups/${descriptorOf(subjectAt(emulator.state, index))}`;
      const renamed = await graph("PATCH", path, { patch: [{ op: "replace", path: "/displayName", value: "Mine" }] });
      expect(renamed.body.typeKey).toBe("CannotUpdateWellKnownGraphGroupException");
      expect((await graph("DELETE", path)).body.typeKey).toBe("RemoveSpecialGroupException");
    }
    expect(emulator.writes.changes).toEqual([]);
  });

  test("lose parents and members when they are deleted; they can be read, and entries still name them", async () => {
    const group = someSubject(
      emulator,
      ({ active, group: details, memberOf }) =>
        details?.kind === "made" && active && memberOf.length > 0 && details.members.length > 0,
    );
    emulator.changes.setEntry(namespaceIds.git, "repoV2", group.index, { allow: 2, deny: 0 });
    const members = [...groupOf(group).members];
    const before = emulator.totals.groups;
    const { status, text } = await graph("DELETE", `groups/${descriptorOf(group)}`);
    expect([status, text]).toEqual([204, ""]);
    expect(subjectAt(emulator.state, group.index).memberOf).toEqual([]);
    expect(members.some((index) => subjectAt(emulator.state, index).memberOf.includes(group.index))).toBe(false);
    expect(emulator.totals.groups).toBe(before - 1);
    expect((await graph("GET", `groups/${descriptorOf(group)}`)).status).toBe(200);
    expect(
      emulator.state.accessLists
        .get(namespaceIds.git)
        ?.get("repov2")
        ?.entries.some(({ who }) => who === group.index),
    ).toBe(true);
    expect((await graph("DELETE", `groups/${descriptorOf(group)}`)).body.typeKey).toBe(
      "FindGroupSidDoesNotExistException",
    );
  });
});

describe("people and service principals by Graph", () => {
  test("come without a licence, and are active once they are in a group", async () => {
    const found = newcomer("user");
    const { body, status } = await graph("POST", "users", { json: { principalName: found?.principalName } });
    expect([status, body.displayName]).toEqual([201, found?.displayName]);
    const made = bySid(body.descriptor);
    expect([made.active, made.entitlement, made.memberOf]).toEqual([false, undefined, []]);
    const group = someSubject(emulator, ({ active, group: details }) => details?.kind === "made" && active);
    await membership(emulator, "PUT", made, group);
    expect(subjectAt(emulator.state, made.index).active).toBe(true);
    const second = newcomer("user", 1);
    const storageKey = "9b71f216-4c4f-6b74-a911-efb0fa9c777f";
    const other = await graph("POST", `users?groupDescriptors=${descriptorOf(group)}`, {
      json: { originId: second?.originId, storageKey },
    });
    expect(bySid(other.body.descriptor)).toMatchObject({ active: true, storageKey, memberOf: [group.index] });
    expect((await graph("POST", "users", { json: { originId: second?.originId } })).body.descriptor).toBe(
      other.body.descriptor,
    );
  });

  test("who are nowhere are refused", async () => {
    const outcomes = [
      await graph("POST", "users", { json: {} }),
      await graph("POST", "users", { json: { principalName: "nobody@fabrikam.example" } }),
      await graph("POST", "serviceprincipals", { json: { originId: "11111111-1111-4111-8111-111111111111" } }),
    ];
    expect(outcomes.map(({ body, status }) => [status, body.typeKey])).toEqual([
      [400, "ArgumentException"],
      [400, "IdentityMaterializationFailedException"],
      [400, "IdentityNotFoundInCurrentDirectoryException"],
    ]);
    expect(emulator.writes.changes).toEqual([]);
  });

  test("lose licence and memberships when they are deleted, and stay readable", async () => {
    const found = newcomer("servicePrincipal");
    const { body } = await graph("POST", "serviceprincipals", { json: { originId: found?.originId } });
    expect(body).toMatchObject({ subjectKind: "servicePrincipal", applicationId: found?.applicationId });
    const person = someSubject(
      emulator,
      (each) => isPerson(emulator)(each) && each.entitlement !== undefined && each.memberOf.length > 0,
    );
    for (const [list, subject] of [
      ["users", person],
      ["serviceprincipals", bySid(body.descriptor)],
    ] as const) {
      expect((await graph("DELETE", `${list}/${descriptorOf(subject)}`)).status).toBe(204);
      expect(subjectAt(emulator.state, subject.index)).toMatchObject({ active: false });
      expect(subjectAt(emulator.state, subject.index).entitlement).toBeUndefined();
      expect((await graph("GET", `${list}/${descriptorOf(subject)}`)).status).toBe(200);
    }
    const wrong = await graph("DELETE", `serviceprincipals/${descriptorOf(person)}`);
    expect([wrong.status, wrong.body.typeKey]).toEqual([404, "GraphSubjectNotFoundException"]);
  });

  test("can be mapped to another identity, which the log of writes tells", async () => {
    const person = someSubject(emulator, isPerson(emulator));
    const originId = "22222222-2222-4222-8222-222222222222";
    expect((await graph("PATCH", `users/${descriptorOf(person)}`, { json: { originId } })).body.originId).toBe(
      originId,
    );
    expect(emulator.writes.changes.map(({ method, route }) => `${method} ${route}`)).toEqual([
      "PATCH _apis/graph/users/{userDescriptor}",
    ]);
  });
});
