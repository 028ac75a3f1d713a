import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { walkEntitlements, walkGraph } from "./requests.ts";
import { isPerson, someSubject, write } from "./write.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 200, groups: 20, projects: 3, seats: { advanced: 40 } });
});
beforeEach(() => emulator.writes.reset());
afterAll(() => emulator.close());

const version = "api-version=7.1";
const stakeholder = { accountLicenseType: "stakeholder", licensingSource: "account" };
const express = { accountLicenseType: "express", licensingSource: "account" };
const post = (json: object, list = "userentitlements", of = emulator) =>
  write(of, "POST", `_apis/${list}?${list === "userentitlements" ? version : `${version}-preview.1`}`, {
    host: "vsaex",
    json,
  });
const patch = (id: string, operations: readonly object[], of = emulator) =>
  write(of, "PATCH", `_apis/userentitlements/${id}?${version}`, { host: "vsaex", patch: operations });
const replace = (value: object) => [{ from: "", op: "replace", path: "/accessLevel", value }];
const entitlementOf = (index: number) => subjectAt(emulator.state, index).entitlement;
const failure = (key: number) => ({
  isSuccess: false,
  operationResult: { isSuccess: false, errors: [{ key }], result: null },
});
const holder = (is: (subject: Subject) => boolean) =>
  someSubject(emulator, (each) => isPerson(emulator)(each) && each.entitlement !== undefined && is(each));
const direct = () =>
  holder(({ entitlement }) => entitlement?.assignment === "unknown" && entitlement.level === "express");

