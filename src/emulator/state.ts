import type { DirectoryObject } from "./directory.ts";
import type { Feeds } from "./feeds.ts";
import type { LevelName, LicenceRule, UserExtension } from "./licences.ts";
import type { RoleObjects } from "./role-objects.ts";
import type { SessionToken } from "./session-tokens.ts";

/**
 * The organization in memory. Tests read it as an independent source of truth; routes render it.
 * Subjects of every kind share one table and refer to each other by index, which keeps a large
 * organization small.
 */
export type SubjectKind =
  | "entra-user"
  | "msa-user"
  | "pending-user"
  | "windows-user"
  | "service-account"
  | "legacy-service"
  | "service-principal"
  | "group"
  | "entra-group"
  | "stray";

/** Who made a group: people, the service, a team, or Entra. */
export type GroupKind = "made" | "default" | "team" | "entra";

/** Who still knows a subject: Graph and identities, the identity service alone, or nobody. */
export type Known = "graph" | "identities" | "nowhere";

/** What a subject that is a group has besides. */
export interface GroupDetails {
  readonly kind: GroupKind;
  readonly description: string | null;
  /** Index of the project; absent for groups of the collection, the enterprise and Entra. */
  readonly project?: number;
  /** `EveryoneApplicationGroup` for valid users, else `Generic` (facts 2.5). */
  readonly specialType: string;
  /** Indexes of the direct members; of an Entra group only those that signed in here. */
  readonly members: number[];
}

/** A person's or service principal's access level (facts 6.1). */
export interface Entitlement {
  readonly level: LevelName;
  readonly status: string;
  /** Epoch milliseconds; 0 is never. */
  readonly lastAccess: number;
  readonly created: number;
  readonly assignment: "unknown" | "groupRule";
  /** Paid by the person; most have none. */
  readonly extensions?: readonly UserExtension[];
}

/** Anything that can be a member or stand in an entry: people, service identities, groups, strays. */
export interface Subject {
  readonly index: number;
  readonly kind: SubjectKind;
  /** First half of the subject descriptor. */
  readonly prefix: string;
  /** What the second half encodes: a CUID, a SID, or a service's own name. */
  readonly payload: string;
  readonly storageKey: string;
  readonly originId: string;
  readonly displayName: string;
  readonly principalName: string;
  readonly domain: string;
  readonly mail: string | null;
  /** Identity descriptor `{type};{identifier}` (facts 2.2). */
  readonly identity: string;
  readonly known: Known;
  /** Indexes of the groups that it is a direct member of. */
  readonly memberOf: number[];
  readonly group?: GroupDetails;
  readonly metaType?: string;
  readonly directoryAlias?: string;
  readonly applicationId?: string;
  readonly deletedInOrigin?: boolean;
  /** False for those that Graph knows but no longer counts as members of the organization. */
  readonly active: boolean;
  readonly entitlement?: Entitlement;
}

/** A project; only well-formed ones are listed without a filter (facts 3.5). */
export interface Project {
  readonly index: number;
  readonly id: string;
  /** Payload of its `scp.` descriptor; not the project id (facts 2.3, 15.3). */
  readonly scopeId: string;
  readonly name: string;
  readonly description: string | null;
  readonly state: "wellFormed" | "deleting" | "deleted" | "new" | "createPending";
  readonly visibility: "private" | "public";
  readonly revision: number;
  readonly updated: number;
  /** Index into `teams` of the default team; absent when the project is not well formed. */
  readonly defaultTeam?: number;
}

/** A team, which is also a group (facts 2.5). */
export interface Team {
  readonly index: number;
  /** Also storage key and origin id of its group (facts 2.5). */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly project: number;
  /** Index of its group among the subjects. */
  readonly group: number;
}

/** A Git repository; a hidden one holds a wiki and is listed on demand (facts 3.6). */
export interface Repository {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly project: number;
  /** `refs/heads/...`; absent while nothing was pushed. */
  readonly defaultBranch?: string;
  /** Bytes. */
  readonly size: number;
  readonly isDisabled: boolean;
  readonly isInMaintenance: boolean;
  readonly isHidden: boolean;
  /** Index of the repository that it was forked from. */
  readonly parent?: number;
}

/** An area or iteration; tokens chain the ids of its ancestors and its own (facts 4.3). */
export interface ClassificationNode {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly kind: "area" | "iteration";
  readonly project: number;
  /** Index of the node above; absent of a root, which has the project's name. */
  readonly parent?: number;
}

