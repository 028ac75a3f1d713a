import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmulatorWithEntra, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { startWithEntra } from "../support/entra.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { codes, outcomeOf } from "../support/refusals.ts";
import { type Replica, type ReplicaOptions, startReplica } from "../support/world.ts";
import { found, people, refOf } from "./parts.ts";

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
