/**
 * What the published sources leave open or contradict each other on: one switch each, so that a client can
 * be shown right under every belief. Numbers name the section of the facts.
 */
export interface Beliefs {
  /** `POST identitybatch` is in no public document (3.3): there, or unknown to the host. */
  readonly identityBatch: "available" | "missing";
  /** Whether `identitybatch` is a preview resource at 7.1 (1.4). */
  readonly identityBatchVersion: "preview" | "released";
  /** What a token without the needed scope gets (9.2). */
  readonly missingScope: "401" | "403" | "sign-in";
  /** What bad credentials get without `X-TFS-FedAuthRedirect: Suppress` (10.4). */
  readonly signIn: "redirect" | "html";
  /** Which fields of a page of user entitlements hold the rows (3.4, 15.1). */
  readonly entitlementRows: "items" | "members" | "both";
  /** How the last page of user entitlements says that it is the last (15.1). */
  readonly entitlementEnd: "absent" | "empty" | "null";
  /** Full pages, or short ones, or also empty ones, with more to follow (3.1, 15.1). */
  readonly graphPages: "full" | "short" | "empty";
  /** Which build identities graph/users holds (3.1). */
  readonly serviceAccountsInUsers: "some" | "all" | "none";
  /** Whether graph/groups leaves deleted groups out, or lists and flags them (2.7). */
  readonly deletedGroups: "omitted" | "flagged";
  /** Whether service principals are among userentitlements, as users (3.4 against 15.3). */
  readonly servicePrincipalsInUserEntitlements: boolean;
  /** Whether identity reads give the members of an Entra group that signed in here, 99 at most (3.2). */
  readonly entraMembersInIdentities: "partial" | "none";
  /** The same for graph/memberships (3.2). */
  readonly entraMembersInGraph: "partial" | "none";
  /** Whether projects answers with `X-MS-ContinuationToken`, which the documents do not declare (15.1). */
  readonly projectContinuation: "header" | "absent";
  /** Whether `members` and `memberIds` of an identity are in the same order. */
  readonly memberOrder: "aligned" | "unaligned";
  /** What makes a team administrator: all five bits, or ManageMembership alone (4.8 against 15.5). */
  readonly teamAdministrator: "all-bits" | "manage-membership";
  /** Whether `isTeamAdmin` is left out when false (3.5), or written (SPEC example). */
  readonly isTeamAdminFalse: "absent" | "written";
  /** Whether reading access control lists needs vso.security_manage or any valid token (9.2). */
  readonly aclReadScope: "any" | "security-manage";
  /** Whether fields of an entry that would be 0 are left out (4.4), or written (SPEC example). */
  readonly aclZeros: "absent" | "written";
  /** Whether a project's token of the Project namespace ends in a colon (15.5). */
  readonly projectTokenColon: boolean;
  /** Whether the organization's token of the Collection namespace ends in a colon, as clients have it, or not, as in the documents (4.2). */
  readonly collectionTokenColon: boolean;
  /** The one token of the AuditLog namespace (4.2). */
  readonly auditToken: "AllPermissions" | "/AllPermissions";
  /** Whether a permissions report names actions, or has the titles that people read: no document shows one. */
  readonly reportPermissions: "names" | "titles";
  /** Whether the keys of an access control list repeat the identity's own text, or its tenant id in upper case (1.5, 4.4). */
  readonly aclKeyCase: "same" | "upper";
  /** How storage keys are written in entitlements (1.5; the SPEC example has capitals). */
  readonly entitlementIdCase: "lower" | "upper";
  /** Unknown subjects of a lookup: absent or null (2.6). */
  readonly lookupMissing: "absent" | "null";
  /** Whether JSON bodies begin with a byte order mark (1.5). */
  readonly byteOrderMark: boolean;
  /** How "never" and other dates are written (1.5). */
  readonly dates: "zulu" | "bare" | "fraction" | "shifted" | "mixed";
  /** How the tokens of pools, queues and environments begin, `AgentPools/` or `AgentPool/` (4.2 marks both unverified). */
  readonly roleTokens: "plural" | "singular";
  /** Whether a server has environments: their own document is not one of a server's, that of pipelines is (1.7). */
  readonly serverEnvironments: "available" | "missing";
  /** Whether any group has a licence rule. */
  readonly groupRules: "some" | "none";
  /** What a group without a rule answers: JSON `null`, or 204 without a body (3.4). */
  readonly missingGroupRule: "null" | "204";
  /** With which status structural refusals of memberships and groups come; only their type keys are known (11.2). */
  readonly structuralRefusal: "400" | "403" | "500";
  /** What adding a member again answers; "same 201/200" (12.1), and there is an exception for it (11.2). */
  readonly repeatedMembership: "201" | "200" | "409";
  /** What removing a membership that is not there answers: success, or 404 with one of two type keys (12.1, 11.2). */
  readonly absentMembership: "200" | "not-found" | "not-member";
  /** What becomes of an entry whose bits are all cleared, and of an inheriting list whose last entry goes (4.6). */
  readonly emptiedEntries: "removed" | "kept";
  /** What removing entries or lists answers when there are none (4.6, unverified). */
  readonly removedNothing: boolean;
  /** Whether bits that the system keeps for itself are rejected, or silently left out of a write (4.5). */
  readonly systemBits: "rejected" | "ignored";
  /** Whether taking away a role that is inherited is refused, or answers success and does nothing (5.1). */
  readonly inheritedRoleRemoval: "refused" | "ignored";
  /** Whether graph/users and graph/serviceprincipals still list those who were removed (2.7); a single read gives them. */
  readonly removedMembers: "omitted" | "listed";
  /** What adding somebody again does who holds a level: changes it, leaves it, or fails. */
  readonly existingEntitlement: "updated" | "unchanged" | "failed";
  /** What setting a level does that a group rule gives: makes it a direct one (12.2), fails, or lets the rule have its way (6.2). */
  readonly ruledLevel: "direct" | "failed" | "overridden";
  /** What removing a member answers who is removed already. */
  readonly absentEntitlement: "204" | "404";
  /** How the last page of somebody's tokens says that it is the last (8.1; the example has null). */
  readonly tokenEnd: "null" | "absent" | "zeros";
  /** What becomes of a token that is revoked: it is listed no more, or as invalid. */
  readonly revokedTokens: "removed" | "invalid";
  /** Whether an organization names its owner, as the document has it, or not, as the examples do. */
  readonly accountOwner: "given" | "absent";
}