/** What one identity is allowed and denied on a token. */
export interface AccessEntry {
  /** Index of a subject, or an identity descriptor that belongs to none. */
  readonly who: number | string;
  readonly allow: number;
  readonly deny: number;
}

/** The entries of one token; without `inherit` the parents' do not count (facts 4.4). */
export interface AccessList {
  readonly token: string;
  readonly inherit: boolean;
  readonly entries: readonly AccessEntry[];
}

/** A security namespace and its bits (facts 4.1). */
export interface SecurityNamespace {
  readonly id: string;
  readonly name: string;
  readonly separator: string;
  readonly structure: number;
  readonly read: number;
  readonly write: number;
  readonly system: number;
  readonly bits: readonly Action[];
  readonly dataspace: string;
  readonly remotable: boolean;
  readonly translated: boolean;
  /** Whether the host that lists it also keeps it; `localOnly` leaves the others out. */
  readonly local: boolean;
}

/** A bit of a namespace; `title` is what people read in English. */
export interface Action {
  readonly name: string;
  readonly bit: number;
  readonly title: string;
}

/** One entry on a team's token of the Identity namespace, as seeded (facts 4.8). */
export interface TeamAdministrator {
  readonly team: number;
  readonly subject: number;
  readonly allow: number;
  readonly deny: number;
  readonly isMember: boolean;
}

/** What writes change, apart from each other: whatever is made of a part is made anew when the part has changed. */
export type StatePart = "subjects" | "memberships" | "lists" | "entitlements" | "feeds" | "tokens";

/** Everything there is. Lists hold indexes into `subjects`. */
export interface OrganizationState {
  /** How often each part was changed. */
  readonly revisions: Readonly<Record<StatePart, number>>;
  readonly organization: string;
  /** The collection's id, which a rename of the organization does not change. */
  readonly collectionId: string;
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly hostId: string;
  readonly subjects: readonly Subject[];
  /** Indexes by listing: what graph/users, graph/groups, graph/serviceprincipals and userentitlements hold. */
  readonly users: readonly number[];
  readonly groups: readonly number[];
  readonly servicePrincipals: readonly number[];
  readonly serviceAccounts: readonly number[];
  readonly strays: readonly number[];
  readonly projects: readonly Project[];
  readonly teams: readonly Team[];
  /** Those that are there; lists tell of deleted ones too. */
  readonly repositories: readonly Repository[];
  readonly classification: readonly ClassificationNode[];
  readonly namespaces: readonly SecurityNamespace[];
  /** Namespace id, then token in lower case. */
  readonly accessLists: ReadonlyMap<string, ReadonlyMap<string, AccessList>>;
  readonly teamAdministrators: readonly TeamAdministrator[];
  /** Pools, environments, service connections and the like. */
  readonly roleObjects: RoleObjects;
  readonly feeds: Feeds;
  /** Whom Entra knows besides; adding somebody brings them in from here (facts 2.6). */
  readonly directory: readonly DirectoryObject[];
  /** Personal access tokens and SSH keys of people. */
  readonly tokens: readonly SessionToken[];
  readonly licenceRules: readonly LicenceRule[];
  /** Groups with a licence rule. */
  readonly ruleGroups: readonly number[];
  /** The group Project Collection Administrators. */
  readonly administrators: number;
  /** The group Project-Scoped Users; absent unless visibility is limited (facts 2.4). */
  readonly projectScoped?: number;
  /** Who owns the organization: a person among its administrators, who cannot be removed from there (facts 12.1). */
  readonly owner: number;
  /** Whom every personal access token belongs to. */
  readonly caller: number;
  /** The project to whose people and groups the caller's listings are limited; absent when nothing is. */
  readonly callerProject?: number;
}

/** The subject at an index; an index from nowhere is a bug of the emulator. */
export function subjectAt(state: OrganizationState, index: number): Subject {
  const subject = state.subjects[index];
  if (!subject) throw new RangeError(`no subject at ${index}`);
  return subject;
}

/** The project at an index. */
export function projectAt(state: OrganizationState, index: number): Project {
  const project = state.projects[index];
  if (!project) throw new RangeError(`no project at ${index}`);
  return project;
}

/** The group details of a subject that is known to be a group. */
export function groupOf(subject: Subject): GroupDetails {
  if (!subject.group) throw new TypeError(`${subject.displayName} is not a group`);
  return subject.group;
}
