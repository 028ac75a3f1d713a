import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import type { Credential } from "../azure-devops/credential.ts";
import type { Call } from "../call.ts";
import type { SyncOptions } from "../resources/options.ts";
import { createAccess } from "../resources/readings/access.ts";
import { checkCredential, obtainFacts } from "./credential.ts";
import { crossCheck } from "./cross-check.ts";
import { checkDates } from "./dates.ts";
import { checkEntraGroups } from "./entra-groups.ts";
import { type Finding, skipped } from "./finding.ts";
import { checkMicrosoftGraph, type GraphQuestion } from "./microsoft-graph.ts";
import { checkDns, checkTls, checkUrl, type Route } from "./network.ts";
import { checkOrganization, checkRateLimit } from "./organization.ts";
import { createPatience } from "./patience.ts";
import { checkScopes } from "./scopes.ts";
import { checkVisibility } from "./visibility.ts";

export interface ValidationOptions extends Omit<Route, "organization"> {
  readonly client: AzureDevOpsClient;
  readonly credential: Credential;
  readonly sync: SyncOptions;
  /** Whether anything may be changed, and whether it is decided what becomes of changes of groups of Entra. */
  readonly provisioning: {
    readonly on: boolean;
    readonly entraGroupsDecided: boolean;
  };
  /** What is asked of Microsoft Graph, where it is asked at all. */
  readonly microsoftGraph?: GraphQuestion | undefined;
  /** How long what can get better by itself is tried again. */
  readonly patienceMs: number;
  /** On how many repositories permissions are compared with what Azure DevOps says of them; none without. */
  readonly crossCheck?: number;
}

export { checkUrl } from "./network.ts";

/**
 * Everything that can be found out about a configuration and its organization, check by check as each is done. What
 * cannot be tried after a failure is said to be skipped.
 */
export async function* validate(options: ValidationOptions, call: Call): AsyncGenerator<Finding> {
  const { client, credential, sync, provisioning, patienceMs } = options;
  const { organization } = client.connection;
  const route: Route = { ...options, organization };
  const patience = createPatience(patienceMs, call);
  yield checkUrl(organization.url.href);
  const { facts, finding: obtained } = await obtainFacts(credential, patience, call);
  yield facts ? checkCredential(credential.kind, facts, Date.now()) : obtained;
  yield facts ? checkDates(credential.kind, facts, Date.now()) : skipped("dates", "not tried: credential failed");
  for (const checkNetwork of [checkDns, checkTls]) {
    const finding = await checkNetwork(route, patience, call);
    yield finding;
    if (finding.outcome === "failed") return yield* afterFailure(finding.check);
  }
  if (!facts) return yield* afterFailure("credential", "tls");
  const { connection, findings } = await checkOrganization(client, patience, call);
  yield* findings;
  if (!connection) return yield* afterFailure("organization");
  const self = connection.authenticatedUser.id;
  const access = createAccess(client, {});
  const isApplication = facts.isApplication === true;
  const asked = { client, access, self, sync, provisioning: provisioning.on, patience, isApplication };
  yield* checkScopes(asked, call);
  yield await checkVisibility(client, patience, call);
  if (provisioning.on && !provisioning.entraGroupsDecided) yield await checkEntraGroups(client, call);
  if (options.microsoftGraph) yield await checkMicrosoftGraph(credential, options.microsoftGraph, patience, call);
  if (options.crossCheck) yield await crossCheck(client, sync, options.crossCheck, call);
  yield checkRateLimit(client);
}

const needAnOrganization = ["tls", "organization", "clock", "scopes", "visibility", "rate-limit"];

/** `last` is the last check that was made. */
function* afterFailure(check: string, last = check): Generator<Finding> {
  const from = needAnOrganization.indexOf(last) + 1;
  for (const name of needAnOrganization.slice(from)) yield skipped(name, `not tried: ${check} failed`);
}
