import type { AzureDevOpsClient } from "../../src/azure-devops/client.ts";
import { allRows } from "../../src/azure-devops/list-answers.ts";
import { identityNamespaceId } from "../../src/azure-devops/security.ts";
import type { Call } from "../../src/call.ts";
import { accountCalls } from "./account-calls.ts";

/** One way in which the client can be called, and what upstream may answer to it. */
export interface ClientCall {
  /** The client's own name for it: area and method. */
  readonly name: string;
  readonly run: (client: AzureDevOpsClient, call: Call) => Promise<unknown>;
  /** Recorded answers of the route; each must be read. */
  readonly examples?: readonly string[];
  /** The least that is a valid answer, where nothing was recorded. */
  readonly body?: unknown;
}

/** Recorded answers of versions before 7.1, and the field that 7.1 documents and they have not. */
export const olderExamples: Readonly<Record<string, string>> = {
  "core/7.1/httpExamples/teams/GET__teams__mine-_mine.json": "value.0.projectId",
  "core/7.1/httpExamples/teams/GET__projects__projectId__teams.json": "value.0.projectId",
};

const guid = "9b71f216-4c4f-6b74-a911-efb0fa9c777f";
const team = "564e8204-a90b-4432-883b-d4363c6125ca";
const subject = "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm";
const group = "vssgp.Uy0xLTktMTU1MTM3NDI0NQ";
const graph = (path: string) => `graph/7.1/httpExamples/${path}.json`;
const core = (path: string) => `core/7.1/httpExamples/${path}.json`;
const lists = "security/7.1/httpExamples/accessControlLists/GET__accesscontrollists__securityNamespaceId__";
const entitlement = (path: string) => `memberEntitlementManagement/7.1/httpExamples/${path}.json`;
const none = { count: 0, value: [] };

