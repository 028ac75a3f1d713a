import { X509Certificate } from "node:crypto";
import { guid } from "../ids.ts";
import type { OrganizationState, Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import type { ApplicationOptions, FederatedCredential } from "./options.ts";

/** A registered application; what it was granted can change while the emulator runs. */
export interface Application {
  readonly clientId: string;
  readonly objectId: string;
  readonly displayName: string;
  readonly secrets: ReadonlySet<string>;
  readonly expiredSecrets: ReadonlySet<string>;
  readonly certificates: X509Certificate[];
  readonly federatedCredentials: readonly FederatedCredential[];
  readonly graphRoles: Set<string>;
  readonly consented: Set<string>;
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
}

/** An application together with the secret that its owner knows. */
export interface ConfidentialApplication extends Application {
  readonly secret: string;
}

/** The applications that are always there. */
export interface Applications {
  /** In the organization, with a secret, a federated credential and the right to change groups. */
  readonly connector: ConfidentialApplication;
  /** In the organization, for people who sign in by a device code or a browser. */
  readonly publicClient: Application;
  /** A managed identity that is in the organization. */
  readonly managedIdentity: Application;
  /** In the tenant, with a secret, and in no organization. */
  readonly stranger: ConfidentialApplication;
  byClientId(clientId: string): Application | undefined;
}

/** What a service account of Kubernetes is called by its cluster. */
export const clusterSubject = "system:serviceaccount:connectors:azure-devops";

function applicationOf(options: ApplicationOptions, newObjectId: () => string): Application {
  return {
    clientId: options.clientId.toLowerCase(),
    objectId: options.objectId ?? newObjectId(),
    displayName: options.displayName ?? options.clientId,
    secrets: new Set(options.secrets),
    expiredSecrets: new Set(options.expiredSecrets),
    certificates: (options.certificates ?? []).map((pem) => new X509Certificate(pem)),
    federatedCredentials: options.federatedCredentials ?? [],
    graphRoles: new Set(options.graphRoles),
    consented: new Set(options.consented),
    redirectUris: options.redirectUris ?? [],
    isPublic: options.isPublic ?? false,
  };
}

/** The first service principal of a kind; every organization that Entra backs has both. */
function principal(state: OrganizationState, metaType: string): Subject {
  const found = state.servicePrincipals
    .map((index) => subjectAt(state, index))
    .find((each) => each.metaType === metaType);
  if (!found) throw new RangeError(`the organization has no service principal of the kind ${metaType}`);
  return found;
}

/** Registers the applications that are always there, and those of the options. */
export function createApplications(
  state: OrganizationState,
  seed: number,
  clusterIssuer: string,
  others: readonly ApplicationOptions[],
): Applications {
  const id = (salt: string, index = 0) => guid(seed, salt, index);
  const secretOf = (name: string) => `${id(`${name}-secret`).replaceAll("-", "")}~Q`;
  const asOptions = ({ applicationId, displayName, originId }: Subject) => ({
    clientId: applicationId ?? originId,
    objectId: originId,
    displayName,
  });
  let strangers = 0;
  const register = (options: ApplicationOptions) => applicationOf(options, () => id("stranger-object", strangers++));
  const confidential = (name: string, options: ApplicationOptions): ConfidentialApplication => {
    const secret = secretOf(name);
    return { ...register({ ...options, secrets: [secret] }), secret };
  };

  const connector = confidential("connector", {
    ...asOptions(principal(state, "application")),
    expiredSecrets: [secretOf("expired")],
    federatedCredentials: [{ issuer: clusterIssuer, subject: clusterSubject }],
    graphRoles: ["GroupMember.ReadWrite.All", "User.Read.All", "Application.Read.All"],
    consented: ["user_impersonation"],
    redirectUris: ["http://localhost"],
  });
  const publicClient = register({
    clientId: id("public-client"),
    displayName: "Azure DevOps connector (sign-in)",
    consented: [
      "user_impersonation",
      "vso.profile",
      "vso.graph",
      "vso.graph_manage",
      "vso.memberentitlementmanagement_write",
      "vso.project",
      "vso.identity",
    ],
    redirectUris: ["http://localhost", "http://127.0.0.1"],
    isPublic: true,
  });
  const managedIdentity = register(asOptions(principal(state, "managedIdentity")));
  const stranger = confidential("stranger", { clientId: id("stranger"), displayName: "Stranger" });
  const all = [connector, publicClient, managedIdentity, stranger, ...others.map(register)];
  const known = new Map<string, Application>(all.map((each) => [each.clientId, each]));
  return {
    connector,
    publicClient,
    managedIdentity,
    stranger,
    byClientId: (clientId) => known.get(clientId.toLowerCase()),
  };
}
