/**
 * The token endpoints of Microsoft Entra ID for the tenant that backs the emulated organization, over TLS since the
 * client libraries take no other address. Written from Microsoft's documents, and held to the libraries themselves.
 */
import { randomUUID, X509Certificate } from "node:crypto";
import type { Changes } from "../changes/index.ts";
import type { GraphParts } from "../microsoft-graph/index.ts";
import { answerGraph, graphPrefix } from "../microsoft-graph/index.ts";
import type { Reply } from "../reply.ts";
import type { RequestLog } from "../requests.ts";
import { createRequestLog } from "../requests.ts";
import type { OrganizationState } from "../state.ts";
import { subjectAt } from "../state.ts";
import type { AccessClaims } from "./access-tokens.ts";
import { createAccessTokens } from "./access-tokens.ts";
import type { Applications } from "./applications.ts";
import { createApplications } from "./applications.ts";
import type { AuthorityParts } from "./authority.ts";
import { answerAuthority } from "./authority.ts";
import { createAuthorizationCodes } from "./authorization-codes.ts";
import type { Browser } from "./authorize.ts";
import { createClientCertificate, createListenerCertificate } from "./certificates.ts";
import type { ProjectedToken } from "./cluster.ts";
import { createCluster } from "./cluster.ts";
import { createDeviceCodes } from "./device-codes.ts";
import type { Directory } from "./directory.ts";
import { createDirectory } from "./directory.ts";
import type { Failures } from "./failures.ts";
import { createFailures, failureReply } from "./failures.ts";
import type { WebRequest } from "./listener.ts";
import { listenWeb } from "./listener.ts";
import { answerManagedIdentity } from "./managed-identities.ts";
import { createMaterialisation } from "./materialisation.ts";
import type { EntraSettings } from "./options.ts";
import { personSigningIn } from "./people.ts";
import { createRefreshTokens } from "./refresh-tokens.ts";

/** A running Entra. */
export interface Entra {
  /** `https://127.0.0.1:port`: what clients take as their authority host. */
  readonly authorityHost: string;
  readonly tenantId: string;
  /** The certificate to trust, in PEM. */
  readonly caPem: string;
  readonly applications: Applications;
  /** Who signs in where a browser is opened or a code is typed. */
  readonly browser: Browser;
  /** For the environment of a client that is to find a managed identity. */
  readonly managedIdentity: {
    readonly identityEndpoint: string;
    readonly identityHeader: string;
    readonly podIdentityAuthorityHost: string;
  };
  /** `https://127.0.0.1:port/v1.0`: Microsoft Graph. */
  readonly graphUrl: string;
  /** Who and what is in the tenant, with all members of its groups. */
  readonly directory: Directory;
  /** Lets Azure DevOps see every membership that was changed until now. */
  materialise(): void;
  readonly failures: Failures;
  /** Requests by `METHOD path`, with `{tenant}` and `{id}` in place of ids; those of a batch besides the batch. */
  readonly requests: RequestLog;
  /** A new certificate that the application `connector` can prove itself by, with its key, in PEM. */
  createClientCertificate(): Promise<string>;
  /** What a pod finds in the file of its service account. */
  projectToken(token?: ProjectedToken): Promise<string>;
  /** Codes of devices that nobody has answered. */
  readonly pendingUserCodes: readonly string[];
  /** The person at the browser types the code, and signs in unless they decline. */
  answerDevice(userCode: string, answer?: "sign-in" | "decline"): void;
  /** Access tokens that were issued until now are as good as expired. */
  expireAccessTokens(): void;
  /** Refresh tokens that were issued until now are refused, as after a changed password. */
  revokeRefreshTokens(): void;
  /** The same, as after 90 days without use. */
  expireRefreshTokens(): void;
}

/** Entra as the rest of the emulator needs it. */
export interface RunningEntra {
  readonly entra: Entra;
  /** The claims of an access token that is good now. */
  claimsOf(token: string): AccessClaims | undefined;
  close(): Promise<void>;
}

