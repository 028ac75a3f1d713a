import { afterEach, expect, test } from "vitest";
import type { Beliefs, Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, namespaceIds, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { walkGraph } from "./requests.ts";
import { isPerson, membership, someSubject, write } from "./write.ts";

let emulator: Emulator;
afterEach(() => emulator?.close());

async function believing(beliefs: Partial<Beliefs>): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ users: 20, groups: 6, projects: 1, beliefs });
}

const group = () => someSubject(emulator, (each) => each.group?.kind === "made" && each.active);
const stranger = () =>
  someSubject(emulator, (each) => isPerson(emulator)(each) && !each.memberOf.includes(group().index));

test("repeatedMembership and absentMembership", async () => {
  const twice = async (method: "PUT" | "DELETE") => {
    const person = stranger();
    if (method === "PUT") await membership(emulator, "PUT", person, group());
    const { body, status } = await membership(emulator, method, person, group());
    return [status, body.typeKey];
  };
  await believing({});
  expect([await twice("PUT"), await twice("DELETE")]).toEqual([
    [201, undefined],
    [200, undefined],
  ]);
  await believing({ repeatedMembership: "200", absentMembership: "not-found" });
  expect([await twice("PUT"), await twice("DELETE")]).toEqual([
    [200, undefined],
    [404, "GraphMembershipNotFoundException"],
  ]);
  await believing({ repeatedMembership: "409", absentMembership: "not-member" });
  expect([await twice("PUT"), await twice("DELETE")]).toEqual([
    [409, "AddMemberIdentityAlreadyMemberException"],
    [404, "RemoveGroupMemberNotMemberException"],
  ]);
});

test("structuralRefusal", async () => {
  for (const structuralRefusal of ["400", "403", "500"] as const) {
    await believing({ structuralRefusal });
    const { administrators, owner } = emulator.state;
    const { body, status } = await membership(emulator, "DELETE", owner, administrators);
    expect([status, body.typeKey]).toEqual([Number(structuralRefusal), "RemoveAccountOwnerFromAdminGroupException"]);
  }
});

const project = namespaceIds.project;
const version = "api-version=7.1";
const post = (token: string, descriptor: string, allow: number) =>
  write(emulator, "POST", `_apis/accesscontrolentries/${project}?${version}`, {
    json: { token, merge: true, accessControlEntries: [{ descriptor, allow, deny: 0 }] },
  });

test("systemBits", async () => {
  const reserved = 262_144;
  await believing({});
  const rejected = await post("$PROJECT", stranger().identity, reserved | 2);
  expect([rejected.status, rejected.body.typeKey]).toEqual([400, "InvalidPermissionsException"]);
  await believing({ systemBits: "ignored" });
  const ignored = await post("$PROJECT", stranger().identity, reserved | 2);
  expect(ignored.body).toMatchObject({ count: 1, value: [{ allow: 2 }] });
});

test("emptiedEntries and removedNothing", async () => {
  const token = "$PROJECT:vstfs:///Classification/TeamProject/11111111-1111-4111-8111-111111111111";
  const emptied = async () => {
    const descriptor = stranger().identity;
    const named = new URLSearchParams({ token, descriptor, descriptors: descriptor });
    await post(token, descriptor, 2);
    await write(emulator, "DELETE", `_apis/permissions/${project}/2?${named}&${version}`);
    const list = emulator.state.accessLists.get(project)?.get(token.toLowerCase());
    const removed = await write(emulator, "DELETE", `_apis/accesscontrolentries/${project}?${named}&${version}`);
    const again = await write(emulator, "DELETE", `_apis/accesscontrolentries/${project}?${named}&${version}`);
    return { entries: list?.entries.map(({ allow, deny }) => [allow, deny]), removed: removed.text, again: again.text };
  };
  await believing({});
  expect(await emptied()).toEqual({ entries: undefined, removed: "true", again: "true" });
  await believing({ emptiedEntries: "kept", removedNothing: false });
  expect(await emptied()).toEqual({ entries: [[0, 0]], removed: "true", again: "false" });
});

const direct = () =>
  someSubject(emulator, (each) => isPerson(emulator)(each) && each.entitlement?.assignment === "unknown");
const level = (accountLicenseType: string) => ({ accountLicenseType, licensingSource: "account" });
const ofMember = (method: string, { storageKey }: Subject) =>
  write(emulator, method, `_apis/userentitlements/${storageKey}?${version}`, {
    host: "vsaex",
    ...(method === "PATCH" ? { patch: [{ op: "replace", path: "/accessLevel", value: level("stakeholder") }] } : {}),
  });

