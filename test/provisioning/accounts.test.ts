import { afterEach, describe, expect, test } from "vitest";
import { Capability, ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { descriptorOf, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { createResourceOrders } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { isAdministrator, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";
import { groupsAround } from "./parts.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function start(...args: Parameters<typeof startAccounts>) {
  const started = await startAccounts(...args);
  world = started.world;
  return started;
}

const newcomer = "newcomer0@fabrikam.example";

describe("CreateAccount", () => {
  test("adds a person of the directory once, without an invitation", async () => {
    const { orders, state, writes } = await start();
    const answer = await orders.addAccount({ email: newcomer, access_level: "basic" });
    expect(answer).toMatchObject({ arm: "success", outcome: "PERFORMED" });
    const person = someone(state, ({ principalName }) => principalName === newcomer);
    expect(person).toMatchObject({ kind: "entra-user", active: true, entitlement: { level: "express" } });
    expect(answer.resource?.id?.resource).toBe(descriptorOf(person));
    expect(answer.report.verifiedAt).toBeDefined();
    expect(writes.all.map(({ route }) => route)).toEqual(["_apis/graph/users", "_apis/userentitlements"]);

    writes.reset();
    const again = await orders.addAccount({ email: newcomer.toUpperCase(), access_level: "stakeholder" });
    expect(again).toMatchObject({ arm: "alreadyExists", outcome: "ALREADY" });
    expect(again.report.notes).toEqual(["they have the access level Basic, and not Stakeholder: order it by a Grant"]);
    expect(again.resource).toEqual(await orders.get(refOf(person)));
    expect(subjectAt(state, person.index).entitlement?.level).toBe("express");
    expect(writes.all).toEqual([]);
  });

  test("adds a person by object id beside the address, and a service principal by object id alone", async () => {
    const { orders, state } = await start();
    const [person, principal] = ["user", "servicePrincipal"].map((kind) =>
      state.directory.find((each) => each.kind === kind),
    );
    const known = await orders.addAccount({ email: person?.principalName ?? "", object_id: person?.originId ?? "" });
    expect(known).toMatchObject({ arm: "actionRequired", message: expect.stringContaining("sign in") });
    expect(known.resource?.displayName).toBe(person?.displayName);
    const service = await orders.addAccount({ object_id: principal?.originId ?? "" }, "service-principal");
    expect(service).toMatchObject({ arm: "success", outcome: "PERFORMED" });
    expect(service.resource?.id?.resourceType).toBe("service-principal");
    const again = await orders.addAccount({ object_id: principal?.originId ?? "" }, "service-principal");
    expect(again).toMatchObject({ arm: "alreadyExists", resource: { id: service.resource?.id } });
  });

  test("tells which memberships who is there lacks, and nothing where all is as asked", async () => {
    const { orders, state, writes } = await start();
    const isIn = (each: Subject, person: Subject) => groupsAround(state, person).has(each.index);
    const made = state.groups.map((index) => subjectAt(state, index)).filter(({ group }) => group?.kind === "made");
    const person = someone(state, (each) => isOrdinary(state)(each) && made.some((group) => isIn(group, each)));
    const [own, other] = [made.find((each) => isIn(each, person)), made.find((each) => !isIn(each, person))];
    const ids = [own, other].map((group) => group && descriptorOf(group));
    const answer = await orders.addAccount({ email: person.principalName, groups: ids.join() });
    expect(answer).toMatchObject({ arm: "alreadyExists" });
    expect(answer.report.notes).toEqual([
      `they lack what was asked for besides: order it by a Grant: group:${ids[1]}:member`,
    ]);
    const same = await orders.addAccount({ email: person.principalName, groups: ids[0] ?? "" });
    expect(same.report.notes).toEqual([]);
    expect(writes.all).toEqual([]);
  });

  test("finds who is there by the object id too, and by a mail address that is not the sign-in name", async () => {
    const { orders, state, writes } = await start({}, { domains: new Set(["*"]) });
    const person = someone(state, isOrdinary(state));
    world?.emulator.changes.setSubject(person.index, { mail: "other.name@fabrikam.example" });
    for (const profile of [
      { object_id: person.originId },
      { email: "other.name@fabrikam.example" },
      { email: person.principalName },
    ]) {
      const answer = await orders.addAccount(profile);
      expect(answer).toMatchObject({ arm: "alreadyExists", resource: { id: { resource: descriptorOf(person) } } });
    }
    expect(writes.all).toEqual([]);
  });

  test.each([
    { title: "where all is read", scopes: ["*"] },
    {
      title: "where identities are not",
      scopes: ["vso.graph", "vso.project", "vso.memberentitlementmanagement"],
    },
  ])("finds people with a quote in their name $title", async ({ scopes }) => {
    const { state, world: started } = await start({ tokens: [{ token: "own", scopes }] });
    const person = someone(state, isOrdinary(state));
    started.emulator.changes.setSubject(person.index, { principalName: "pat.o'neil@fabrikam.example", mail: null });
    const replica = await started.replica({ provisioning: "standard", token: "own" });
    const answer = await createResourceOrders(replica).addAccount({ email: "Pat.O'Neil@fabrikam.example" });
    expect(answer).toMatchObject({ arm: "alreadyExists", resource: { id: { resource: descriptorOf(person) } } });
  });

  test("brings back who was removed, with the id of before", async () => {
    const { orders, state } = await start();
    const person = someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));
    expect(await orders.remove(refOf(person))).toMatchObject({ outcome: "PERFORMED" });
    expect(subjectAt(state, person.index)).toMatchObject({ active: false });
    const answer = await orders.addAccount({ email: person.principalName });
    expect(answer).toMatchObject({ arm: "success", outcome: "PERFORMED" });
    expect(answer.resource?.id?.resource).toBe(descriptorOf(person));
  });

  test("invites outsiders where that is allowed, and says what they have to do", async () => {
    const { orders } = await start({}, { invitesOutsiders: true, domains: new Set(["outside.example"]) });
    const answer = await orders.addAccount({ email: "someone@outside.example" });
    expect(answer).toMatchObject({ arm: "actionRequired", outcome: "PERFORMED" });
    expect(answer.message).toContain("accept the invitation");
    expect(answer.resource?.id?.resource).toMatch(/^bnd\./);
  });

  test("gives the memberships that were asked for, and tells those that were not given", async () => {
    const { orders, state, writes } = await start();
    const made = someone(state, (each) => each.group?.kind === "made" && each.active && !isAdministrator(state, each));
    const id = descriptorOf(made);
    const answer = await orders.addAccount({ email: newcomer, groups: [`group:${id}:member`, id] });
    expect(answer).toMatchObject({ arm: "success" });
    const person = someone(state, ({ principalName }) => principalName === newcomer);
    expect(subjectAt(state, person.index).memberOf).toContain(made.index);
    expect(writes.all.filter(({ method }) => method === "PUT")).toHaveLength(1);

    world?.emulator.faults.add({ kind: "forbidden", method: "PUT" });
    const other = await orders.addAccount({ email: "newcomer1@fabrikam.example", groups: [id] });
    expect(other).toMatchObject({ arm: "actionRequired", outcome: "PERFORMED" });
    expect(other.message).toContain(`without a membership: group:${id}:member`);
    expect(other.resource).toBeDefined();
  });

  test.each([true, false])("takes teams by their id, whether they are listed: %s", async (syncTeams) => {
    const { orders, state } = await start({}, {}, { provisioning: "privileged", syncTeams });
    const [team] = state.teams;
    const answer = await orders.addAccount({ email: newcomer, groups: team?.id ?? "" });
    expect(answer).toMatchObject({ arm: "success" });
    const person = someone(state, ({ principalName }) => principalName === newcomer);
    expect(subjectAt(state, team?.group ?? -1).group?.members).toContain(person.index);
  });

  test("makes administrators where a caller may", async () => {
    const { orders, state } = await start({}, {}, { provisioning: "privileged" });
    const administrators = subjectAt(state, state.administrators);
    const answer = await orders.addAccount({ email: newcomer, groups: [descriptorOf(administrators)] });
    expect(answer).toMatchObject({ arm: "success" });
    const person = someone(state, ({ principalName }) => principalName === newcomer);
    expect(subjectAt(state, administrators.index).group?.members).toContain(person.index);
  });

  test("of a dry run writes nothing and tells what it would do", async () => {
    const { orders, writes } = await start({}, {}, { changes: { dryRun: true } });
    const answer = await orders.addAccount({ email: newcomer, access_level: "basic" });
    expect(answer).toMatchObject({ arm: "actionRequired", outcome: "NOT_PERFORMED", resource: undefined });
    expect(answer.report).toMatchObject({ dryRun: true, notes: [expect.stringContaining("Basic")] });
    expect(writes.all).toEqual([]);
  });
});

