/**
 * An Azure DevOps organization in memory, served over HTTP, strict where Azure DevOps is strict. It is written
 * from documents and recordings alone and shares only types with the client, so that it can prove it wrong.
 */
import { baseUrls } from "./addresses.ts";
import { createAdmin } from "./admin.ts";
import { createAnswerer } from "./answer.ts";
import type { Changes } from "./changes/index.ts";
import { createChanges } from "./changes/index.ts";
import { createCredentials } from "./credentials.ts";
import type { Entra, RunningEntra } from "./entra/index.ts";
import type { EntraOptions } from "./entra/options.ts";
import { createExchanges } from "./exchanges.ts";
import type { Faults } from "./faults/index.ts";
import { createFaults } from "./faults/index.ts";
import { createLookup } from "./lookup.ts";
import type { EmulatorOptions, Settings } from "./options.ts";
import { resolveOptions } from "./options.ts";
import { createReadings } from "./readings.ts";
import { createReports } from "./reports.ts";
import type { RequestLog } from "./requests.ts";
import { createRequestLog } from "./requests.ts";
import { allRoutes } from "./routes/index.ts";
import { seedOrganization } from "./seed/index.ts";
import { listen } from "./server.ts";
import type { AccessList, OrganizationState } from "./state.ts";
import type { Throttle } from "./throttle/index.ts";
import { createThrottle } from "./throttle/index.ts";
import type { Totals } from "./totals.ts";
import { countTotals } from "./totals.ts";
import type { WriteLog } from "./writes.ts";
import { createWriteLog } from "./writes.ts";

export type { Beliefs } from "./beliefs.ts";
export { defaultBeliefs } from "./beliefs.ts";
export type { Changes } from "./changes/index.ts";
export type { ReadLag } from "./changes/journal.ts";
export type { DirectoryObject } from "./directory.ts";
export type { Application, Applications, ConfidentialApplication } from "./entra/applications.ts";
export type { Failure, Failures } from "./entra/failures.ts";
export type { Entra } from "./entra/index.ts";
export type { ApplicationOptions, EntraOptions, FederatedCredential } from "./entra/options.ts";
export type { Decision, Evaluator, Question } from "./evaluation.ts";
export { createEvaluator, evaluate } from "./evaluation.ts";
export type { FaultKind } from "./faults/fault.ts";
export type { Faults } from "./faults/index.ts";
export { faultKinds } from "./faults/kinds.ts";
export { parseRule } from "./faults/read-rule.ts";
export type { FaultRule, FaultStatus } from "./faults/rule.ts";
export type { Feed, FeedPermission, FeedRole, Feeds, FeedView, GlobalFeedPermission, Upstream } from "./feeds.ts";
export type { LevelName, LicenceRule, ProjectGrant, Seats, UserExtension } from "./licences.ts";
export { descriptorOf } from "./lookup.ts";
export { namespaceIds } from "./namespace-ids.ts";
export type { EmulatorOptions, Language, PageSizes, Preset, TokenOptions } from "./options.ts";
export type { Reply } from "./reply.ts";
export type { RequestHook, RequestLog, RequestRecord, RequestSeen } from "./requests.ts";
export type {
  AgentPool,
  AgentQueue,
  Authorship,
  EndpointScheme,
  Environment,
  ProjectUse,
  RoleObjects,
  SecureFile,
  ServiceEndpoint,
  VariableGroup,
} from "./role-objects.ts";
export type { SessionToken } from "./session-tokens.ts";
export type {
  AccessEntry,
  AccessList,
  Action,
  ClassificationNode,
  Entitlement,
  GroupDetails,
  GroupKind,
  Known,
  OrganizationState,
  Project,
  Repository,
  SecurityNamespace,
  Subject,
  SubjectKind,
  Team,
  TeamAdministrator,
} from "./state.ts";
export { groupOf, projectAt, subjectAt } from "./state.ts";
export type { Throttle, Usage } from "./throttle/index.ts";
export type { ThrottleOptions } from "./throttle/options.ts";
export { throttleRefusals } from "./throttle/options.ts";
export type { Totals } from "./totals.ts";
export type { WriteLog, WriteRecord } from "./writes.ts";