/** Each method of the client, with each of its forms: first and later pages, with and without what is optional. */
export const clientCalls: readonly ClientCall[] = [
  {
    name: "core.getConnectionData",
    run: ({ core }, call) => core.getConnectionData(call),
    body: { authenticatedUser: { id: guid }, instanceId: guid },
  },
  {
    name: "core.getConnection",
    run: ({ core }, call) => core.getConnection(call),
    body: { authenticatedUser: { id: guid }, instanceId: guid },
  },
  {
    name: "core.listProjects",
    run: ({ core }, call) => core.listProjects("all", "", call),
    examples: [core("projects/GET__projects")],
  },
  { name: "core.listProjects", run: ({ core }, call) => core.listProjects("deleted", "", call), body: none },
  { name: "core.listProjects", run: ({ core }, call) => core.listProjects("all", "token:500", call), body: none },
  { name: "core.listProjects", run: ({ core }, call) => core.listProjects("all", "skip:500", call), body: none },
  {
    name: "core.getProject",
    run: ({ core }, call) => core.getProject(guid, call),
    body: { id: guid, name: "Fabrikam" },
  },
  {
    name: "core.listTeams",
    run: ({ core }, call) => core.listTeams("", call),
    examples: [core("teams/GET__teams__mine-_mine"), core("teams/GET__projects__projectId__teams")],
  },
  {
    name: "core.listTeams",
    run: ({ core }, call) => core.listTeams("500", call),
    body: { count: 1, value: [{ id: team, name: "Fabrikam Team", projectId: guid }] },
  },
  {
    name: "core.listTeamMembers",
    run: ({ core }, call) => core.listTeamMembers(guid, team, "", call),
    examples: [core("members/GET__projects__projectId__teams__teamId__members4.1_")],
  },
  { name: "core.listTeamMembers", run: ({ core }, call) => core.listTeamMembers(guid, team, "500", call), body: none },
  {
    name: "graph.listUsers",
    run: ({ graph }, call) => graph.listUsers("", call),
    examples: [graph("Users/GetAllUsers")],
  },
  { name: "graph.listUsers", run: ({ graph }, call) => graph.listUsers("a&b=c d", call), body: none },
  {
    name: "graph.listGroups",
    run: ({ graph }, call) => graph.listGroups("", call),
    examples: [graph("Groups/GetAllGroups")],
  },
  { name: "graph.listGroups", run: ({ graph }, call) => graph.listGroups("x", call), body: none },
  {
    name: "graph.listServicePrincipals",
    run: ({ graph }, call) => graph.listServicePrincipals("", call),
    examples: [graph("ServicePrincipals/GetAllServicePrincipals")],
  },
  {
    name: "graph.getUser",
    run: ({ graph }, call) => graph.getUser(subject, call),
    examples: [graph("Users/GetUserAAD")],
  },
  {
    name: "graph.getServicePrincipal",
    run: ({ graph }, call) => graph.getServicePrincipal(subject, call),
    examples: [graph("ServicePrincipals/GetServicePrincipal")],
  },
  {
    name: "graph.getGroup",
    run: ({ graph }, call) => graph.getGroup(group, call),
    examples: [graph("Groups/GetGroup-AddRemoveAADGroupByOID")],
  },
  {
    name: "graph.listMembers",
    run: ({ graph }, call) => graph.listMembers(group, call),
    examples: [
      graph("MembershipsBatch/BatchGetMembershipsGroupDown"),
      graph("MembershipsBatch/BatchGetMembershipsUserUp"),
      graph("MembershipsBatch/BatchGetMembershipsVSTSGroupUp"),
    ],
  },
  {
    name: "graph.isActive",
    run: ({ graph }, call) => graph.isActive(subject, call),
    examples: [graph("Membershipstates/GetMembershipStateBySubjectDescriptor")],
  },
  {
    name: "graph.getStorageKey",
    run: ({ graph }, call) => graph.getStorageKey(subject, call),
    examples: [graph("StorageKeys/GetStorageKeyBySubjectDescriptor")],
  },
  {
    name: "graph.getDescriptor",
    run: ({ graph }, call) => graph.getDescriptor(guid, call),
    examples: [graph("Descriptors/GetDescriptorById")],
  },
  {
    name: "graph.lookup",
    run: ({ graph }, call) => graph.lookup([subject, group], call),
    examples: [graph("Subjectlookup/LookupSubjects")],
  },
  // The batch answers as the documented `identities` do; those examples are what there is of it.
  ...["SearchByIds", "SearchBySubjectDescriptors", "SearchByIdentityDescriptors", "SearchPCVUByName"].map((name) => ({
    name: "identities.readBatch",
    run: ({ identities }: AzureDevOpsClient, call: Call) =>
      identities.readBatch({ identityIds: [guid] }, "direct", call),
    examples: [`ims/7.1/httpExamples/Identities/${name}.json`],
  })),
  {
    name: "memberEntitlements.listUsers",
    run: ({ memberEntitlements }, call) => memberEntitlements.listUsers("", call),
    body: { members: [], continuationToken: null, totalCount: 0 },
  },
  {
    name: "memberEntitlements.listUsers",
    run: ({ memberEntitlements }, call) => memberEntitlements.listUsers("next/100+", call),
    body: { items: [] },
  },
  {
    name: "memberEntitlements.getUser",
    run: ({ memberEntitlements }, call) => memberEntitlements.getUser(guid, call),
    examples: [
      "memberEntitlementManagement/7.1/httpExamples/UserEntitlements/GET__memberEntitlementManagement_UserEntitlementById.json",
    ],
  },
  {
    name: "security.readAccessControlLists",
    run: ({ security }, call) => security.readAccessControlLists(guid, {}, allRows, call),
    examples: [
      `${lists}.json`,
      `${lists}_descriptors-_descriptor1_.json`,
      `${lists}_token-_existingToken__includeExtendedInfo-True.json`,
    ],
  },
  {
    name: "security.readAccessControlLists",
    run: ({ security }, call) =>
      security.readAccessControlLists(guid, { token: `${guid}\\${team}`, recurse: true }, allRows, call),
    examples: [
      `${lists}_token-_existingToken_.json`,
      `${lists}_token-_existingToken__includeExtendedInfo-False_recurse-True.json`,
    ],
  },
  {
    name: "security.listNamespaces",
    run: ({ security }, call) => security.listNamespaces(call),
    examples: ["security/7.1/httpExamples/securityNamespaces/GET__securitynamespaces_.json"],
  },
  {
    name: "security.evaluatePermissions",
    run: ({ security }, call) =>
      security.evaluatePermissions(
        ["token1", "token2", "token3"].map((token) => ({ namespaceId: identityNamespaceId, token, bits: 8 })),
        call,
      ),
    examples: [
      "security/7.1/httpExamples/permissionEvaluationBatch/POST__security_permissionevaluationbatch__api-version-3.0-preview.json",
    ],
  },
  {
    name: "security.hasPermissions",
    run: ({ security }, call) =>
      security.hasPermissions(guid, { bits: 8, tokens: ["token1", "token2", "token3"] }, call),
    examples: [
      "security/7.1/httpExamples/permissions/GET__permissions__securityNamespaceId__8__api-version-2.2_tokens-_token1_,_token2_,_token3__alwaysAllowAdministrators-False.json",
    ],
  },
  {
    name: "git.streamRepositories",
    run: ({ git }, call) => git.streamRepositories(allRows, call),
    examples: ["git/7.1/httpExamples/repositories/GET__git_repositories.json"],
  },
  {
    name: "git.getRepository",
    run: ({ git }, call) => git.getRepository(guid, call),
    examples: ["git/7.1/httpExamples/repositories/GET__git_repositories__repositoryId_.json"],
  },
  { name: "distributedTask.listPools", run: (client, call) => client.distributedTask.listPools(call), body: none },
  {
    name: "distributedTask.getPool",
    run: ({ distributedTask }, call) => distributedTask.getPool(7, call),
    body: { id: 7, name: "Default" },
  },
  {
    name: "distributedTask.listQueues",
    run: ({ distributedTask }, call) => distributedTask.listQueues(guid, call),
    body: none,
  },
  ...["", "500"].flatMap((cursor): ClientCall[] => [
    {
      name: "distributedTask.listEnvironments",
      run: ({ distributedTask }, call) => distributedTask.listEnvironments(guid, cursor, call),
      body: none,
    },
    {
      name: "distributedTask.listVariableGroups",
      run: ({ distributedTask }, call) => distributedTask.listVariableGroups(guid, cursor, call),
      body: none,
    },
  ]),
  {
    name: "distributedTask.listSecureFiles",
    run: ({ distributedTask }, call) => distributedTask.listSecureFiles(guid, call),
    body: none,
  },
  { name: "serviceEndpoints.list", run: (client, call) => client.serviceEndpoints.list(guid, call), body: none },
  {
    name: "securityRoles.listDefinitions",
    run: ({ securityRoles }, call) => securityRoles.listDefinitions("distributedtask.library", call),
    body: { count: 1, value: [{ name: "Reader", allowPermissions: 1, denyPermissions: 0 }] },
  },
  {
    name: "securityRoles.listAssignments",
    run: ({ securityRoles }, call) => securityRoles.listAssignments("distributedtask.library", `${guid}$0`, call),
    examples: ["securityRoles/7.1/httpExamples/roleAssignments/AddRoleAssignments.json"],
  },
  { name: "feeds.list", run: ({ feeds }, call) => feeds.list(call), body: none },
  ...[{ id: team }, { id: team, projectId: guid }].flatMap((feed): ClientCall[] => [
    { name: "feeds.listPermissions", run: ({ feeds }, call) => feeds.listPermissions(feed, call), body: none },
    { name: "feeds.listViews", run: ({ feeds }, call) => feeds.listViews(feed, call), body: none },
  ]),
  { name: "feeds.globalPermissions", run: ({ feeds }, call) => feeds.globalPermissions(call), body: none },
  {
    name: "memberEntitlements.getServicePrincipal",
    run: ({ memberEntitlements }, call) => memberEntitlements.getServicePrincipal(guid, call),
    examples: [
      entitlement("ServicePrincipalEntitlements/GET__memberEntitlementManagement_ServicePrincipalEntitlementById"),
    ],
  },
  {
    name: "memberEntitlements.summary",
    run: ({ memberEntitlements }, call) => memberEntitlements.summary(call),
    body: { licenses: [{ licenseName: "Basic", accountLicenseType: "express", assigned: 3, total: 5 }] },
  },
  {
    name: "memberEntitlements.listGroupRules",
    run: ({ memberEntitlements }, call) => memberEntitlements.listGroupRules(call),
    examples: [entitlement("GroupEntitlements/GET__memberEntitlementManagement_GroupEntitlements")],
  },
  ...(["personal-access-token", "ssh-key"] as const).flatMap((kind): ClientCall[] => [
    {
      name: "tokenAdministration.list",
      run: ({ tokenAdministration }, call) => tokenAdministration.list(subject, kind, "", call),
      examples: [
        "tokenAdmin/7.1/httpExamples/personalAccessTokens/GetPersonalAccessTokensForAUserInYourOrganization.json",
      ],
    },
    {
      name: "tokenAdministration.list",
      run: ({ tokenAdministration }, call) => tokenAdministration.list(subject, kind, guid, call),
      body: none,
    },
    {
      name: "tokenAdministration.revoke",
      run: ({ tokenAdministration }, call) => tokenAdministration.revoke(guid, kind, call),
      body: {},
    },
  ]),
  {
    name: "permissionsReport.create",
    run: ({ permissionsReport }, call) =>
      permissionsReport.create(
        { name: "check", descriptors: [subject], resources: [{ type: "repo", id: guid, name: "Fabrikam" }] },
        call,
      ),
    body: { _link: { href: `https://dev.azure.com/fabrikam/_apis/permissionsreport/${guid}` } },
  },
  {
    name: "permissionsReport.get",
    run: ({ permissionsReport }, call) => permissionsReport.get(guid, call),
    body: { id: guid, reportStatus: "created" },
  },
  {
    name: "permissionsReport.download",
    run: ({ permissionsReport }, call) => permissionsReport.download(guid, allRows, call),
    body: [],
  },
  ...accountCalls,
];
