import { afterEach, describe, expect, test } from "vitest";
import { ProvisioningService } from "../../gen/azuredevops/connector/v1/changes_pb.js";
import { ResourceManagerService } from "../../gen/c1/connector/v2/resource_pb.js";
import { descriptorOf, type OrganizationState, subjectAt } from "../../src/emulator/index.ts";
import { createResourceOrders, refusalOf } from "../support/accounts.ts";
import type { World } from "../support/world.ts";
import { code, isOrdinary, refOf, someone, startAccounts } from "./account-world.ts";
import { made } from "./resource-attempts.ts";

let world: World | undefined;
afterEach(() => world?.close());

async function start(...args: Parameters<typeof startAccounts>) {
  const started = await startAccounts(...args);
  world = started.world;
  return started;
}

function worldOf(): World {
  if (!world) throw new Error("no world was started");
  return world;
}

const named = ({ subjects }: OrganizationState, name: string) =>
  subjects.filter(({ displayName, active }) => active && displayName === name);

describe("CreateResource of a group", () => {
  test("makes one in a project or in the organization, which is in no other group and may do nothing", async () => {
    const { orders, state, writes } = await start();
    const project = state.projects[0];
    const made = await orders.createGroup({
      displayName: "Night watch",
      description: "Looks after the night",
      parent: { type: "project", id: project?.id ?? "" },
    });
    expect(made).toMatchObject({ outcome: "PERFORMED", resource: { displayName: "Night watch" } });
    expect(made.resource?.parentResourceId).toMatchObject({ resourceType: "project", resource: project?.id });
    const [group] = named(state, "Night watch");
    expect(group).toMatchObject({ group: { project: project?.index, members: [] } });
    expect(made.resource).toEqual(await orders.get({ type: "group", id: made.resource?.id?.resource ?? "" }));

    const other = await orders.createGroup({ displayName: "Day watch" });
    expect(other.resource?.parentResourceId).toMatchObject({ resourceType: "organization" });
    expect(writes.all.map(({ method, route }) => `${method} ${route}`)).toEqual(
      Array.from({ length: 2 }, () => "POST _apis/graph/groups"),
    );
  });

  test("of a name that is taken fails and makes nothing", async () => {
    const { orders, state } = await start();
    await orders.createGroup({ displayName: "Night watch" });
    const refusal = await refusalOf(orders.createGroup({ displayName: "night watch" }));
    expect(refusal.code).toBe(code.exists);
    expect(named(state, "Night watch")).toHaveLength(1);
  });

  test("ordered again is answered with the group that the first order made, also by another replica", async () => {
    const { orders, state, faults, writes, replica } = await start();
    faults.add({
      kind: "latency",
      ms: 1_000,
      method: "POST",
      route: "_apis/graph/groups",
      effect: "after",
      times: 1,
    });
    const resource = { id: { resourceType: "group", resource: "new" }, displayName: "Night watch" };
    const { createResource } = ResourceManagerService.method;
    const late = replica.call(createResource, { resource }, { deadlineMs: Date.now() + 400 });
    expect(await refusalOf(late)).toMatchObject({ code: 4 });
    const again = await orders.createGroup({ displayName: "Night watch" });
    expect(again).toMatchObject({ outcome: "ALREADY", resource: { displayName: "Night watch" } });
    const other = createResourceOrders(await worldOf().replica({ provisioning: "standard" }));
    expect((await other.createGroup({ displayName: "Night watch" })).resource?.id).toEqual(again.resource?.id);
    expect(named(state, "Night watch")).toHaveLength(1);
    expect(writes.all).toHaveLength(1);
  });

  test("can be made again once it was deleted or has another name", async () => {
    const { orders, state } = await start();
    const ids = new Set<string>();
    const order = async () => {
      const { outcome, resource } = await orders.createGroup({ displayName: "Night watch" });
      expect(outcome).toBe("PERFORMED");
      const id = resource?.id?.resource ?? "";
      ids.add(id);
      return id;
    };
    await orders.remove({ type: "group", id: await order() });
    await orders.createGroup({ id: await order(), displayName: "Day watch" });
    await order();
    expect(ids.size).toBe(3);
    expect(named(state, "Night watch")).toHaveLength(1);
  });

  test("with the id of a group changes name and description, once", async () => {
    const { orders, state, writes } = await start();
    const group = made(state);
    const wanted = { id: descriptorOf(group), displayName: "Renamed", description: "Another text" };
    expect(await orders.createGroup(wanted)).toMatchObject({
      outcome: "PERFORMED",
      resource: { displayName: "Renamed", description: "Another text", id: { resource: descriptorOf(group) } },
    });
    expect(subjectAt(state, group.index)).toMatchObject({
      displayName: "Renamed",
      group: { description: "Another text" },
    });
    writes.reset();
    expect(await orders.createGroup(wanted)).toMatchObject({ outcome: "ALREADY" });
    expect(writes.all).toEqual([]);
  });

  test("of a dry run writes nothing", async () => {
    const { orders, writes } = await start({}, {}, { changes: { dryRun: true } });
    const answer = await orders.createGroup({ displayName: "Night watch" });
    expect(answer).toMatchObject({ outcome: "NOT_PERFORMED", resource: undefined });
    expect(answer.report.notes.join()).toContain("Night watch");
    expect(writes.all).toEqual([]);
  });

  test.each([
    ["without a name", { displayName: " " }, code.invalid],
    ["with a name that is too long", { displayName: "n".repeat(300) }, code.invalid],
    ["in a project that is not there", { displayName: "N", parent: { type: "project", id: "gone" } }, code.notFound],
    ["in a team", { displayName: "N", parent: { type: "team", id: "x" } }, code.invalid],
    ["that is gone", { displayName: "N", id: "vssgp.Z29uZQ" }, code.notFound],
  ])("%s is refused", async (_title, group, expected) => {
    const { orders, writes } = await start();
    expect(await refusalOf(orders.createGroup(group))).toMatchObject({ code: expected });
    expect(writes.all).toEqual([]);
  });
});