describe("GetMetadata", () => {
  const metadata = async (...args: Parameters<typeof startAccounts>) => {
    const { replica } = await start(...args);
    return (await replica.call(ConnectorService.method.getMetadata, {})).metadata;
  };

  test("has the form for accounts and says what can be made and deleted", async () => {
    const { capabilities, accountCreationSchema } = (await metadata()) ?? {};
    expect(Object.keys(accountCreationSchema?.fieldMap ?? {})).toEqual([
      "email",
      "object_id",
      "access_level",
      "groups",
    ]);
    expect(capabilities?.connectorCapabilities).toEqual(
      expect.arrayContaining([Capability.ACCOUNT_PROVISIONING, Capability.RESOURCE_CREATE, Capability.RESOURCE_DELETE]),
    );
    const { supportedCredentialOptions } = capabilities?.credentialDetails?.capabilityAccountProvisioning ?? {};
    expect(supportedCredentialOptions).toHaveLength(1);
    const user = capabilities?.resourceTypeCapabilities.find(({ resourceType }) => resourceType?.id === "user");
    expect(user?.capabilities).toContain(Capability.RESOURCE_DELETE);
  });

  test("says nothing of them while they are off", async () => {
    const off = await metadata({}, {}, { provisioning: "off" });
    expect(off?.accountCreationSchema).toBeUndefined();
    expect(off?.capabilities?.credentialDetails).toBeUndefined();
    expect(off?.capabilities?.connectorCapabilities).not.toContain(Capability.ACCOUNT_PROVISIONING);
    await world?.close();
    const kept = await metadata({}, { deprovisions: false });
    const user = kept?.capabilities?.resourceTypeCapabilities.find(({ resourceType }) => resourceType?.id === "user");
    expect(user?.capabilities).not.toContain(Capability.RESOURCE_DELETE);
  });
});