describe("adding", () => {
  test("brings somebody in from the directory, pending, with level, extension and project", async () => {
    const { directory, projects } = emulator.state;
    const found = directory.find(({ kind }) => kind === "user");
    const project = projects.find(({ state }) => state === "wellFormed");
    const before = emulator.totals;
    const { body, status } = await post({
      accessLevel: express,
      extensions: [{ id: "ms.feed" }],
      user: { principalName: found?.principalName, subjectKind: "user" },
      projectEntitlements: [{ group: { groupType: "projectContributor" }, projectRef: { id: project?.id } }],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      isSuccess: true,
      operationResult: { isSuccess: true, errors: [] },
      userEntitlement: {
        user: { displayName: found?.displayName, originId: found?.originId, origin: "aad" },
        accessLevel: { accountLicenseType: "express", status: "pending", assignmentSource: "unknown" },
        extensions: [{ id: "ms.feed" }],
        projectEntitlements: [{ projectRef: { id: project?.id }, group: { groupType: "projectContributor" } }],
      },
    });
    const made = someSubject(emulator, ({ originId }) => originId === found?.originId);
    expect(made).toMatchObject({ active: true, kind: "entra-user" });
    expect(emulator.totals.people).toBe(before.people + 1);
    expect(emulator.totals.userEntitlements).toBe(before.userEntitlements + 1);
    const listed = (await walkEntitlements(emulator)).rows.map(({ user }) => user?.descriptor);
    expect(listed).toContain(descriptorOf(made));
    expect((await walkGraph(emulator, "users")).rows.map(({ descriptor }) => descriptor)).toContain(descriptorOf(made));
  });

  test("invites somebody from outside, who is pending and bound to the invitation", async () => {
    const { body } = await post({
      accessLevel: stakeholder,
      user: { principalName: "new@partner.example", subjectKind: "user" },
    });
    expect(body).toMatchObject({ isSuccess: true, userEntitlement: { accessLevel: { status: "pending" } } });
    const made = someSubject(emulator, ({ mail }) => mail === "new@partner.example");
    expect([made.prefix, made.originId]).toEqual(["bnd", ""]);
  });

  test("brings a service principal in by its object id", async () => {
    const found = emulator.state.directory.find(({ kind }) => kind === "servicePrincipal");
    const servicePrincipal = { origin: "aad", originId: found?.originId, subjectKind: "servicePrincipal" };
    const { body } = await post(
      { accessLevel: { accountLicenseType: "stakeholder" }, servicePrincipal },
      "serviceprincipalentitlements",
    );
    expect(body).toMatchObject({
      isSuccess: true,
      servicePrincipalEntitlement: {
        servicePrincipal: { applicationId: found?.applicationId, originId: found?.originId },
      },
    });
    expect(emulator.state.servicePrincipals).toContain(
      someSubject(emulator, ({ originId }) => originId === found?.originId).index,
    );
  });

  test("tells in a body with status 200 why it could not", async () => {
    const before = emulator.state.subjects.length;
    const user = (fields: object) => ({ accessLevel: express, user: { subjectKind: "user", ...fields } });
    const outcomes = [
      await post(user({})),
      await post(user({ principalName: "nobody@fabrikam.example" })),
      await post(user({ originId: "11111111-1111-4111-8111-111111111111" })),
      await post(user({ principalName: "no mail" })),
      await post({ ...user({ principalName: "other@partner.example" }), accessLevel: { accountLicenseType: "gold" } }),
      await post({ ...user({ principalName: "other@partner.example" }), accessLevel: { accountLicenseType: "none" } }),
    ];
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 200));
    for (const [at, key] of [5000, 5102, 5102, 5102, 5005, 5005].entries())
      expect(outcomes[at]?.body).toMatchObject(failure(key));
    expect(emulator.writes.changes).toEqual([]);
    expect(emulator.state.subjects).toHaveLength(before);
  });

  test("is refused in the body without the right, where invitations are off, and by scope", async () => {
    const small = { users: 20, groups: 4, projects: 1 } as const;
    const invitation = { accessLevel: express, user: { principalName: "new@partner.example", subjectKind: "user" } };
    await using closed = await startEmulator({ ...small, invitations: false });
    expect((await post(invitation, "userentitlements", closed)).body).toMatchObject(failure(5102));
    await using powerless = await startEmulator({ ...small, callerMayChange: false });
    expect((await post(invitation, "userentitlements", powerless)).body).toMatchObject(failure(5032));
    const { storageKey } = someSubject(powerless, isPerson(powerless));
    const patched = await patch(storageKey, replace(express), powerless);
    expect(patched.body).toMatchObject({ isSuccess: false, operationResults: [{ errors: [{ key: 5032 }] }] });
    const path = `_apis/userentitlements/${storageKey}?${version}`;
    expect((await write(powerless, "DELETE", path, { host: "vsaex" })).body.typeKey).toBe("AccessCheckException");
    expect(powerless.writes.changes).toEqual([]);
    const tokens = [{ token: "reader", scopes: ["vso.memberentitlementmanagement"] }];
    await using scoped = await startEmulator({ ...small, tokens });
    const options = { host: "vsaex", authorization: "Bearer reader" } as const;
    expect((await write(scoped, "PATCH", path, { ...options, patch: replace(express) })).status).toBe(401);
    expect((await write(scoped, "GET", path, options)).status).toBe(200);
  });
});

