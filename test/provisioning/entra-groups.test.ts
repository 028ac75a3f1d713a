import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCredential } from "../../src/azure-devops/auth/index.ts";
import { type EmulatorWithEntra, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { Secret } from "../../src/secret.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { startWithEntra } from "../support/entra.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { type Replica, type ReplicaOptions, startReplica } from "../support/world.ts";
import { administrators, found, people, refOf } from "./parts.ts";

let emulator: EmulatorWithEntra;
const replicas: Replica[] = [];

beforeEach(async () => {
  emulator = await startWithEntra();
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  await emulator.close();
});

async function start(options: ReplicaOptions): Promise<Replica> {
  const replica = await startReplica(emulator, { provisioning: "standard", ...options });
  replicas.push(replica);
  return replica;
}

const entraGroups = () => emulator.state.subjects.filter(({ kind }) => kind === "entra-group");
const person = () => found(people(emulator.state)[0], "a person");
const order = (group: Subject, principal: Subject = person()): Order => ({
  resource: refOf(group),
  slug: "member",
  principal: refOf(principal),
});

/** The connector as an application that may change some groups. */
async function startManaging(allowed: readonly string[], options: ReplicaOptions = {}): Promise<Replica> {
  const { applications, authorityHost, caPem, graphUrl, tenantId } = emulator.entra;
  const { clientId, secret } = applications.connector;
  const credential = createCredential(
    { kind: "client-secret", tenantId, authorityHost, clientId, clientSecret: { value: new Secret(secret) } },
    { caPem, log: silentLog },
  );
  const entra = { mode: "manage", allowed: new Set(allowed) } as const;
  return start({
    ...options,
    credential,
    caPem,
    microsoftGraphUrl: graphUrl,
    changes: { entraGroups: entra, ...options.changes },
  });
}

const membersInEntra = (groupId: string) =>
  found(
    emulator.entra.directory.groups.find(({ id }) => id === groupId),
    "the group in Entra",
  ).members;

/** The first group of Entra with or without what stands against changes. */
function groupOf(kind: "plain" | "role-assignable" | "dynamic" | "on-premises"): Subject {
  const at = ["plain", "role-assignable", "dynamic", "on-premises"].indexOf(kind);
  return found(entraGroups()[at], `an Entra group that is ${kind}`);
}

/** Somebody who is in the organization and, from here on, not in the group. */
function outsiderOf(group: Subject): Subject {
  const outside = person();
  membersInEntra(group.originId).delete(outside.originId);
  return outside;
}

describe("--entra-groups accept", () => {
  test.each(["grant", "revoke"] as const)("answers a %s with success, honestly, and asks nobody", async (kind) => {
    const replica = await start({ changes: { entraGroups: { mode: "accept", allowed: new Set() } } });
    const group = found(entraGroups()[0], "a group of Entra");
    emulator.requests.reset();
    const orders = createOrders(replica);
    const answer = kind === "grant" ? await orders.grant(order(group)) : await orders.revoke(order(group));
    expect(answer).toMatchObject({ outcome: "NOT_PERFORMED", already: false });
    expect(answer.notPerformed).toMatchObject({
      entraGroupId: group.originId,
      reason: expect.stringContaining("nothing was changed"),
      remedy: expect.stringContaining(group.originId),
    });
    expect(emulator.writes.all).toEqual([]);
    const { text } = await replica.app.metrics.render();
    expect(text).toContain(`connector_changes_total{action="${kind}",outcome="not_performed"} 1`);
  });

  test("is beaten by provisioning that is off", async () => {
    const replica = await start({ provisioning: "off" });
    const { code } = await outcomeOf(createOrders(replica).grant(order(found(entraGroups()[0], "a group"))));
    expect(code).toBe(codes.failedPrecondition);
  });

  test("is about the group that is changed: a group of Entra in a team is a real change", async () => {
    const replica = await start({});
    const team = found(emulator.state.teams[0], "a team");
    const inner = found(
      entraGroups().find(({ memberOf }) => !memberOf.includes(team.group)),
      "a group of Entra that is not in it",
    );
    const { grant } = createOrders(replica);
    const asked = { ...order(inner, inner), resource: { type: "team", id: team.id } };
    expect(await grant(asked)).toMatchObject({ outcome: "PERFORMED" });
    expect(subjectAt(emulator.state, team.group).group?.members).toContain(inner.index);
  });
});

describe("--entra-groups manage", () => {
  test("changes the group in Entra, once, and says that Azure DevOps shows it later", async () => {
    const group = groupOf("plain");
    const replica = await startManaging([group.originId]);
    const { grant, revoke } = createOrders(replica);
    const outside = outsiderOf(group);
    const given = await grant(order(group, outside));
    expect(given).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(given.report.notes.join()).toContain("up to an hour");
    expect(membersInEntra(group.originId).has(outside.originId)).toBe(true);
    expect(await grant(order(group, outside))).toMatchObject({ outcome: "ALREADY", already: true });
    expect(await revoke(order(group, outside))).toMatchObject({ outcome: "PERFORMED", already: false });
    expect(membersInEntra(group.originId).has(outside.originId)).toBe(false);
    expect(await revoke(order(group, outside))).toMatchObject({ outcome: "ALREADY", already: true });
  });

  test.each([
    ["role-assignable", /can be given roles of Entra/],
    ["dynamic", /is dynamic/],
    ["on-premises", /synced from a directory on premises/],
  ] as const)("refuses a group that is %s by its name", async (kind, told) => {
    const group = groupOf(kind);
    const replica = await startManaging([group.originId]);
    expect(await outcomeOf(createOrders(replica).grant(order(group)))).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringMatching(told),
    });
  });

  test("refuses groups that are not on the list", async () => {
    const replica = await startManaging([]);
    const { code, message } = await outcomeOf(createOrders(replica).grant(order(groupOf("plain"))));
    expect({ code, message }).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining("--entra-group-ids"),
    });
  });

  test("fails at the first attempt without the permission, and says how to give it", async () => {
    const group = groupOf("plain");
    emulator.entra.applications.connector.graphRoles.delete("GroupMember.ReadWrite.All");
    emulator.entra.applications.connector.graphRoles.add("GroupMember.Read.All");
    const replica = await startManaging([group.originId]);
    const outside = outsiderOf(group);
    const { code, message } = await outcomeOf(createOrders(replica).grant(order(group, outside)));
    expect(code).toBe(codes.permissionDenied);
    expect(message).toMatch(/missing GroupMember\.ReadWrite\.All/);
    expect(message).toMatch(/admin consent/i);
  });

  test("gives nobody Tier 0 by a group of Entra that is an administrators' group", async () => {
    const group = groupOf("plain");
    emulator.changes.join(administrators(emulator.state).index, group.index);
    const replica = await startManaging([group.originId]);
    const { code, message } = await outcomeOf(createOrders(replica).grant(order(group, outsiderOf(group))));
    expect({ code, message }).toEqual({
      code: codes.failedPrecondition,
      message: expect.stringContaining("--provisioning privileged"),
    });
  });

  test("does not start with a personal access token", async () => {
    const entra = { mode: "manage", allowed: new Set<string>() } as const;
    await expect(start({ changes: { entraGroups: entra } })).rejects.toThrow(/needs credentials of Microsoft Entra/);
  });
});
