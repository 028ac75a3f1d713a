import type { Area, Json } from "./openapi.ts";
import { isObject } from "./openapi.ts";

interface Reading {
  readonly area: Area;
  readonly path: string;
}

const graph = (path: string): Reading => ({ area: "graph", path: `graph/${path}` });
const core = (path: string): Reading => ({ area: "core", path });
const ims: Reading = { area: "ims", path: "identities" };
const entitlement = (path: string): Reading => ({ area: "memberEntitlementManagement", path });
const lists: Reading = { area: "security", path: "accesscontrollists/{securityNamespaceId}" };

const inGraph = "graph/7.1/httpExamples";
const inIms = "ims/7.1/httpExamples/Identities";
const inCore = "core/7.1/httpExamples";
const inEntitlements = "memberEntitlementManagement/7.1/httpExamples";
const inSecurity = "security/7.1/httpExamples";
const inGit = "git/7.1/httpExamples/repositories";
const accessLists = `${inSecurity}/accessControlLists/GET__accesscontrollists__securityNamespaceId__`;

/** Recorded reads of served routes, and the documented path of each. */
export const examplesOf: Readonly<Record<string, Reading>> = {
  [`${inGraph}/Users/GetAllUsers.json`]: graph("users"),
  [`${inGraph}/Users/GetUserAAD.json`]: graph("users/{userDescriptor}"),
  [`${inGraph}/Groups/GetAllGroups.json`]: graph("groups"),
  [`${inGraph}/Groups/GetGroup-AddRemoveAADGroupByOID.json`]: graph("groups/{groupDescriptor}"),
  [`${inGraph}/ServicePrincipals/GetAllServicePrincipals.json`]: graph("serviceprincipals"),
  [`${inGraph}/ServicePrincipals/GetServicePrincipal.json`]: graph("serviceprincipals/{servicePrincipalDescriptor}"),
  [`${inGraph}/Memberships/GetMembershipUser.json`]: graph("memberships/{subjectDescriptor}/{containerDescriptor}"),
  [`${inGraph}/Memberships/GetMembershipVSTSGroup.json`]: graph(
    "memberships/{subjectDescriptor}/{containerDescriptor}",
  ),
  [`${inGraph}/MembershipsBatch/BatchGetMembershipsGroupDown.json`]: graph("Memberships/{subjectDescriptor}"),
  [`${inGraph}/MembershipsBatch/BatchGetMembershipsUserUp.json`]: graph("Memberships/{subjectDescriptor}"),
  [`${inGraph}/MembershipsBatch/BatchGetMembershipsVSTSGroupUp.json`]: graph("Memberships/{subjectDescriptor}"),
  [`${inGraph}/Membershipstates/GetMembershipStateBySubjectDescriptor.json`]: graph(
    "membershipstates/{subjectDescriptor}",
  ),
  [`${inGraph}/Descriptors/GetDescriptorById.json`]: graph("descriptors/{storageKey}"),
  [`${inGraph}/StorageKeys/GetStorageKeyBySubjectDescriptor.json`]: graph("storagekeys/{subjectDescriptor}"),
  [`${inGraph}/Subjectlookup/LookupSubjects.json`]: graph("subjectlookup"),
  [`${inIms}/SearchByIdentityDescriptors.json`]: ims,
  [`${inIms}/SearchByIds.json`]: ims,
  [`${inIms}/SearchBySubjectDescriptors.json`]: ims,
  [`${inIms}/SearchIdentityByEmail.json`]: ims,
  [`${inIms}/SearchPCVUByName.json`]: ims,
  [`${inCore}/projects/GET__projects.json`]: core("projects"),
  [`${inCore}/properties/GET__projects__project__properties.json`]: core("projects/{projectId}/properties"),
  [`${inCore}/properties/GET__projects__project__properties_keys-_propertyName_,_wildcard_.json`]: core(
    "projects/{projectId}/properties",
  ),
  [`${inCore}/teams/GET__projects__projectId__teams.json`]: core("projects/{projectId}/teams"),
  [`${inCore}/teams/GET__projects__projectId__teams__teamId_.json`]: core("projects/{projectId}/teams/{teamId}"),
  [`${inCore}/teams/GET__teams__mine-_mine.json`]: core("teams"),
  [`${inCore}/members/GET__projects__projectId__teams__teamId__members4.1_.json`]: core(
    "projects/{projectId}/teams/{teamId}/members",
  ),
  [`${inEntitlements}/UserEntitlements/GET__memberEntitlementManagement_UserEntitlementById.json`]:
    entitlement("userentitlements/{userId}"),
  [`${inEntitlements}/ServicePrincipalEntitlements/GET__memberEntitlementManagement_ServicePrincipalEntitlementById.json`]:
    entitlement("serviceprincipalentitlements/{servicePrincipalId}"),
  [`${inEntitlements}/GroupEntitlements/GET__memberEntitlementManagement_GroupEntitlement.json`]:
    entitlement("groupentitlements/{groupId}"),
  [`${inEntitlements}/GroupEntitlements/GET__memberEntitlementManagement_GroupEntitlements.json`]:
    entitlement("groupentitlements"),
  [`${accessLists}.json`]: lists,
  [`${accessLists}_descriptors-_descriptor1_.json`]: lists,
  [`${accessLists}_token-_existingToken_.json`]: lists,
  [`${accessLists}_token-_existingToken__includeExtendedInfo-False_recurse-True.json`]: lists,
  [`${accessLists}_token-_existingToken__includeExtendedInfo-True.json`]: lists,
  [`${inSecurity}/permissions/GET__permissions__securityNamespaceId__8__api-version-2.2_tokens-_token1_,_token2_,_token3__alwaysAllowAdministrators-False.json`]:
    { area: "security", path: "permissions/{securityNamespaceId}/{permissions}" },
  [`${inSecurity}/permissionEvaluationBatch/POST__security_permissionevaluationbatch__api-version-3.0-preview.json`]: {
    area: "security",
    path: "security/permissionevaluationbatch",
  },
  "tokenAdmin/7.1/httpExamples/personalAccessTokens/GetPersonalAccessTokensForAUserInYourOrganization.json": {
    area: "tokenAdmin",
    path: "tokenadmin/personalaccesstokens/{subjectDescriptor}",
  },
  "account/7.1/httpExamples/accounts/GET__Accounts_memberId-_userId_.json": { area: "account", path: "accounts" },
  "account/7.1/httpExamples/accounts/GET__Accounts_ownerId-_userId_.json": { area: "account", path: "accounts" },
  [`${inGit}/GET__git_repositories.json`]: { area: "git", path: "git/repositories" },
  [`${inGit}/GET__git_repositories__repositoryId_.json`]: { area: "git", path: "git/repositories/{repositoryId}" },
  [`${inSecurity}/securityNamespaces/GET__securitynamespaces__securityNamespaceId__.json`]: {
    area: "security",
    path: "securitynamespaces/{securityNamespaceId}",
  },
};

/** Maps whose names are data: descriptors, tokens and property names. */
const isData = (name: string) => /[;.]/.test(name);

function collect(value: Json, path: string, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, found);
  if (!isObject(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const here = `${path}.${isData(name) ? "*" : name}`;
    found.add(here);
    collect(child, here, found);
  }
}

/**
 * Paths of an example that the answers lack. The answers may hold more: examples are older than 7.1 and leave
 * out what the document has. What lies below a list that is empty here cannot be compared and is not asked for.
 */
export function missingKeys(example: Json, bodies: readonly Json[]): readonly string[] {
  const wanted = new Set<string>();
  collect(example, "", wanted);
  const held = new Set<string>();
  for (const body of bodies) collect(body, "", held);
  return [...wanted].filter((key) => !held.has(key) && !unseeded.some((pattern) => pattern.test(key)));
}

/** Parts of examples that no seeded thing has, and why. */
const unseeded: readonly RegExp[] = [
  /properties\.(Alias|ConfirmedNotificationAddress|GlobalScope|MetadataUpdateDate)(\.|$)/, // Seen on some identities only.
];
