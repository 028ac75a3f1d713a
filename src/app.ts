import { createHash } from "node:crypto";
import { ActionService } from "../gen/c1/connector/v2/action_pb.js";
import { AssetService } from "../gen/c1/connector/v2/asset_pb.js";
import { SchemaService } from "../gen/c1/connector/v2/config_pb.js";
import { EventService } from "../gen/c1/connector/v2/event_feed_pb.js";
import { TicketsService } from "../gen/c1/connector/v2/ticket_pb.js";
import { type AzureDevOpsClient, createAzureDevOpsClient } from "./azure-devops/client.ts";
import type { Credential } from "./azure-devops/credential.ts";
import { parseOrganizationUrl } from "./azure-devops/organization-url.ts";
import type { Call } from "./call.ts";
import { createRegistry } from "./connector/registry.ts";
import { createSessionStore } from "./connector/sessions.ts";
import { createBudget } from "./http/budget.ts";
import type { CoolDownOptions } from "./http/cool-down.ts";
import { createDispatcher, type DispatcherOptions, proxyRedactor, usesProxy } from "./http/dispatcher.ts";
import type { RetryPolicy } from "./http/retry.ts";
import { microsoftGraphAs, resourceOf } from "./microsoft-graph/client.ts";
import type { Provisioning } from "./provisioning/caller-rights.ts";
import { type ChangeHistory, createHistory, createProvisioning } from "./provisioning/index.ts";
import { type ChangeOptions, defaultChangeOptions } from "./provisioning/options.ts";
import { joinRedactors } from "./redaction.ts";
import { type ExplainAnswer, type ExplainRequest, explainAccess } from "./resources/explain.ts";
import { createHandlers } from "./resources/index.ts";
import { manifestFacts } from "./resources/manifest.ts";
import type { SyncOptions } from "./resources/options.ts";
import { createReadings, type Readings } from "./resources/readings/index.ts";
import { createPipelines, type Pipeline } from "./server/pipeline.ts";
import { createRequestValidator } from "./server/request-validation.ts";
import { mount } from "./server/service.ts";
import { connectorService } from "./server/services/connector.ts";
import { entitlementsService } from "./server/services/entitlements.ts";
import { grantsService } from "./server/services/grants.ts";
import { changeServices } from "./server/services/provisioning.ts";
import { rateLimiterService } from "./server/services/rate-limiter.ts";
import { resourceTypesService } from "./server/services/resource-types.ts";
import { resourceGetterService, resourcesService } from "./server/services/resources.ts";
import type { ConnectorScope, ListingMode } from "./server/services/scope.ts";
import { syncService } from "./server/services/sync.ts";
import type { SharedOptions } from "./shared-load.ts";
import type { Log } from "./telemetry/log.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import type { Finding } from "./validation/finding.ts";
import { validate } from "./validation/index.ts";
import { version } from "./version.ts";

export interface AppOptions extends SyncOptions, Pick<DispatcherOptions, "caPem" | "proxy"> {
  readonly organizationUrl: string;
  readonly credential: Credential;
  readonly listing: ListingMode;
  readonly log: Log;
  readonly retry?: RetryPolicy;
  /** How long upstream is left alone after a refusal that names no delay. */
  readonly coolDown?: CoolDownOptions;
  /** Which changes may be asked for; `off` where it is not said. */
  readonly provisioning?: Provisioning;
  readonly changes?: Partial<ChangeOptions>;
  /** Where groups of Microsoft Entra are kept; asked only where they are managed. */
  readonly microsoftGraphUrl?: string;
  /** Records of changes and what was taken away lately; without it they are in the log. */
  readonly history?: ChangeHistory;
  /** One try's limit from sending to the last byte. */
  readonly upstreamTimeoutMs?: number;
  readonly maxConcurrentRequests?: number;
  readonly sessionIdleMs?: number;
  /** On how many repositories a validation compares permissions with what Azure DevOps says of them. */
  readonly crossCheck?: number;
  /** How long a validation tries again what can get better by itself; a platform does not ask again. */
  readonly validationPatienceMs?: number;
}

/** The connector without its listeners: what `serve`, the command line and the tests have in common. */
export interface App {
  readonly client: AzureDevOpsClient;
  readonly scope: ConnectorScope<Readings>;
  readonly pipelines: readonly Pipeline[];
  readonly metrics: Metrics;
  /** Every check of the configuration and the organization, as each is done. */
  validate(call: Call): AsyncGenerator<Finding>;
  /** Who holds a permission and through what, by readings of its own. */
  explain(request: ExplainRequest, call: Call): Promise<ExplainAnswer>;
  /** Loads what is not needed to listen. */
  warmUp(): Promise<unknown>;
  close(changesWithinMs?: number): Promise<void>;
}

/** Readings of calls without a sync id are used for so long. */
const anonymousTtlMs = 30_000;

/** A large organization's readings take hundreds of megabytes, and a platform runs one sync at a time. */
const maxSessions = 4;

/** As the option table has it. */
const defaultUpstreamTimeoutMs = 120_000;

/** Shorter than the minute that a platform waits between two tries of anything else. */
const defaultPatienceMs = 45_000;

