import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { kindOf } from "../../azure-devops/descriptors.ts";
import { allRows } from "../../azure-devops/list-answers.ts";
import type { ConnectionData } from "../../azure-devops/schemas.ts";
import { identityNamespaceId } from "../../azure-devops/security.ts";
import type { Call } from "../../call.ts";
import { type ConnectorError, isConnectorError } from "../../errors.ts";
import { createShared, type Shared, type SharedOptions } from "../../shared-load.ts";

/** Readings that a sync can do without when their scope is missing from its start. */
export type OptionalReading =
  | "member-entitlements"
  | "identities"
  | "security"
  | "repositories"
  | "agent-pools"
  | "environments"
  | "service-connections"
  | "variable-groups"
  | "secure-files"
  | "feeds"
  | "personal-access-tokens";

/** A reading that is left out, and what that means; told in the log and by `Validate`. */
export interface Absence {
  readonly reading: OptionalReading;
  readonly consequence: string;
  readonly remedy: string;
  readonly cause: string;
}

/** What the credential of this sync may read, found out once at its start. */
export interface Access {
  connection(call: Call): Promise<ConnectionData>;
  /** The absence of a reading, or undefined when it is there. */
  absence(reading: OptionalReading, call: Call): Promise<Absence | undefined>;
  /** Whether access control entries can be read and their holders told: unresolved, each would look like a stranger. */
  readsEntries(call: Call): Promise<boolean>;
  /** The same, where a sync has found it out; a reading that nobody needed is not tried for this. */
  knownAbsence(reading: OptionalReading, call: Call): Promise<Absence | undefined>;
}

type Probe = (self: ConnectionData, call: Call) => Promise<unknown>;

/** Projects on which a probe of what is listed by project is tried, one after the other while they are gone. */
const projectsTried = 5;

/** Absences that were told already, by client. */
const toldBy = new WeakMap<AzureDevOpsClient, Set<OptionalReading>>();

export function createAccess(client: AzureDevOpsClient, life: SharedOptions): Access {
  const told = toldBy.get(client) ?? new Set<OptionalReading>();
  toldBy.set(client, told);
  // First of all: with one answer in hand, a 401 elsewhere means a missing scope and not a bad token.
  const connection = createShared((call) => client.core.getConnectionData(call), life);

  const someProjects = createShared(async (call): Promise<readonly string[]> => {
    try {
      const { items } = await client.core.listProjects("all", "", call);
      const present = items.filter(({ state }) => state === "wellFormed");
      return present.slice(0, projectsTried).map(({ id }) => id);
    } catch (error) {
      // Who may not list projects has no sync at all, which is told as such.
      if (!isConnectorError(error, "forbidden", "unauthenticated")) throw error;
      return [];
    }
  }, life);

  /** A probe of what is listed by project; without any project there is nothing to be refused. */
  function inAProject(probe: (projectId: string, call: Call) => Promise<unknown>): Probe {
    return async (_self, call) => {
      for (const project of await someProjects.get(call)) {
        try {
          return await probe(project, call);
        } catch (error) {
          // The project went since it was listed, which says nothing of what the token may read.
          if (!isConnectorError(error, "not-found")) throw error;
        }
      }
      return undefined;
    };
  }

  /** Whose tokens can be asked for: one's own, or somebody's where an application asks, which has none (facts 9.4). */
  async function somePerson({ authenticatedUser }: ConnectionData, call: Call): Promise<string | undefined> {
    const { id, subjectDescriptor } = authenticatedUser;
    const self = subjectDescriptor || (await client.graph.getDescriptor(id, call));
    if (self !== undefined && kindOf(self) === "user") return self;
    const { items } = await client.graph.listUsers("", call);
    return items.find(({ descriptor }) => kindOf(descriptor) === "user")?.descriptor;
  }

  const probes: Record<OptionalReading, Probe> = {
    // Who has no entitlement can read others'; a server has none at all, which only the listing tells.
    "member-entitlements": async (self, call) =>
      (await client.memberEntitlements.getUser(self.authenticatedUser.id, call)) ??
      (await client.memberEntitlements.listUsers("", call)),
    identities: (self, call) => client.identities.readBatch({ identityIds: [self.authenticatedUser.id] }, "none", call),
    security: (self, call) =>
      client.security.readAccessControlLists(identityNamespaceId, { token: self.instanceId }, allRows, call),
    // That there is none with this id is an answer; whoever may not read any is refused before.
    repositories: (_self, call) => client.git.getRepository("00000000-0000-0000-0000-000000000000", call),
    "agent-pools": (_self, call) => client.distributedTask.listPools(call),
    environments: inAProject((project, call) => client.distributedTask.listEnvironments(project, "", call)),
    "service-connections": inAProject((project, call) => client.serviceEndpoints.list(project, call)),
    "variable-groups": inAProject((project, call) => client.distributedTask.listVariableGroups(project, "", call)),
    "secure-files": inAProject((project, call) => client.distributedTask.listSecureFiles(project, call)),
    feeds: (_self, call) => client.feeds.list(call),
    "personal-access-tokens": async (self, call) => {
      const person = await somePerson(self, call);
      return person && client.tokenAdministration.list(person, "personal-access-token", "", call);
    },
  };

  const absences: Record<OptionalReading, Shared<Absence | undefined>> = {
    "member-entitlements": absenceOf("member-entitlements"),
    identities: absenceOf("identities"),
    security: absenceOf("security"),
    repositories: absenceOf("repositories"),
    "agent-pools": absenceOf("agent-pools"),
    environments: absenceOf("environments"),
    "service-connections": absenceOf("service-connections"),
    "variable-groups": absenceOf("variable-groups"),
    "secure-files": absenceOf("secure-files"),
    feeds: absenceOf("feeds"),
    "personal-access-tokens": absenceOf("personal-access-tokens"),
  };

  function absenceOf(reading: OptionalReading): Shared<Absence | undefined> {
    return createShared((call) => probeOnce(reading, call), life);
  }

  async function probeOnce(reading: OptionalReading, call: Call): Promise<Absence | undefined> {
    const self = await connection.get(call);
    const refusal = (await refusalOf(probes[reading], self, call)) && (await refusalOf(probes[reading], self, call));
    if (!refusal) {
      told.delete(reading);
      return undefined;
    }
    const absence = { reading, ...explanations[reading], cause: refusal.message };
    // Once, and not at each sync: it stays so until somebody changes the token.
    if (told.has(reading)) call.log.debug(absence, "a reading is left out of this sync");
    else call.log.warn(absence, "a reading is left out of every sync until the token allows it");
    told.add(reading);
    return absence;
  }

  /** What a probe is refused with, if it is; believed when said twice, since a whole sync goes without that reading. */
  async function refusalOf(probe: Probe, self: ConnectionData, call: Call): Promise<ConnectorError | undefined> {
    try {
      await probe(self, call);
      return undefined;
    } catch (error) {
      if (!isConnectorError(error, "forbidden", "wrong-route", "unauthenticated")) throw error;
      // A missing scope can answer with the sign-in page of a bad token; a bad token cannot read this.
      if (error.kind === "unauthenticated") await client.core.getConnectionData(call);
      return error;
    }
  }

  return {
    connection: (call) => connection.get(call),
    absence: (reading, call) => absences[reading].get(call),
    async readsEntries(call) {
      const absent = await Promise.all([absences.identities.get(call), absences.security.get(call)]);
      return absent.every((absence) => absence === undefined);
    },
    knownAbsence: async (reading, call) => (absences[reading].started ? absences[reading].get(call) : undefined),
  };
}