describe("DeleteResource of a group", () => {
  test("deletes it once", async () => {
    const { orders, state, writes } = await start();
    const group = made(state);
    expect(await orders.remove(refOf(group))).toMatchObject({ outcome: "PERFORMED", wasGone: false });
    expect(subjectAt(state, group.index)).toMatchObject({ active: false, memberOf: [] });
    expect(await orders.remove(refOf(group))).toMatchObject({ outcome: "ALREADY", wasGone: true });
    expect(writes.all.map(({ method, route }) => `${method} ${route}`)).toEqual([
      "DELETE _apis/graph/groups/{groupDescriptor}",
    ]);
  });

  test("of a dry run tells who loses it and what it is taken out of", async () => {
    const { orders, state, writes } = await start({}, {}, { changes: { dryRun: true } });
    const group = made(state);
    const { report } = await orders.remove(refOf(group));
    const told = report.notes.join("\n");
    expect(told).toContain("members that lose it");
    expect(told).toContain(subjectAt(state, group.group?.members[0] ?? -1).principalName);
    for (const index of group.memberOf) expect(told).toContain(subjectAt(state, index).principalName);
    expect(writes.all).toEqual([]);
  });

  test("of a team is not one of its group", async () => {
    const { orders, state, writes } = await start();
    const team = someone(state, ({ group }) => group?.kind === "team");
    expect(await refusalOf(orders.remove(refOf(team)))).toMatchObject({ code: code.unsupported });
    expect(writes.all).toEqual([]);
  });

  test("of many members is made once somebody says that it is meant", async () => {
    const { orders, replica, state } = await start();
    const group = made(state);
    for (const { index } of state.subjects.filter(isOrdinary(state)).slice(0, 12)) {
      world?.emulator.changes.join(group.index, index);
    }
    const refusal = await refusalOf(orders.remove(refOf(group)));
    expect(refusal).toEqual({ code: code.refused, message: expect.stringContaining("--max-group-shrink") });
    await replica.call(ProvisioningService.method.acknowledge, {});
    expect(await orders.remove(refOf(group))).toMatchObject({ outcome: "PERFORMED" });
  });

  test("of many members is not said to be meant by a caller who may not", async () => {
    const { replica } = await start({}, {}, { changes: { callerRights: new Map([["local", "standard"]]) } });
    expect(await refusalOf(replica.call(ProvisioningService.method.acknowledge, {}))).toEqual({
      code: code.refused,
      message: expect.stringContaining("--caller-rights local=privileged"),
    });
  });
});