describe("changing a level", () => {
  test("replaces it, directly, and the summary counts it", async () => {
    const person = direct();
    const { body, status } = await patch(person.storageKey, replace(stakeholder));
    expect([status, body.isSuccess]).toEqual([200, true]);
    expect(body).toMatchObject({
      operationResults: [{ userId: person.storageKey, isSuccess: true, errors: [] }],
      userEntitlement: { accessLevel: { accountLicenseType: "stakeholder", assignmentSource: "unknown" } },
    });
    expect(entitlementOf(person.index)?.level).toBe("stakeholder");
    await patch(person.storageKey, replace(express));
    emulator.writes.reset();
    expect((await patch(person.storageKey, replace(express))).body.isSuccess).toBe(true);
    expect(emulator.writes.changes).toEqual([]);
  });

  test("gives subscriptions by source, extensions and projects", async () => {
    const person = direct();
    const project = projectAt(emulator.state, 0);
    const operations = [
      { op: "replace", path: "/accessLevel", value: { licensingSource: "msdn", msdnLicenseType: "eligible" } },
      { op: "add", path: "/extensions", value: { id: "ms.vss-testmanager-web" } },
      {
        op: "add",
        path: `/projectEntitlements/${project.id}`,
        value: { group: { groupType: "projectReader" }, projectRef: { id: project.id } },
      },
    ];
    const { body } = await patch(person.storageKey, operations);
    expect(body).toMatchObject({ isSuccess: true, userEntitlement: { accessLevel: { msdnLicenseType: "eligible" } } });
    expect(entitlementOf(person.index)?.extensions).toContainEqual({
      id: "ms.vss-testmanager-web",
      assignment: "unknown",
    });
    const groupsHere = () =>
      person.memberOf.filter((at) => subjectAt(emulator.state, at).group?.project === project.index);
    expect(groupsHere().length).toBeGreaterThan(0);
    await patch(person.storageKey, [
      { op: "remove", path: `/projectEntitlements/${project.id}`, value: "" },
      ...replace(express),
    ]);
    expect(groupsHere()).toEqual([]);
  });

  test("fails in the body when no seat is left, or there is no such level", async () => {
    const advanced = { accountLicenseType: "advanced", licensingSource: "account" };
    const people = emulator.state.users.map((index) => subjectAt(emulator.state, index));
    const others = people.filter((each) => isPerson(emulator)(each) && each.entitlement?.level === "express");
    let failed = 0;
    for (const { storageKey } of others) {
      const { body } = await patch(storageKey, replace(advanced));
      if (body.isSuccess === true) continue;
      expect(body).toMatchObject({ operationResults: [{ isSuccess: false, errors: [{ key: 5005 }], result: null }] });
      failed++;
    }
    const held = people.filter(({ index }) => entitlementOf(index)?.level === "advanced").length;
    const { body } = await write(emulator, "GET", `_apis/userentitlementsummary?${version}`, { host: "vsaex" });
    expect(failed).toBeGreaterThan(0);
    expect(body.licenses).toContainEqual(
      expect.objectContaining({ accountLicenseType: "advanced", assigned: 40, available: 0, total: 40 }),
    );
    expect(held).toBeLessThanOrEqual(40);
    const person = direct();
    expect((await patch(person.storageKey, replace({ accountLicenseType: "none" }))).body.isSuccess).toBe(false);
  });

  test("needs a JSON patch, a known member and known paths", async () => {
    const person = direct();
    const path = `_apis/userentitlements/${person.storageKey}?${version}`;
    const plain = await write(emulator, "PATCH", path, { host: "vsaex", json: replace(express) });
    expect([plain.status, plain.body.typeKey]).toEqual([400, "VssRequestContentTypeNotSupportedException"]);
    const stranger = await patch("11111111-1111-4111-8111-111111111111", replace(express));
    expect([stranger.status, stranger.body.typeKey]).toEqual([404, "IdentityNotFoundException"]);
    const odd = await patch(person.storageKey, [...replace(stakeholder), { op: "replace", path: "/name", value: "x" }]);
    expect([odd.status, odd.body.typeKey]).toEqual([400, "ArgumentException"]);
    expect(entitlementOf(person.index)?.level).toBe("express");
    expect(emulator.writes.changes).toEqual([]);
  });

  test("of many is one operation, with a result for each", async () => {
    const person = direct();
    const { body } = await write(emulator, "PATCH", `_apis/userentitlements?${version}`, {
      host: "vsaex",
      patch: [
        { op: "replace", path: `/${person.storageKey}/accessLevel`, value: stakeholder },
        { op: "replace", path: `/${person.storageKey}/accessLevel`, value: { accountLicenseType: "gold" } },
        { op: "add", path: "", value: { accessLevel: stakeholder, user: { principalName: "bulk@partner.example" } } },
      ],
    });
    expect(body).toMatchObject({ status: "failed", completed: true, haveResultsSucceeded: false });
    expect(body.results).toMatchObject([
      { isSuccess: true },
      { isSuccess: false, errors: [{ key: 5005 }] },
      { isSuccess: true },
    ]);
    expect(someSubject(emulator, ({ mail }) => mail === "bulk@partner.example").entitlement?.level).toBe("stakeholder");
    await patch(person.storageKey, replace(express));
  });
});