/** What the absence of each reading means; also for the documents. */
export const explanations: Record<OptionalReading, Pick<Absence, "consequence" | "remedy">> = {
  "member-entitlements": {
    consequence:
      "users come from Graph, with status unspecified and without access level and dates; no access levels are listed",
    remedy: "give the token the scope Member Entitlement Management (Read)",
  },
  identities: {
    consequence:
      "memberships are read one group at a time from Graph, which takes one request a group, and neither permissions nor roles are told",
    remedy: "give the token the scope Identity (Read)",
  },
  security: {
    consequence:
      "no permissions are told, and team administrators are read one team at a time from the members API, which shows members only",
    remedy: "give the token the scope Security (Manage), or leave teams and permissions out",
  },
  repositories: {
    consequence: "no repositories are listed, and no permissions on single ones",
    remedy: "give the token the scope Code (Read), or leave permissions out with --permission-detail roles",
  },
  "agent-pools": roleObjects("agent pools and queues", "Agent Pools (Read)", "--no-sync-agent-pools"),
  environments: roleObjects("environments", "Environment (Read & manage)", "--no-sync-environments"),
  "service-connections": roleObjects(
    "service connections",
    "Service Connections (Read)",
    "--no-sync-service-connections",
  ),
  "variable-groups": roleObjects("variable groups", "Variable Groups (Read)", "--no-sync-variable-groups"),
  "secure-files": roleObjects("secure files", "Secure Files (Read)", "--no-sync-secure-files"),
  feeds: roleObjects("artifact feeds", "Packaging (Read)", "--no-sync-feeds"),
  "personal-access-tokens": {
    consequence: "no personal access tokens and SSH keys are listed",
    remedy:
      "give the token the scope Token Administration (Read & manage) and its owner a place in Project Collection Administrators, or leave them out with --personal-access-tokens off",
  },
};

function roleObjects(things: string, scope: string, option: string) {
  return {
    consequence: `no ${things} are listed, and no roles on them`,
    remedy: `give the token the scope ${scope}, or leave them out with ${option}`,
  };
}