export function createApp(options: AppOptions): App {
  const { log, listing, provisioning = "off", maxConcurrentRequests } = options;
  const organization = parseOrganizationUrl(options.organizationUrl);
  const dispatcher = createDispatcher({ ...options, connections: maxConcurrentRequests });
  const redactor = joinRedactors([options.credential, ...(options.proxy ? [proxyRedactor(options.proxy)] : [])]);
  const sent = {
    redactor,
    dispatcher,
    userAgent: `azure-devops-connector/${version}`,
    ...(options.retry ? { retry: options.retry } : {}),
  };
  const client = createAzureDevOpsClient({
    ...sent,
    organization,
    credential: options.credential,
    budget: createBudget({
      ...(options.coolDown ? { coolDown: options.coolDown } : {}),
      ...(maxConcurrentRequests ? { max: maxConcurrentRequests } : {}),
    }),
    ...(options.upstreamTimeoutMs ? { timeoutMs: options.upstreamTimeoutMs } : {}),
  });
  const { syncTeams, syncOrganizations, permissionDetail, skipUnusedRoles, optionalTypes } = options;
  const { inheritedRows, effective, personalAccessTokens, entraMembers = false } = options;
  const sync: SyncOptions = {
    syncTeams,
    syncOrganizations,
    permissionDetail,
    skipUnusedRoles,
    inheritedRows,
    effective,
    optionalTypes,
    personalAccessTokens,
    ...(entraMembers ? { entraMembers } : {}),
  };
  const changes = { ...defaultChangeOptions, ...options.changes };
  const manages = changes.entraGroups.mode === "manage";
  const microsoftGraph =
    manages || entraMembers ? microsoftGraphAs(options.credential, { ...options, ...sent, manages }) : undefined;
  const read = (life: SharedOptions) => createReadings(client, sync, life, microsoftGraph?.groups);
  const sessions = createSessionStore<Readings>({
    create: ({ anonymous }) => read(anonymous ? { ttlMs: anonymousTtlMs } : {}),
    idleMs: options.sessionIdleMs ?? 10 * 60_000,
    maxSessions,
  });
  const scope: ConnectorScope<Readings> = {
    registry: createRegistry(createHandlers(sync)),
    sessions,
    fingerprint: fingerprintOf(organization.url.href, sync),
    listing,
  };
  const validator = createRequestValidator();
  const metrics = createMetrics({
    upstreamRequests: () => client.connection.requests,
    sessions: () => sessions.size,
  });
  const desk = createProvisioning({
    ...(options.history ?? createHistory(changes, log)),
    provisioning,
    changes,
    registry: scope.registry,
    createReadings: () => read({}),
    upstreamTimeoutMs: options.upstreamTimeoutMs ?? defaultUpstreamTimeoutMs,
    onChanged: sessions.endAnonymous,
    onOutcome: metrics.onChange,
  });
  const description = {
    displayName: "Azure DevOps",
    description: "Who can do what in an Azure DevOps organization: people, service identities, groups and teams.",
    helpUrl: "https://learn.microsoft.com/azure/devops/organizations/security/about-permissions",
    profile: {
      organization: organization.name,
      version,
      ...sync,
      optionalTypes: optionalTypes.join(" "),
      provisioning,
    },
  };
  const { credential, caPem, proxy, validationPatienceMs: patienceMs = defaultPatienceMs } = options;
  const checks = {
    client,
    credential,
    sync,
    provisioning: { on: provisioning !== "off", entraGroupsDecided: changes.entraGroupsDecided },
    microsoftGraph: microsoftGraph && {
      resource: resourceOf(microsoftGraph.connection.baseUrl),
      reads: entraMembers,
      manages,
    },
    caPem,
    throughProxy: usesProxy(proxy, organization.url),
    patienceMs,
    ...(options.crossCheck ? { crossCheck: options.crossCheck } : {}),
  };
  const validateAll = (call: Call) => validate(checks, call);
  const services = [
    connectorService({
      ...scope,
      provisioning: provisioning !== "off",
      deprovisioning: changes.accounts.deprovisions,
      description,
      validate: validateAll,
    }),
    resourceTypesService(scope),
    resourcesService(scope),
    resourceGetterService(scope),
    entitlementsService(scope),
    grantsService(scope),
    syncService({
      ...scope,
      budget: () => client.connection.budget.state,
      requests: () => client.connection.requests,
      manifest: manifestFacts,
    }),
    rateLimiterService,
    ...changeServices(provisioning === "off" ? undefined : desk),
    ...unimplementedServices,
  ];
  return {
    client,
    scope,
    pipelines: createPipelines(services, { log, validator, onCall: metrics.onCall }),
    metrics,
    validate: validateAll,
    async explain(request, call) {
      const { readings, release } = sessions.private();
      try {
        return await explainAccess(readings, request, call);
      } finally {
        release();
      }
    },
    warmUp: validator.warmUp,
    async close(changesWithinMs) {
      await desk.close(changesWithinMs);
      sessions.close();
      client.connection.budget.close();
      // What is still being read is for nobody any more.
      await dispatcher.destroy();
    },
  };
}

/** Part of the contract, without an implementation yet: every method answers UNIMPLEMENTED by its name. */
const unimplementedServices = [
  mount(EventService, {}),
  mount(TicketsService, {}),
  mount(ActionService, {}),
  mount(AssetService, {}),
  mount(SchemaService, {}),
];

function fingerprintOf(url: string, sync: SyncOptions): string {
  return createHash("sha256")
    .update(JSON.stringify([url.toLowerCase(), sync]))
    .digest("base64url")
    .slice(0, 22);
}
