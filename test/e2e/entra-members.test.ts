import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createEntraCredential } from "../../src/azure-devops/auth/entra-credential.ts";
import type { Credential } from "../../src/azure-devops/credential.ts";
import type { DirectoryGroup } from "../../src/emulator/entra/directory.ts";
import { descriptorOf, type EmulatorWithEntra, type Subject } from "../../src/emulator/index.ts";
import type { Readings } from "../../src/resources/readings/index.ts";
import { Secret } from "../../src/secret.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { found } from "../provisioning/parts.ts";
import { failureFrom, testCall } from "../support/calls.ts";
import { startWithEntra } from "../support/entra.ts";
import { type Replica, startReplica } from "../support/world.ts";

/** Who is in groups of Entra, as Entra has it. */

let emulator: EmulatorWithEntra;
let credential: Credential;
let replica: Replica;

beforeAll(async () => {
  emulator = await startWithEntra();
  const { applications, authorityHost, caPem, tenantId } = emulator.entra;
  const { clientId, secret } = applications.connector;
  const application = { tenantId, clientId, authorityHost, clientSecret: { value: new Secret(secret) } };
  credential = createEntraCredential({ kind: "client-secret", ...application }, { caPem, log: silentLog });
  replica = await startReplica(emulator, {
    credential,
    caPem,
    microsoftGraphUrl: emulator.entra.graphUrl,
    sync: { entraMembers: true },
  });
});
afterEach(() => emulator.entra.failures.clear());
afterAll(async () => {
  await replica.close();
  await credential.close();
  await emulator.close();
});

async function reading<T>(read: (readings: Readings) => Promise<T>): Promise<T> {
  const { readings, release } = replica.app.scope.sessions.private();
  try {
    return await read(readings);
  } finally {
    release();
  }
}

const subjectOf = ({ id }: DirectoryGroup): Subject =>
  found(
    emulator.state.subjects.find(({ kind, originId }) => kind === "entra-group" && originId === id),
    "the group in Azure DevOps",
  );

const groups = () =>
  emulator.entra.directory.groups.filter(({ id }) => emulator.state.subjects.some(({ originId }) => originId === id));

/** Who is meant to be told: people and applications; groups that Azure DevOps knows; who is in those that it does not. */
function expected(group: DirectoryGroup): number {
  const { directory } = emulator.entra;
  const ids = new Set<string>();
  for (const id of group.members) {
    const member = directory.find(id);
    if (member?.kind !== "group" || groups().includes(member)) ids.add(id);
    else for (const inner of directory.transitiveMembers(member)) ids.add(inner);
  }
  return ids.size;
}

describe("members of groups of Entra", () => {
  test("are all told, more than Azure DevOps does, and the rest as identities that it does not know yet", async () => {
    await reading(async (readings) => {
      const unknown = await readings.unlisted.unknown(testCall());
      let strangers = 0;
      for (const group of groups()) {
        const refs = await readings.members.ofGroup(descriptorOf(subjectOf(group)), true, testCall());
        expect(refs?.length, group.displayName).toBeGreaterThanOrEqual(expected(group));
        for (const { type, id } of refs ?? []) {
          if (type !== "unknown-identity") continue;
          strangers += 1;
          expect(unknown.get(id)?.displayName, id).toBeTruthy();
        }
      }
      expect(strangers).toBeGreaterThan(100);
    });
  });

  test("are read twenty groups a request", async () => {
    emulator.entra.requests.reset();
    await reading((readings) =>
      readings.members.ofGroup(descriptorOf(subjectOf(found(groups()[0], "one"))), true, testCall()),
    );
    const batches = [...emulator.entra.requests.byRoute].find(([route]) => route.includes("$batch"))?.[1] ?? 0;
    expect(batches).toBeGreaterThan(0);
    expect(batches).toBeLessThanOrEqual(4);
  });

  test("say where they come from, and that they are complete", async () => {
    const id = descriptorOf(subjectOf(found(groups()[0], "one")));
    await reading(async (readings) => {
      const resource = await replica.app.scope.registry.handler("group").get(readings, id, testCall());
      expect(resource?.profile).toMatchObject({ membership: "complete", membership_source: "microsoft-graph" });
    });
  });

  test("that cannot be read fail the reading, and are never fewer", async () => {
    emulator.entra.failures.add({
      path: "$batch",
      status: 403,
      body: { error: { code: "Authorization_RequestDenied" } },
    });
    const id = descriptorOf(subjectOf(found(groups()[0], "one")));
    const failure = await failureFrom(reading((readings) => readings.members.ofGroup(id, true, testCall())));
    expect(failure).toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("missing GroupMember.Read.All"),
    });
  });

  test("are what validate asks the permission for", async () => {
    for await (const finding of replica.app.validate(testCall())) {
      if (finding.check === "microsoft-graph") return expect(finding.outcome).toBe("ok");
    }
    throw new Error("validate does not look at Microsoft Graph");
  });
});
