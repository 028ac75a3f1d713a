import type { Call } from "../call.ts";
import type { Json, ResourceRef } from "./model.ts";

/** What a platform orders: one entitlement for one principal, or no longer. */
export interface ChangeRequest {
  readonly kind: "grant" | "revoke";
  readonly resource: ResourceRef;
  readonly slug: string;
  readonly principal: ResourceRef;
  /** Of a revoke: the id of the entitlement that the grant took the place of, and which is to come back. */
  readonly previous?: string | undefined;
  /** Of a revoke: the permissions, as their bits, that were there before the grant as its metadata tells, and stay. */
  readonly kept?: number | undefined;
  /** What is known of permissions that were granted here; it goes before what the metadata tells. */
  readonly given?: KnownGrant | undefined;
}

/** Permissions that are given together, as bits of one access control list. */
export interface GivenBits {
  /** Identifies the list. */
  readonly list: string;
  readonly mask: number;
  /** Of the mask, what was there before. */
  readonly before: number;
}

/** What the connector knows of a grant of permissions. */
export interface KnownGrant {
  /** What was there when it was made. */
  readonly first: number;
  /** What was there before any grant of the connector's. */
  readonly before: number;
  /** What the same principal was granted besides, and still has. */
  readonly others: readonly { readonly id: string; readonly list: string; readonly mask: number }[];
}

/** Kinds of principals that Tier 0 is kept from, unless it is switched on for them. */
export const guardedKinds = ["groups", "entra-groups", "guests", "build-identities", "valid-users"] as const;
export type GuardedKind = (typeof guardedKinds)[number];

/** Ids of the access levels that can be given, ascending by what they give. */
export const accessLevelIds = [
  "stakeholder",
  "basic",
  "github-enterprise",
  "basic-test-plans",
  "visual-studio-subscriber",
  "visual-studio-professional",
  "visual-studio-test-professional",
  "visual-studio-enterprise",
] as const;
export type AccessLevelId = (typeof accessLevelIds)[number];

/** What may be changed, and how far; the options of the one who runs the connector. */
export interface ChangePolicy {
  /** Of this call: never more than the connector itself may. */
  readonly level: "standard" | "privileged";
  /** Who besides people and service principals may be given Tier 0. */
  readonly tierZeroTo: ReadonlySet<GuardedKind>;
  /** So many enabled people stay administrators of the organization and of each project. */
  readonly minAdmins: number;
  /** Whether a Grant may take an explicit deny away. */
  readonly removesDenies: boolean;
  /** The access level that a Revoke leaves. */
  readonly accessLevelFloor: AccessLevelId;
  readonly entraGroups: EntraGroupPolicy;
  readonly accounts: AccountPolicy;
}

/** What becomes of a change of a group whose members Microsoft Entra keeps. */
export interface EntraGroupPolicy {
  readonly mode: "accept" | "refuse" | "manage";
  /** Object ids of the groups that `manage` may change. */
  readonly allowed: ReadonlySet<string>;
}

/** What may be done with accounts. */
export interface AccountPolicy {
  /** Mail domains, in lower case, of people who may be added; `*` is all of them. */
  readonly domains: ReadonlySet<string>;
  /** Whether people may be added whom the organization's directory does not know. */
  readonly invitesOutsiders: boolean;
  /** Whether somebody may be given a level of which no seat is left, so that another one is paid. */
  readonly allowsPaidSeats: boolean;
  /** Whether users and service principals may be removed from the organization. */
  readonly deprovisions: boolean;
}

/** What is there, as upstream tells it now. */
export interface ChangeState {
  /** Nothing is left to do. */
  readonly done: boolean;
  /** For the record. */
  readonly held: Json;
  /** Of the group that loses a member: how many it has. */
  readonly members?: number;
  /** How many lose something at once; one where it is not said. */
  readonly losing?: number;
  /** Of a grant: it gives less than what is there, which counts as taking away. */
  readonly lowers?: boolean;
}