/** What holds unless told otherwise: where recordings speak, what they say; else the stricter reading. */
export const defaultBeliefs: Beliefs = {
  identityBatch: "available",
  identityBatchVersion: "preview",
  missingScope: "401",
  signIn: "redirect",
  entitlementRows: "items",
  entitlementEnd: "absent",
  graphPages: "full",
  serviceAccountsInUsers: "some",
  deletedGroups: "omitted",
  servicePrincipalsInUserEntitlements: false,
  entraMembersInIdentities: "partial",
  entraMembersInGraph: "none",
  projectContinuation: "header",
  memberOrder: "unaligned",
  teamAdministrator: "all-bits",
  isTeamAdminFalse: "absent",
  aclReadScope: "any",
  aclZeros: "absent",
  projectTokenColon: false,
  collectionTokenColon: true,
  auditToken: "AllPermissions",
  reportPermissions: "titles",
  aclKeyCase: "same",
  entitlementIdCase: "lower",
  lookupMissing: "absent",
  byteOrderMark: false,
  dates: "mixed",
  roleTokens: "plural",
  serverEnvironments: "missing",
  groupRules: "some",
  missingGroupRule: "null",
  structuralRefusal: "400",
  repeatedMembership: "201",
  absentMembership: "200",
  emptiedEntries: "removed",
  removedNothing: true,
  systemBits: "rejected",
  inheritedRoleRemoval: "refused",
  removedMembers: "omitted",
  existingEntitlement: "updated",
  ruledLevel: "direct",
  absentEntitlement: "204",
  tokenEnd: "null",
  revokedTokens: "removed",
  accountOwner: "given",
};
