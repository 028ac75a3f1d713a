import type { AzureDevOpsClient } from "./azure-devops/client.ts";
import type { Call } from "./call.ts";
import { createAccess, type OptionalReading } from "./resources/readings/access.ts";
import type { SyncOptions } from "./resources/readings/index.ts";

/**
 * Fails when the organization cannot be read at all: unreachable, wrong URL, bad credential, or without one of the
 * scopes that every sync needs. What merely makes a sync poorer is told in the log.
 */
export async function checkOrganization(client: AzureDevOpsClient, options: SyncOptions, call: Call): Promise<void> {
  const access = createAccess(client, {});
  const { authenticatedUser } = await access.connection(call);
  const optional: OptionalReading[] = [
    "member-entitlements",
    "identities",
    ...(options.syncTeams ? ["security" as const] : []),
  ];
  await Promise.all([
    client.graph.getDescriptor(authenticatedUser.id, call),
    client.core.listProjects("all", "", call),
    // Each absence logs what is missing, what follows and what to do about it.
    ...optional.map((reading) => access.absence(reading, call)),
  ]);
}
