/**
 * Wire shapes of the Azure DevOps REST APIs (7.1) that are read here, with the fields that are used.
 * Names and optionality follow Microsoft's OpenAPI documents; nothing but types may live in this file,
 * since it is the one file that the client and the emulator share.
 */

/** Any member of the Graph: `descriptor` is the subject descriptor (`aad.…`, `vssgp.…`). */
export interface GraphSubject {
  readonly descriptor: string;
  readonly displayName?: string | null;
  readonly subjectKind?: string | null;
  readonly origin?: string | null;
  /** Entra object id for Entra subjects, storage key for Azure DevOps' own groups (team id for a team). */
  readonly originId?: string | null;
  readonly legacyDescriptor?: string | null;
  readonly url?: string | null;
}

export interface GraphMember extends GraphSubject {
  readonly domain?: string | null;
  readonly principalName?: string | null;
  readonly mailAddress?: string | null;
}

export interface GraphUser extends GraphMember {
  readonly directoryAlias?: string | null;
  readonly metaType?: string | null;
  readonly isDeletedInOrigin?: boolean | null;
}

export interface GraphServicePrincipal extends GraphUser {
  readonly applicationId?: string | null;
}

export interface GraphGroup extends GraphMember {
  readonly description?: string | null;
  readonly isDeleted?: boolean | null;
  readonly specialType?: string | null;
}

export interface GraphMembership {
  readonly containerDescriptor: string;
  readonly memberDescriptor: string;
}

export interface AccessLevel {
  readonly accountLicenseType?: string | null;
  readonly licensingSource?: string | null;
  readonly msdnLicenseType?: string | null;
  readonly gitHubLicenseType?: string | null;
  readonly licenseDisplayName?: string | null;
  readonly status?: string | null;
  readonly statusMessage?: string | null;
  readonly assignmentSource?: string | null;
}

export interface UserEntitlement {
  /** The user's storage key. */
  readonly id: string;
  readonly user: GraphUser;
  readonly accessLevel?: AccessLevel | null;
  /** `0001-01-01T00:00:00` (with or without `Z`, with or without fraction) means never. */
  readonly lastAccessedDate?: string | null;
  readonly dateCreated?: string | null;
}

/** An identity of the identity service; `descriptor` is the identity descriptor (`{type};{identifier}`). */
export interface Identity {
  /** Storage key. */
  readonly id: string;
  readonly descriptor: string;
  readonly subjectDescriptor?: string | null;
  readonly providerDisplayName?: string | null;
  readonly customDisplayName?: string | null;
  readonly isActive?: boolean | null;
  readonly isContainer?: boolean | null;
  /** Identity descriptors of the direct members, when membership was asked for. */
  readonly members?: readonly string[] | null;
  /** Storage keys of the direct members, when membership was asked for. */
  readonly memberIds?: readonly string[] | null;
  readonly memberOf?: readonly string[] | null;
  readonly metaTypeId?: number | null;
  readonly properties?: Readonly<Record<string, { readonly $type?: string; readonly $value?: unknown }>> | null;
}

/** Body of `POST identitybatch`; answers are positional, with null for what is unknown. */
export interface IdentityBatchInfo {
  readonly descriptors?: readonly string[];
  readonly identityIds?: readonly string[];
  readonly subjectDescriptors?: readonly string[];
  readonly queryMembership?: "none" | "direct" | "expanded" | "expandedUp" | "expandedDown";
  readonly propertyNames?: readonly string[];
  readonly includeRestrictedVisibility?: boolean;
}

export interface TeamProject {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly state?: string | null;
  readonly visibility?: string | null;
  readonly lastUpdateTime?: string | null;
  readonly revision?: number | null;
  readonly url?: string | null;
}

export interface WebApiTeam {
  /** Also the `originId` of the team's Graph group. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly projectId: string;
  readonly projectName?: string | null;
  readonly url?: string | null;
  readonly identityUrl?: string | null;
}

export interface TeamMember {
  readonly identity: {
    readonly id: string;
    /** Subject descriptor. */
    readonly descriptor?: string | null;
    readonly displayName?: string | null;
    readonly uniqueName?: string | null;
    readonly isContainer?: boolean | null;
  };
  /** Present only when true. */
  readonly isTeamAdmin?: boolean | null;
}

/** One entry of an access control list; a field that would be 0 is left out. */
export interface AccessControlEntry {
  readonly descriptor: string;
  readonly allow?: number;
  readonly deny?: number;
}

export interface AccessControlList {
  readonly token: string;
  readonly inheritPermissions?: boolean;
  /** Keyed by identity descriptor. */
  readonly acesDictionary: Readonly<Record<string, AccessControlEntry>>;
}

export interface ResourceArea {
  readonly id: string;
  readonly name: string;
  /** Base URL of the service host with the organization in it, e.g. `https://vssps.dev.azure.com/fabrikam/`. */
  readonly locationUrl: string;
}

export interface ConnectionData {
  readonly authenticatedUser: {
    readonly id: string;
    readonly descriptor?: string | null;
    readonly subjectDescriptor?: string | null;
    readonly providerDisplayName?: string | null;
  };
  readonly authorizedUser?: { readonly id: string } | null;
  readonly instanceId: string;
  readonly deploymentId?: string | null;
  readonly deploymentType?: string | null;
}