test("inheritedRoleRemoval", async () => {
  const removal = async () => {
    const { endpoints } = emulator.state.roleObjects;
    const endpoint = endpoints.find(({ uses }) => uses.some(({ project: at }) => at === 0));
    const id = emulator.state.projects[0]?.id;
    const path = `_apis/securityroles/scopes/distributedtask.serviceendpointrole/roleassignments/resources/${id}_${endpoint?.id}`;
    const administrators = someSubject(
      emulator,
      ({ displayName, group: details }) => displayName === "Endpoint Administrators" && details?.project === 0,
    );
    const { body, status } = await write(
      emulator,
      "DELETE",
      `${path}/${administrators.storageKey}?${version}-preview.1`,
    );
    return [status, body.typeKey, emulator.writes.changes.length];
  };
  await believing({});
  expect(await removal()).toEqual([400, "ArgumentException", 0]);
  await believing({ inheritedRoleRemoval: "ignored" });
  expect(await removal()).toEqual([200, undefined, 0]);
});

test("removedMembers and absentEntitlement", async () => {
  const removed = async () => {
    const person = direct();
    await ofMember("DELETE", person);
    const listed = (await walkGraph(emulator, "users")).rows.map(({ descriptor }) => descriptor);
    return { isListed: listed.includes(descriptorOf(person)), again: (await ofMember("DELETE", person)).status };
  };
  await believing({});
  expect(await removed()).toEqual({ isListed: false, again: 204 });
  await believing({ removedMembers: "listed", absentEntitlement: "404" });
  expect(await removed()).toEqual({ isListed: true, again: 404 });
});

test("existingEntitlement", async () => {
  const again = async () => {
    const person = direct();
    const before = person.entitlement?.level;
    const json = { accessLevel: level("stakeholder"), user: { principalName: person.principalName } };
    const { body } = await write(emulator, "POST", `_apis/userentitlements?${version}`, { host: "vsaex", json });
    const after = emulator.state.subjects[person.index]?.entitlement?.level;
    return { isSuccess: body.isSuccess, isChanged: before !== after, after };
  };
  await believing({});
  expect(await again()).toEqual({ isSuccess: true, isChanged: true, after: "stakeholder" });
  await believing({ existingEntitlement: "unchanged" });
  expect(await again()).toMatchObject({ isSuccess: true, isChanged: false });
  await believing({ existingEntitlement: "failed" });
  expect(await again()).toMatchObject({ isSuccess: false, isChanged: false });
});

test("ruledLevel", async () => {
  const set = async () => {
    const person = someSubject(
      emulator,
      (each) =>
        isPerson(emulator)(each) &&
        each.entitlement?.assignment === "groupRule" &&
        each.entitlement.level !== "stakeholder",
    );
    const { body } = await ofMember("PATCH", person);
    const after = emulator.state.subjects[person.index]?.entitlement;
    return [body.isSuccess, after?.level === "stakeholder", after?.assignment];
  };
  await believing({});
  expect(await set()).toEqual([true, true, "unknown"]);
  await believing({ ruledLevel: "failed" });
  expect(await set()).toEqual([false, false, "groupRule"]);
  await believing({ ruledLevel: "overridden" });
  expect(await set()).toEqual([true, false, "groupRule"]);
});

test("tokenEnd and revokedTokens", async () => {
  const ended = async () => {
    const token = emulator.state.tokens.find(({ isValid, publicKey }) => isValid && publicKey === undefined);
    const owner = descriptorOf(subjectAt(emulator.state, token?.owner ?? -1));
    const path = `_apis/tokenadmin/personalaccesstokens/${owner}?pageSize=100&${version}`;
    await write(emulator, "POST", `_apis/tokenadmin/revocations?${version}`, {
      host: "vssps",
      json: [{ authorizationId: token?.authorizationId }],
    });
    const { body } = await write(emulator, "GET", path, { host: "vssps" });
    const left = emulator.state.tokens.find(({ authorizationId }) => authorizationId === token?.authorizationId);
    return [body.continuationToken, left?.isValid];
  };
  await believing({});
  expect(await ended()).toEqual([null, undefined]);
  await believing({ tokenEnd: "absent", revokedTokens: "invalid" });
  expect(await ended()).toEqual([undefined, false]);
  await believing({ tokenEnd: "zeros" });
  expect(await ended()).toEqual(["00000000-0000-0000-0000-000000000000", undefined]);
});

test("accountOwner", async () => {
  const told = async () => {
    const { origin } = new URL(emulator.url);
    const { owner } = emulator.state;
    const url = `${origin}/app/_apis/accounts?ownerId=${subjectAt(emulator.state, owner).storageKey}&${version}`;
    const text = await (await fetch(url, { headers: { Authorization: `Bearer ${emulator.token}` } })).text();
    return [text.includes('"count":1'), text.includes("accountOwner")];
  };
  await believing({});
  expect(await told()).toEqual([true, true]);
  await believing({ accountOwner: "absent" });
  expect(await told()).toEqual([true, false]);
});
