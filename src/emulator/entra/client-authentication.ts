import type { X509Certificate } from "node:crypto";
import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Application, Applications } from "./applications.ts";
import type { Cluster } from "./cluster.ts";
import type { FederatedCredential } from "./options.ts";
import { EntraProblem, missingParameter } from "./problems.ts";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** The libraries round the start of an assertion, up to a second ahead; Microsoft's own checks allow five minutes. */
const clockTolerance = 300;
const exchangeAudience = "api://AzureADTokenExchange";

interface Parts {
  readonly applications: Applications;
  readonly cluster: Cluster;
  readonly tenantId: string;
  /** What the `aud` of a client's own assertion may be: the token endpoint, or the issuer. */
  readonly audiences: readonly string[];
}

/** Who asks: a client that has proved it, or one that has nothing to prove it by. */
export interface Client {
  readonly application: Application;
  readonly isProven: boolean;
}

const invalidClient = (code: number, message: string) => new EntraProblem("invalid_client", code, message);

function notRegistered(clientId: string, tenantId: string): EntraProblem {
  const remedy =
    "This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.";
  const message = `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. ${remedy}`;
  return new EntraProblem("unauthorized_client", 700016, message);
}

function checkSecret(application: Application, secret: string): void {
  if (application.isPublic) throw publicWithCredential();
  if (application.secrets.has(secret)) return;
  const { clientId, expiredSecrets } = application;
  if (expiredSecrets.has(secret)) {
    const remedy = "Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret.";
    throw invalidClient(7000222, `The provided client secret keys for app '${clientId}' are expired. ${remedy}`);
  }
  const remedy =
    "Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app";
  throw invalidClient(7000215, `Invalid client secret provided. ${remedy} '${clientId}'.`);
}

const publicWithCredential = () =>
  invalidClient(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.");

/** Whatever the library finds wrong about an assertion, in Entra's words. */
function assertionProblem(error: unknown): unknown {
  if (
    error instanceof errors.JWTExpired ||
    (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf")
  ) {
    return invalidClient(700024, "Client assertion is not within its valid time range.");
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
    return invalidClient(700023, "Client assertion audience claim does not match Realm issuer.");
  }
  if (error instanceof errors.JOSEError) {
    return invalidClient(700027, "Client assertion failed signature validation.");
  }
  return error;
}

const thumbprint = (certificate: X509Certificate, hash: "sha1" | "sha256") =>
  createHash(hash).update(certificate.raw).digest("base64url");

/** The registered certificate that the header of an assertion names by its hash. */
function certificateOf(application: Application, assertion: string): X509Certificate {
  const { x5t, "x5t#S256": x5t256 } = decodeProtectedHeader(assertion);
  const found = application.certificates.find(
    (each) =>
      (x5t !== undefined && thumbprint(each, "sha1") === x5t) ||
      (x5t256 !== undefined && thumbprint(each, "sha256") === x5t256),
  );
  if (found) return found;
  const reason = `[Reason - The key was not found., Thumbprint of key used by client: '${x5t256 ?? x5t ?? ""}']`;
  throw invalidClient(
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. ${reason}`,
  );
}

/** An assertion that the client signed itself (learn.microsoft.com/entra/identity-platform/certificate-credentials). */
async function checkOwnAssertion(application: Application, assertion: string, audiences: readonly string[]) {
  const { publicKey } = certificateOf(application, assertion);
  const options = {
    algorithms: ["RS256", "PS256"],
    audience: [...audiences],
    requiredClaims: ["exp", "jti"],
    clockTolerance,
  };
  await jwtVerify(assertion, publicKey, options);
}

function mismatch(code: number, name: string, value: string): EntraProblem {
  const check =
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion.";
  const link = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";
  const message = `No matching federated identity record found for presented assertion ${name} '${value}'. ${check} ${link}`;
  return invalidClient(code, message);
}

function matching(credentials: readonly FederatedCredential[], { aud, iss = "", sub = "" }: JWTPayload): void {
  const audience = [aud ?? ""].flat().join(", ");
  const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw mismatch(700211, "issuer", iss);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) throw mismatch(700213, "subject", sub);
  if (!ofSubject.some(({ audiences = [exchangeAudience] }) => audiences.includes(audience))) {
    throw mismatch(700212, "audience", audience);
  }
}

/** An assertion of somebody else whom the application trusts, such as a cluster. */
async function checkFederatedAssertion(application: Application, assertion: string, cluster: Cluster): Promise<void> {
  matching(application.federatedCredentials, decodeJwt(assertion));
  await jwtVerify(assertion, cluster.publicKey, { algorithms: ["RS256"], requiredClaims: ["exp"], clockTolerance });
}

async function checkAssertion(application: Application, form: URLSearchParams, parts: Parts): Promise<void> {
  if (application.isPublic) throw publicWithCredential();
  const assertion = form.get("client_assertion") ?? "";
  if (form.get("client_assertion_type") !== assertionType) throw missingParameter("client_assertion_type");
  try {
    const { iss, sub } = decodeJwt(assertion);
    if (iss !== sub) return await checkFederatedAssertion(application, assertion, parts.cluster);
    if (iss?.toLowerCase() !== application.clientId) {
      throw invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
    }
    await checkOwnAssertion(application, assertion, parts.audiences);
  } catch (error) {
    throw assertionProblem(error);
  }
}

/** Finds out which client sends a request, and holds it to what it proves that by. */
export async function authenticateClient(form: URLSearchParams, parts: Parts): Promise<Client> {
  const clientId = form.get("client_id");
  if (!clientId) throw missingParameter("client_id");
  const application = parts.applications.byClientId(clientId);
  if (!application) throw notRegistered(clientId, parts.tenantId);
  const secret = form.get("client_secret");
  if (secret !== null) {
    checkSecret(application, secret);
    return { application, isProven: true };
  }
  if (form.has("client_assertion")) {
    await checkAssertion(application, form, parts);
    return { application, isProven: true };
  }
  return { application, isProven: false };
}

/** What a client without a credential is told where it needs one. */
export const noProof = () =>
  invalidClient(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );

/** Refuses a client that proves nothing although it could. */
export function requireProof({ application, isProven }: Client): void {
  if (!isProven && !application.isPublic) throw noProof();
}