/** What the answer to a write tells of it. */
export interface WriteReceipt {
  /** What Microsoft's support finds the request by. */
  readonly activityId?: string | undefined;
}

/** What is told of a change besides whether it was made. */
export interface ChangeDetails {
  readonly notes?: readonly string[];
  /** Id of the entitlement that this one took the place of. */
  readonly replaced?: string | undefined;
  /** The permissions that a grant is of. */
  readonly bits?: GivenBits | undefined;
  /** By what the principal has it still, after a revoke. */
  readonly remaining?: readonly string[];
}

/** A change that is accepted and made by nobody here. */
export interface NotPerformed {
  readonly reason: string;
  readonly entraGroupId: string;
  readonly remedy: string;
  readonly link: string;
}

/** One change of one entitlement, ready to be made. Each function asks upstream anew. */
export interface Change {
  /** For people: what is changed and for whom. */
  readonly summary: string;
  /** Changes that name the same are made one after the other. */
  readonly lock: string;
  /** What else it needs to itself. */
  readonly alsoLocks?: readonly string[];
  /** What else it needs to itself, and is decided by: what another one wrote of that has to show first. */
  readonly restsOn?: readonly string[];
  /** Set where nothing is to be done here. */
  readonly instead?: NotPerformed;
  read(call: Call): Promise<ChangeState>;
  /** Where nothing is left to do: fails when what is asked for is not so all the same, by something else. */
  already?(state: ChangeState, call: Call): Promise<ChangeDetails | undefined>;
  /** Fails with `refused` where a rule of Azure DevOps or a guardrail stands against it. */
  check(state: ChangeState, call: Call): Promise<void>;
  /** What making it takes along, for people: a dry run tells it, and the record of the change keeps it. */
  foretell?(state: ChangeState, call: Call): Promise<readonly string[]>;
  /** Must be right to repeat; it is repeated only after the state was read. */
  write(state: ChangeState, call: Call): Promise<WriteReceipt>;
  /** Whether a refusal of the write says that what is asked for is so already. */
  saysSo?(error: unknown): boolean;
  /** Why it has to be taken back now that it is made: another one was made at the same time. */
  review?(call: Call): Promise<string | undefined>;
  /** Gives what did not come back, for people. */
  undo?(before: ChangeState, call: Call): Promise<readonly string[] | undefined>;
  details?(before: ChangeState, call: Call): Promise<ChangeDetails>;
  /** Of a grant: what it takes the place of. */
  past?(before: ChangeState): Pick<ChangeDetails, "replaced" | "bits">;
}

/** How an entitlement is changed. Fails with `not-found` and `invalid-request` for what does not exist or cannot be. */
export type Writer<R> = (readings: R, request: ChangeRequest, policy: ChangePolicy, call: Call) => Promise<Change>;

/** What came of an order. */
export interface ChangeResult extends ChangeDetails {
  readonly outcome: "performed" | "already" | "not-performed";
  /** It would have been made. */
  readonly dryRun?: boolean;
  /** When the new state was seen; absent while Azure DevOps does not show it. */
  readonly verifiedAt?: Date | undefined;
  readonly notPerformed?: NotPerformed;
  readonly activityId?: string | undefined;
}

/** On whose behalf something is changed. */
export interface ChangeOrigin {
  readonly caller: string;
  readonly requestId: string;
  readonly ticketId?: string | undefined;
}

/** What came of an order, with the hash of the record that was kept of it: "" when it could not be kept. */
export interface ChangeAnswer extends ChangeResult {
  readonly recordHash: string;
  /** The request, with resource and principal in the form in which they are reported. */
  readonly request: ChangeRequest;
}

/** Takes orders for changes. */
export interface ChangeDesk {
  change(request: ChangeRequest, origin: ChangeOrigin, call: Call): Promise<ChangeAnswer>;
  /** Says that everything taken away up to now was meant; gives the hash of its record. */
  acknowledge(origin: ChangeOrigin, call: Call): Promise<string>;
}
