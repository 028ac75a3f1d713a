import { createEntraCredential } from "../../src/azure-devops/auth/entra-credential.ts";
import type { Credential } from "../../src/azure-devops/credential.ts";
import type { DirectoryGroup } from "../../src/emulator/entra/directory.ts";
import type { EmulatorWithEntra, Subject } from "../../src/emulator/index.ts";
import { Secret } from "../../src/secret.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { startWithEntra } from "../support/entra.ts";
import { createOrders } from "../support/orders.ts";
import { type Replica, type ReplicaOptions, startReplica } from "../support/world.ts";
import { found } from "./parts.ts";

/** An organization with its directory, and connectors that change groups of Microsoft Entra. */
export interface EntraWorld {
  readonly emulator: EmulatorWithEntra;
  /** Signs in anew: a token says what was granted when it was made. */
  signInAgain(): Promise<void>;
  /** A connector that may change some groups of Entra. */
  replica(allowed: readonly DirectoryGroup[], more?: ReplicaOptions): Promise<Replica>;
  /** Orders for such a connector. */
  manage(allowed: readonly DirectoryGroup[], more?: ReplicaOptions): Promise<ReturnType<typeof createOrders>>;
  /** Ends the connectors; the organization stays. */
  closeReplicas(): Promise<void>;
  close(): Promise<void>;
}

export async function startEntraWorld(): Promise<EntraWorld> {
  const emulator = await startWithEntra();
  const replicas: Replica[] = [];
  let credential = credentialOf(emulator);
  const closeReplicas = async () => {
    await Promise.all(replicas.splice(0).map((each) => each.close()));
  };
  async function replica(allowed: readonly DirectoryGroup[], { changes, ...more }: ReplicaOptions = {}) {
    const entraGroups = { mode: "manage", allowed: new Set(allowed.map(({ id }) => id)) } as const;
    const started = await startReplica(emulator, {
      credential,
      caPem: emulator.entra.caPem,
      microsoftGraphUrl: emulator.entra.graphUrl,
      provisioning: "privileged",
      ...more,
      changes: { entraGroups, entraGroupsDecided: true, minAdmins: 0, ...changes },
    });
    replicas.push(started);
    return started;
  }
  return {
    emulator,
    async signInAgain() {
      emulator.entra.expireAccessTokens();
      await credential.close();
      credential = credentialOf(emulator);
    },
    replica,
    manage: async (allowed, more) => createOrders(await replica(allowed, more)),
    closeReplicas,
    async close() {
      await closeReplicas();
      await credential.close();
      await emulator.close();
    },
  };
}

function credentialOf({ entra }: EmulatorWithEntra): Credential {
  const { applications, authorityHost, caPem, tenantId } = entra;
  const { clientId, secret } = applications.connector;
  const application = { tenantId, clientId, authorityHost };
  return createEntraCredential(
    { kind: "client-secret", ...application, clientSecret: { value: new Secret(secret) } },
    { caPem, log: silentLog },
  );
}

/** The groups of Entra that Azure DevOps knows, made such that an application with the permission may change them. */
export function changeableGroups({ entra, state }: EmulatorWithEntra): DirectoryGroup[] {
  return entra.directory.groups
    .filter((each) => subjectOf(state, each) !== undefined)
    .map((each) =>
      Object.assign(each, { membershipRule: null, isAssignableToRole: false, onPremisesSyncEnabled: false }),
    );
}

function subjectOf({ subjects }: EmulatorWithEntra["state"], { id }: DirectoryGroup): Subject | undefined {
  return subjects.find(({ kind, originId }) => kind === "entra-group" && originId === id);
}

/** A group of Entra as Azure DevOps knows it. */
export const subjectOfGroup = ({ state }: EmulatorWithEntra, group: DirectoryGroup): Subject =>
  found(subjectOf(state, group), "the group");

/** The connector's own identity. */
export const selfOf = ({ entra, state }: EmulatorWithEntra): Subject =>
  found(
    state.subjects.find(({ originId }) => originId === entra.applications.connector.objectId),
    "the connector's own identity",
  );

/** Changes of groups that reached Microsoft Graph, by route. */
export const graphChanges = ({ entra }: EmulatorWithEntra) =>
  [...entra.requests.byRoute].filter(([route]) => /^(POST|DELETE) .*\$ref$/.test(route));