/** An organization without a server, for whatever needs only to know what is in it. */
export function createOrganization(options: EmulatorOptions = {}): OrganizationState {
  return seedOrganization(resolveOptions(options));
}

/** A running emulator. */
export interface Emulator {
  /** URL of the organization, e.g. `http://127.0.0.1:43211/fabrikam`. */
  readonly url: string;
  /** A token with every scope. */
  readonly token: string;
  /** A token that can read Graph, projects and teams, and nothing else. */
  readonly syncOnlyToken: string;
  /** Counted when they are asked for. */
  readonly totals: Totals;
  /** The truth at any time, however late reads tell it. */
  readonly state: OrganizationState;
  /** What another client could change, done at once and unseen by the logs. */
  readonly changes: Changes;
  readonly requests: RequestLog;
  /** Every request that came to change something. */
  readonly writes: WriteLog;
  readonly faults: Faults;
  readonly throttle: Throttle;
  /** Token endpoints and Microsoft Graph, when the options ask for them. */
  readonly entra?: Entra;
  /** Replaces every list of a namespace, as tests need them; what is asked from here on is answered by these. */
  setAccessLists(namespaceId: string, lists: readonly AccessList[]): void;
  /** Makes every continuation token of access levels stale, as time does (facts 3.4). */
  expireContinuationTokens(): void;
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A running emulator whose options ask for Entra. */
export interface EmulatorWithEntra extends Emulator {
  readonly entra: Entra;
}

/** Loaded only when it is wanted, since what makes certificates takes a while to load. */
async function entraOf(
  { entraSettings, seed }: Settings,
  state: OrganizationState,
  changes: Changes,
): Promise<RunningEntra | undefined> {
  if (!entraSettings) return undefined;
  const { startEntra } = await import("./entra/index.ts");
  return startEntra(entraSettings, state, changes, seed);
}

/** Seeds an organization and serves it. */
export async function startEmulator(
  options: EmulatorOptions & { readonly entra: EntraOptions },
): Promise<EmulatorWithEntra>;
export async function startEmulator(options?: EmulatorOptions): Promise<Emulator>;
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = resolveOptions(options);
  const { beliefs, hostStyle, organization, seed, shuffle } = settings;
  const state = seedOrganization(settings);
  const lookup = createLookup(state);
  const { changes, journal } = createChanges(state, settings.readLag);
  const readings = createReadings(seed, shuffle);
  const running = await entraOf(settings, state, changes);
  const credentials = createCredentials(settings, state, (token) => running?.claimsOf(token));
  const requests = createRequestLog();
  const writes = createWriteLog();
  const { faults, plan } = createFaults(settings.faults, seed);
  const { admit, throttle } = createThrottle(settings.throttle);
  const admin = createAdmin(settings.host, { faults, requests: requests.log, throttle, writes: writes.log });
  const { close: closeListener, origin } = await listen(settings, (at) => {
    const baseUrl = baseUrls(at, organization, hostStyle);
    const service = {
      settings,
      beliefs,
      state,
      lookup,
      changes,
      journal,
      readings,
      reports: createReports(seed),
      baseUrl,
    };
    const answerer = createAnswerer(service, credentials, allRoutes(settings));
    const exchanges = createExchanges({ service, credentials, answerer, admit, plan });
    return { settings, requests, writes, exchanges, admin };
  });
  const close = async () => {
    await Promise.all([closeListener(), running?.close()]);
  };
  return {
    url: `${origin}/${organization}`,
    token: credentials.token,
    syncOnlyToken: credentials.syncOnlyToken,
    get totals() {
      return countTotals(state, lookup, beliefs.servicePrincipalsInUserEntitlements);
    },
    state,
    changes,
    requests: requests.log,
    writes: writes.log,
    faults,
    throttle,
    ...(running ? { entra: running.entra } : {}),
    setAccessLists: changes.setLists,
    expireContinuationTokens: readings.expire,
    close,
    [Symbol.asyncDispose]: close,
  };
}