const guids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Starts the listeners. */
export async function startEntra(
  settings: EntraSettings,
  state: OrganizationState,
  changes: Changes,
  seed: number,
): Promise<RunningEntra> {
  const { tenantId } = state;
  const pair = await createListenerCertificate();
  const accessTokens = await createAccessTokens(tenantId, settings.tokenLifetimeMs);
  const refreshTokens = createRefreshTokens(settings.singleUseRefreshTokens);
  const { failures, next } = createFailures();
  const requests = createRequestLog();
  const browser: Browser = { principalName: subjectAt(state, state.caller).principalName, declines: false };
  const identityHeader = randomUUID();

  function record(method: string, path: string, status: number): void {
    const route = path.replace(tenantId, "{tenant}").replace(guids, "{id}").replace(/\?.*$/, "");
    requests.record({ method, route, host: "entra", path, status });
  }

  async function answered({ method, url }: WebRequest, answer: () => Promise<Reply> | Reply) {
    const failure = next(method, url.pathname);
    if (failure?.isAfter) await answer();
    const reply = failure ? failureReply(failure) : await answer();
    record(method, url.pathname, typeof reply === "string" ? 0 : reply.status);
    return reply;
  }

  let parts: (AuthorityParts & GraphParts) | undefined;
  const secure = await listenWeb(settings.listen, pair, async (request) => {
    const known = parts;
    if (!known) return { status: 503 };
    const isGraph = request.url.pathname.startsWith(graphPrefix);
    return answered(request, () => (isGraph ? answerGraph(request, known) : answerAuthority(request, known)));
  });
  const cluster = await createCluster(`${secure.origin}/cluster`);
  const applications = createApplications(state, seed, cluster.issuer, settings.applications);
  const { clientId, displayName, objectId: id } = applications.stranger;
  const stranger = { kind: "servicePrincipal", id, clientId, displayName, isManagedIdentity: false } as const;
  const directory = createDirectory(state, seed, [stranger]);
  const materialisation = createMaterialisation(state, changes, directory, settings.membershipDelayMs);
  const verificationUri = `${secure.origin}/common/oauth2/deviceauth`;
  const deviceCodes = createDeviceCodes(verificationUri, settings.deviceCodeLifetimeMs, settings.pollIntervalMs);
  const authorizationCodes = createAuthorizationCodes();
  parts = {
    tenantId,
    applications,
    directory,
    materialisation,
    nextFailure: next,
    record,
    cluster,
    accessTokens,
    refreshTokens,
    deviceCodes,
    authorizationCodes,
    browser,
  };
  const identity = { accessTokens, identity: applications.managedIdentity, tenantId, secret: identityHeader };
  const plain = await listenWeb("127.0.0.1:0", undefined, (request) =>
    answered(request, () => answerManagedIdentity(request, identity)),
  );

  const entra: Entra = {
    authorityHost: secure.origin,
    tenantId,
    caPem: pair.certPem,
    applications,
    browser,
    managedIdentity: {
      identityEndpoint: `${plain.origin}/msi/token`,
      identityHeader,
      podIdentityAuthorityHost: plain.origin,
    },
    graphUrl: `${secure.origin}${graphPrefix.slice(0, -1)}`,
    directory,
    materialise: materialisation.materialise,
    failures,
    requests: requests.log,
    createClientCertificate: async () => {
      const { certPem, keyPem } = await createClientCertificate(applications.connector.clientId);
      applications.connector.certificates.push(new X509Certificate(certPem));
      return `${keyPem}${certPem}\n`;
    },
    projectToken: cluster.projectToken,
    get pendingUserCodes() {
      return deviceCodes.pending;
    },
    answerDevice: (userCode, answer = "sign-in") => {
      const person = personSigningIn(directory, browser.principalName, tenantId);
      deviceCodes.answer(userCode, answer === "decline" ? undefined : person);
    },
    expireAccessTokens: accessTokens.expire,
    revokeRefreshTokens: refreshTokens.revoke,
    expireRefreshTokens: refreshTokens.expire,
  };
  return {
    entra,
    claimsOf: accessTokens.find,
    close: async () => {
      await Promise.all([secure.close(), plain.close()]);
    },
  };
}
