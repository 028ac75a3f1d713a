import type { ErrorKind } from "../errors.ts";

/** What a refusal's `typeKey` says, whatever the status beside it is (facts 11.2). */
export interface KnownKey {
  readonly kind: ErrorKind;
  /** What to do about it, or what the rule is. */
  readonly hint: string;
}

function keys(kind: ErrorKind, hint: string, ...names: readonly string[]): [string, KnownKey][] {
  return names.map((name) => [name, { kind, hint }]);
}

/** Refusals of what was asked for; names as in the history of actions/runner (facts 11.2, 12.1). */
const refusals = new Map<string, KnownKey>([
  ...keys(
    "refused",
    "a group cannot be in itself: take it out of the other one first",
    "AddMemberCyclicMembershipException",
  ),
  ...keys(
    "refused",
    "a project's group can be in groups of the same project only",
    "AddProjectGroupProjectMismatchException",
  ),
  ...keys(
    "refused",
    "a project's group cannot be in a group of the organization",
    "AddProjectGroupToGlobalGroupException",
  ),
  ...keys(
    "refused",
    "Azure DevOps keeps its members itself: change the groups that lead to it",
    "ModifyEveryoneGroupException",
  ),
  ...keys(
    "refused",
    "Azure DevOps keeps this group itself",
    "RemoveSpecialGroupException",
    "CannotUpdateWellKnownGraphGroupException",
    "RemoveServiceAccountsFromAdminGroupException",
    "RemoveMemberServiceAccountException",
  ),
  ...keys(
    "refused",
    "the organization's owner stays in its administrators: change the owner first",
    "RemoveAccountOwnerFromAdminGroupException",
    "RemoveOrganizationAdminFromAdminGroupException",
  ),
  ...keys(
    "refused",
    "nobody removes themselves from administrators: let another administrator do it",
    "RemoveSelfFromAdminGroupException",
  ),
  ...keys("refused", "their invitation is pending: let them sign in once first", "InvitationPendingException"),
  ...keys("refused", "Azure DevOps sets this permission itself", "InvalidPermissionsException"),
  ...keys(
    "refused",
    "the directory of the organization does not know them: invite them there first",
    "IdentityMaterializationFailedException",
    "IdentityNotFoundInCurrentDirectoryException",
  ),
  ...keys("forbidden", "Azure DevOps does not let this kind of identity do it", "InvalidAccessException"),
  ...keys(
    "forbidden",
    "give the connector's identity the permission that is named",
    "AccessCheckException",
    "AccessDeniedException",
  ),
  ...keys(
    "conflict",
    "it is there already",
    "AddMemberIdentityAlreadyMemberException",
    "GroupCreationException",
    "GroupScopeCreationException",
    "GroupRenameException",
    "IdentityAlreadyExistsException",
  ),
  ...keys(
    "not-found",
    "it is gone; sync again",
    "RemoveGroupMemberNotMemberException",
    "RemoveNonexistentGroupException",
  ),
  ...keys(
    "unavailable",
    "Azure DevOps cannot reach its directory; try again later",
    "IdentityProviderUnavailableException",
    "IdentityStoreNotAvailableException",
    "GraphApiUnavailableException",
    "GraphProviderInfoApiUnavailableException",
    "IdentitySyncException",
  ),
]);

/** What a write's refusal says by its key; undefined where the status has to do. */
export function refusalOf(typeKey: string | undefined): KnownKey | undefined {
  return typeKey === undefined ? undefined : refusals.get(typeKey);
}

/** What a change of memberships is refused with where it is so already (facts 11.2, 12.1). */
export const alreadyKeys: ReadonlySet<string | undefined> = new Set([
  "AddMemberIdentityAlreadyMemberException",
  "RemoveGroupMemberNotMemberException",
  "GraphMembershipNotFoundException",
]);

/** Keys by which a 404 says that the addressed object itself is gone (facts 11.2). */
export const notFoundKeys: ReadonlySet<string> = new Set([
  "ProjectDoesNotExistException",
  "ProjectDoesNotExistWithNameException",
  "IdentityNotFoundException",
  "FindGroupSidDoesNotExistException",
  "GroupScopeDoesNotExistException",
  "GraphSubjectNotFoundException",
  "GraphMemberNotFoundException",
  "StorageKeyNotFoundException",
  "SubjectDescriptorNotFoundException",
  "GraphMembershipNotFoundException",
  "TeamNotFoundException",
  "GitRepositoryNotFoundException",
  "UserEntitlementNotFoundException",
  "MemberNotFoundException",
  "TaskAgentPoolNotFoundException",
  "FeedIdNotFoundException",
]);
