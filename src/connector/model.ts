/** The contract's things as plain objects: handlers speak these, `to-proto.ts` alone knows the messages. */

export interface ResourceRef {
  readonly type: string;
  readonly id: string;
}

export type Trait = "user" | "group" | "app";

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
  /** Other ids by which this resource goes or went. */
  readonly aliases?: readonly string[];
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

/** An entitlement that every resource of a type has. */
export interface EntitlementDefinition {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly purpose: "assignment" | "permission";
  /** Ids of the resource types that may hold it. */
  readonly grantableTo: readonly string[];
}

export interface Grant {
  readonly slug: string;
  readonly principal: ResourceRef;
  /** Set when the principal is a group: who holds this entitlement of it holds the granted one too. */
  readonly throughSlug?: string;
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
