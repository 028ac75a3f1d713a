/** The contract's things as plain objects: handlers speak these, `to-proto.ts` alone knows the messages. */

export interface ResourceRef {
  readonly type: string;
  readonly id: string;
}

export type Trait = "user" | "group" | "app" | "secret" | "license-profile";

/** What the platform may use a resource type for, and what it is called. */
export interface ResourceTypeDescription {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly traits: readonly Trait[];
}

export type Status = "enabled" | "disabled" | "deleted" | "unspecified";
export type AccountType = "human" | "service" | "system";
export type ProfileValue = string | number | boolean;

export interface Resource extends ResourceRef {
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly parent?: ResourceRef | undefined;
  readonly status?: { readonly value: Status; readonly details?: string | undefined } | undefined;
  readonly createdAt?: Date | undefined;
  /** Empty and undefined members are left out. */
  readonly profile?: Readonly<Record<string, ProfileValue | null | undefined>>;
  readonly user?: UserDetails;
  readonly group?: GroupDetails;
  readonly nonHuman?: {
    readonly kind: "app-registration" | "managed-identity" | "unspecified";
    readonly detail?: string;
  };
  readonly license?: LicenseDetails;
  readonly secret?: SecretDetails;
  /** Other ids by which this resource goes or went. */
  readonly aliases?: readonly string[];
  /** Nothing is granted on it, unlike on others of its type: the platform need not ask. */
  readonly withoutGrants?: boolean;
}

export interface UserDetails {
  readonly login?: string | undefined;
  readonly emails: readonly string[];
  readonly accountType: AccountType;
  readonly lastLogin?: Date | undefined;
}

export interface GroupDetails {
  /** Where the group's members are decided: `azure-devops` or `entra`. */
  readonly source: string;
}

/** A kind of licence, with its seats where they are told. */
export interface LicenseDetails {
  readonly name: string;
  readonly purchasedSeats?: number | undefined;
  readonly consumedSeats?: number | undefined;
  /** The entitlement of the resource that takes up a seat. */
  readonly seatSlug: string;
}

/** Something that somebody signs in with, and never what it is. */
export interface SecretDetails {
  /** Whom it signs in as. */
  readonly owner: ResourceRef;
  readonly kind: "static-secret" | "asymmetric-key";
  /** The kind in upstream's words. */
  readonly detail: string;
  /** Absent when it does not lapse. */
  readonly expiresAt?: Date | undefined;
}

/** What can be granted on a resource, or on every resource of a type. */
export interface EntitlementDefinition {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly purpose: "assignment" | "permission";
  /** Ids of the resource types that may hold it. */
  readonly grantableTo: readonly string[];
  readonly exclusion?: ExclusionGroup;
  /** Why nobody can be given it through this connector. */
  readonly immutable?: string;
  /** What holding it means, where it stands for several permissions. */
  readonly contents?: readonly PermissionSet[];
}

/** Entitlements of which a principal holds one at most; the higher order gives more. */
export interface ExclusionGroup {
  readonly group: string;
  readonly order: number;
  readonly isDefault?: boolean;
  /** One group for all resources of the type, and not one for each. */
  readonly ofType?: boolean;
}

/** Permissions that are held together. */
export interface PermissionSet {
  /** On which resources; absent where they are the entitlement's own. */
  readonly resources?: readonly ResourceRef[];
  /** `<namespace slug>.<action slug>`, ascending. */
  readonly permissions: readonly string[];
}

/** What can be told of a grant besides. */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

export interface Grant {
  readonly slug: string;
  readonly principal: ResourceRef;
  /** Set when the principal is a group: who holds this entitlement of it holds the granted one too. */
  readonly throughSlug?: string;
  readonly metadata?: Readonly<Record<string, Json>>;
  /** Why it cannot be changed or taken where it is told. */
  readonly immutable?: string;
}

/** A grant with the resource that it is on. */
export interface GrantRow extends Grant {
  readonly resource: ResourceRef;
}

/** An entitlement of one resource. */
export interface EntitlementRow {
  readonly resource: ResourceRef;
  readonly definition: EntitlementDefinition;
}
