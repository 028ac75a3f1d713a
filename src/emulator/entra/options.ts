/** A federated credential of an application: whose assertions it is known by, compared with case. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` when left out. */
  readonly audiences?: readonly string[];
}

/** An application that is registered in the tenant, with what proves that it is itself and what it was granted. */
export interface ApplicationOptions {
  readonly clientId: string;
  /** Of its service principal, by which Azure DevOps knows it; one of no organization when left out. */
  readonly objectId?: string;
  readonly displayName?: string;
  readonly secrets?: readonly string[];
  readonly expiredSecrets?: readonly string[];
  /** Certificates that it signs assertions with, in PEM. */
  readonly certificates?: readonly string[];
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Application permissions of Microsoft Graph that an administrator granted. */
  readonly graphRoles?: readonly string[];
  /** Delegated scopes of Azure DevOps that were consented to, such as `user_impersonation` or `vso.graph`. */
  readonly consented?: readonly string[];
  /** Where authorization codes may go; a loopback address stands for all of its ports. */
  readonly redirectUris?: readonly string[];
  /** Has no credentials of its own, and may use device codes. */
  readonly isPublic?: boolean;
}

/** What the emulated Entra can be told; everything has a default. */
export interface EntraOptions {
  /** `host:port` of the listener of token endpoints and Microsoft Graph; a free port of loopback when left out. */
  readonly listen?: string;
  /** Further applications, besides those that are always there. */
  readonly applications?: readonly ApplicationOptions[];
  readonly tokenLifetimeMs?: number;
  readonly deviceCodeLifetimeMs?: number;
  /** How long clients are told to wait between two questions about a device code; 5 s upstream. */
  readonly pollIntervalMs?: number;
  /** A refresh token is refused once it was used; upstream old ones stay good. */
  readonly singleUseRefreshTokens?: boolean;
  /** How long changes of memberships take to show in Azure DevOps; when left out they wait for `materialise`. */
  readonly membershipDelayMs?: number;
}

/** The options with every default filled in. */
export interface EntraSettings {
  readonly listen: string;
  readonly applications: readonly ApplicationOptions[];
  readonly tokenLifetimeMs: number;
  readonly deviceCodeLifetimeMs: number;
  readonly pollIntervalMs: number;
  readonly singleUseRefreshTokens: boolean;
  readonly membershipDelayMs: number | undefined;
}

const minuteMs = 60_000;

export function resolveEntraOptions(options: EntraOptions): EntraSettings {
  return {
    listen: options.listen ?? "127.0.0.1:0",
    applications: options.applications ?? [],
    tokenLifetimeMs: options.tokenLifetimeMs ?? 60 * minuteMs,
    deviceCodeLifetimeMs: options.deviceCodeLifetimeMs ?? 15 * minuteMs,
    pollIntervalMs: options.pollIntervalMs ?? 5_000,
    singleUseRefreshTokens: options.singleUseRefreshTokens ?? false,
    membershipDelayMs: options.membershipDelayMs,
  };
}
