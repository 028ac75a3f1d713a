import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorWithEntra } from "../../src/emulator/index.ts";
import type { Finding } from "../../src/validation/finding.ts";
import { testCall } from "../support/calls.ts";
import type { ReplicaOptions } from "../support/world.ts";
import { changeableGroups, type EntraWorld, startEntraWorld, subjectOfGroup } from "./entra-world.ts";
import { found, people, refOf } from "./parts.ts";

/** What the application needs to be allowed in Microsoft Graph, and who tells. */

let world: EntraWorld;
let emulator: EmulatorWithEntra;

beforeAll(async () => {
  world = await startEntraWorld();
  emulator = world.emulator;
});
afterEach(async () => {
  emulator.entra.applications.connector.graphRoles.add("GroupMember.ReadWrite.All");
  await world.closeReplicas();
});
afterAll(() => world.close());

const group = () => found(changeableGroups(emulator)[0], "a group of Entra");

describe("validate", () => {
  async function finding(more: ReplicaOptions = {}): Promise<Finding | undefined> {
    emulator.entra.expireAccessTokens();
    const { app } = await world.replica([group()], more);
    for await (const each of app.validate(testCall())) {
      if (each.check === "microsoft-graph") return each;
    }
    return undefined;
  }

  test("tells what the application may do in Microsoft Graph, and how to grant what is missing", async () => {
    expect(await finding()).toMatchObject({
      outcome: "ok",
      detail: expect.stringContaining("GroupMember.ReadWrite.All"),
    });
    emulator.entra.applications.connector.graphRoles.delete("GroupMember.ReadWrite.All");
    const missing = {
      detail: expect.stringMatching(/ReadWrite.All is missing/),
      remedy: expect.stringMatching(/consent/),
    };
    await world.signInAgain();
    expect(await finding()).toMatchObject({ outcome: "warning", ...missing });
  });

  test("fails where no token for it is to be had only when syncs need one", async () => {
    await world.signInAgain();
    const microsoftGraphUrl = "https://graph.example/v1.0";
    expect(await finding({ microsoftGraphUrl })).toMatchObject({
      outcome: "warning",
      detail: expect.stringContaining("no access token"),
      disables: expect.stringContaining("every change of such a group fails"),
    });
    expect(await finding({ microsoftGraphUrl, sync: { entraMembers: true } })).toMatchObject({ outcome: "failed" });
  });
});

test.each([
  ["Read.All", true],
  ["nothing", false],
])(
  "without the permission, with %s of it, the first attempt says which is missing, and how to grant it",
  async (_, mayRead) => {
    const { graphRoles } = emulator.entra.applications.connector;
    graphRoles.delete("GroupMember.ReadWrite.All");
    graphRoles[mayRead ? "add" : "delete"]("GroupMember.Read.All");
    await world.signInAgain();
    const person = found(people(emulator.state)[0], "a person");
    group().members.delete(person.originId);
    const { grant } = await world.manage([group()]);
    const refused = grant({
      resource: refOf(subjectOfGroup(emulator, group())),
      slug: "member",
      principal: refOf(person),
    });
    await expect(refused).rejects.toThrow(/missing GroupMember\.ReadWrite\.All: grant it in the Entra portal/);
  },
);
