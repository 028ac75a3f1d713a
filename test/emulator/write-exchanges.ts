import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, namespaceIds, subjectAt } from "../../src/emulator/index.ts";
import type { Exchange } from "./exchanges.ts";
import { isPerson, someSubject } from "./write.ts";

/** A write, with what it must answer. */
export interface WriteExchange extends Exchange {
  readonly status: number;
  /** Recorded example whose fields the answer must have, below `httpExamples` of the area. */
  readonly example?: string;
}

const preview = "7.1-preview.1";
const patchType = "application/json-patch+json";

function membershipExchanges(emulator: Emulator): readonly WriteExchange[] {
  const group = someSubject(emulator, (each) => each.group?.kind === "made" && each.active);
  const person = someSubject(emulator, (each) => isPerson(emulator)(each) && !each.memberOf.includes(group.index));
  const params = { subjectDescriptor: descriptorOf(person), containerDescriptor: descriptorOf(group) };
  const path = "graph/memberships/{subjectDescriptor}/{containerDescriptor}";
  const pair = { area: "graph", path, params, version: preview } as const;
  return [
    { ...pair, method: "PUT", status: 201, example: "Memberships/CreateMembershipVSTSGroup.json" },
    { ...pair, method: "PUT", status: 201 },
    { ...pair, method: "DELETE", status: 200, example: "Memberships/DeleteMembershipUser.json" },
  ];
}

function accessExchanges(emulator: Emulator): readonly WriteExchange[] {
  const descriptor = someSubject(emulator, isPerson(emulator)).identity;
  const token = "repoV2/11111111-1111-4111-8111-111111111111";
  const params = { securityNamespaceId: namespaceIds.git, permissions: "4" };
  const security = { area: "security", params, version: "7.1", status: 200 } as const;
  const entries = { ...security, path: "accesscontrolentries/{securityNamespaceId}" };
  const lists = { ...security, path: "accesscontrollists/{securityNamespaceId}" };
  const permissions = { ...security, path: "permissions/{securityNamespaceId}/{permissions}" };
  const body = (merge: boolean, allow: number) => ({
    token,
    merge,
    accessControlEntries: [{ descriptor, allow, deny: 0, extendedinfo: {} }],
  });
  const acesDictionary = { [descriptor]: { descriptor, allow: 31, deny: 0 } };
  const inExamples = "accessControlEntries/POST__accesscontrolentries__securityNamespaceId__";
  return [
    { ...entries, method: "POST", body: body(false, 5), example: `${inExamples}.json` },
    { ...entries, method: "POST", body: body(true, 8), example: `${inExamples}merge.json` },
    {
      ...permissions,
      method: "DELETE",
      query: { descriptor, token },
      example: "permissions/DELETE__permissions__securityNamespaceId__4__token-_token1__descriptor-_descriptor_.json",
    },
    { ...entries, method: "DELETE", query: { descriptors: descriptor, token } },
    { ...lists, method: "POST", status: 204, body: { value: [{ inheritPermissions: false, token, acesDictionary }] } },
    { ...lists, method: "DELETE", query: { tokens: token, recurse: "False" } },
  ];
}

function subjectExchanges(emulator: Emulator): readonly WriteExchange[] {
  const { directory, projects } = emulator.state;
  const known = (kind: string, at = 0) => directory.filter((each) => each.kind === kind)[at];
  const group = someSubject(emulator, (each) => each.group?.kind === "made" && each.active);
  const person = emulator.state.users.map((index) => subjectAt(emulator.state, index)).find(isPerson(emulator));
  const principal = subjectAt(emulator.state, emulator.state.servicePrincipals[0] ?? -1);
  const scopeDescriptor = `scp.${Buffer.from(projects[0]?.scopeId ?? "").toString("base64url")}`;
  const graph = { area: "graph", version: preview } as const;
  const post = (path: string, body: object, more: Partial<WriteExchange> = {}): WriteExchange => {
    return { ...graph, method: "POST", path: `graph/${path}`, body, status: 201, ...more };
  };
  const groups = { ...graph, path: "graph/groups/{groupDescriptor}", params: { groupDescriptor: descriptorOf(group) } };
  const users = {
    ...graph,
    path: "graph/users/{userDescriptor}",
    params: { userDescriptor: person ? descriptorOf(person) : "" },
  };
  const members = { query: { groupDescriptors: descriptorOf(group) } };
  const originId = "11111111-1111-4111-8111-111111111111";
  return [
    post("groups", { displayName: "Developers", description: "Made" }, { example: "Groups/CreateGroup.json" }),
    post(
      "groups",
      { displayName: "Developers" },
      { query: { scopeDescriptor }, example: "Groups/CreateGroupInProject.json" },
    ),
    post(
      "groups",
      { originId: known("group")?.originId },
      { ...members, example: "Groups/MaterializeAADGroupByOIDAsMember.json" },
    ),
    {
      ...groups,
      method: "PATCH",
      status: 200,
      contentType: patchType,
      body: [{ op: "replace", path: "/description", from: null, value: "Updated description" }],
      example: "Groups/UpdateGroup.json",
    },
    { ...groups, method: "DELETE", status: 204 },
    post("users", { principalName: known("user")?.principalName }, { example: "Users/CreateUserAAD.json" }),
    post("users", { originId: known("user", 1)?.originId }, { example: "Users/MaterializeAADUserByOIDAsMember.json" }),
    { ...users, method: "PATCH", status: 200, body: { originId } },
    { ...users, method: "DELETE", status: 204 },
    post(
      "serviceprincipals",
      { originId: known("servicePrincipal")?.originId },
      { example: "ServicePrincipals/CreateServicePrincipal.json" },
    ),
    {
      ...graph,
      method: "DELETE",
      path: "graph/serviceprincipals/{servicePrincipalDescriptor}",
      params: { servicePrincipalDescriptor: descriptorOf(principal) },
      status: 204,
    },
  ];
}

function entitlementExchanges(emulator: Emulator): readonly WriteExchange[] {
  const { directory, projects } = emulator.state;
  const known = (kind: string, at: number) => directory.filter((each) => each.kind === kind)[at];
  const people = emulator.state.users.map((index) => subjectAt(emulator.state, index));
  const person = people.filter(isPerson(emulator)).find(({ entitlement }, at) => at > 3 && entitlement);
  const principals = emulator.state.servicePrincipals.map((index) => subjectAt(emulator.state, index));
  const principal = principals.find(({ entitlement }, at) => at > 0 && entitlement);
  const projectRef = { id: projects.find(({ state }) => state === "wellFormed")?.id };
  const accessLevel = { accountLicenseType: "stakeholder", licensingSource: "account" };
  const project = { group: { groupType: "projectContributor" }, projectRef };
  const operations = (prefix: string) => [
    { from: "", op: "replace", path: `${prefix}/accessLevel`, value: accessLevel },
    { from: "", op: "add", path: `${prefix}/projectEntitlements/${projectRef.id}`, value: project },
    { from: "", op: "remove", path: `${prefix}/projectEntitlements/${projectRef.id}`, value: "" },
    { from: "", op: "add", path: `${prefix}/extensions`, value: { id: "ms.feed" } },
  ];
  const member = { area: "memberEntitlementManagement", status: 200, contentType: patchType } as const;
  const of = (
    name: "User" | "ServicePrincipal",
    found: Subject | undefined,
    version: string,
  ): readonly WriteExchange[] => {
    const id = `${name[0]?.toLowerCase()}${name.slice(1)}Id`;
    const path = `${name.toLowerCase()}entitlements`;
    const params = { [id]: found?.storageKey ?? "" };
    const examples = `${name}Entitlements`;
    const example = (what: string) => `${examples}/${what}__memberEntitlementManagement_${name}Entitlement`;
    const single = { ...member, path: `${path}/{${id}}`, params, version };
    return [
      { ...single, method: "PATCH", body: operations(""), example: `${example("PATCH")}ById.json` },
      {
        ...member,
        version,
        method: "PATCH",
        path,
        body: operations(`/${found?.storageKey}`),
        example: `${example("PATCH")}s.json`,
      },
      { ...single, method: "DELETE", status: 204 },
    ];
  };
  const add = (path: string, body: object, version: string, example?: string): WriteExchange => {
    const post = { ...member, method: "POST", path, body, version, contentType: "application/json" } as const;
    return { ...post, ...(example === undefined ? {} : { example }) };
  };
  const user = { principalName: known("user", 2)?.principalName, subjectKind: "user" };
  const servicePrincipal = {
    origin: "aad",
    originId: known("servicePrincipal", 1)?.originId,
    subjectKind: "servicePrincipal",
  };
  const body = { accessLevel, extensions: [{ id: "ms.feed" }], projectEntitlements: [project] };
  const inExamples = "__memberEntitlementManagement";
  return [
    add("userentitlements", { ...body, user }, "7.1", `UserEntitlements/POST${inExamples}_UserEntitlement.json`),
    add("userentitlements", { ...body, user: {} }, "7.1"),
    add(
      "serviceprincipalentitlements",
      { ...body, servicePrincipal },
      preview,
      `ServicePrincipalEntitlements/POST${inExamples}_ServicePrincipalEntitlement.json`,
    ),
    add("serviceprincipalentitlements", { ...body, servicePrincipal: {} }, preview),
    ...of("User", person, "7.1"),
    ...of("ServicePrincipal", principal, preview),
  ];
}

function roleExchanges(emulator: Emulator): readonly WriteExchange[] {
  const { storageKey } = someSubject(emulator, ({ kind, known }) => kind === "legacy-service" && known === "graph");
  const project = emulator.state.projects[0]?.id;
  const endpoint = emulator.state.roleObjects.endpoints.find(({ uses }) => uses.some(({ project: at }) => at === 0));
  const params = {
    scopeId: "distributedtask.serviceendpointrole",
    resourceId: `${project}_${endpoint?.id}`,
    identityId: storageKey,
    userId: storageKey,
  };
  const path = "securityroles/scopes/{scopeId}/roleassignments/resources/{resourceId}";
  const roles = { area: "securityRoles", path, params, version: preview, status: 200 } as const;
  const one = { ...roles, path: `${path}/{identityId}`, served: `${path}/{userId}` };
  return [
    {
      ...roles,
      method: "PUT",
      body: [{ roleName: "Administrator", userId: storageKey }],
      example: "roleAssignments/AddRoleAssignments.json",
    },
    { ...one, method: "PUT", body: { roleName: "User" } },
    { ...one, method: "DELETE" },
    { ...roles, method: "PATCH", body: [storageKey] },
  ];
}

function feedExchanges(emulator: Emulator): readonly WriteExchange[] {
  const identityDescriptor = someSubject(emulator, ({ kind }) => kind === "legacy-service").identity;
  const feedOf = (isOfProject: boolean) =>
    emulator.state.feeds.feeds.find(
      ({ deleted, project }) => deleted === undefined && (project !== undefined) === isOfProject,
    );
  const body = [{ identityDescriptor, role: "reader" }];
  const feeds = { area: "artifacts", method: "PATCH", version: "7.1", status: 200 } as const;
  const permissions = [false, true].map((isOfProject): WriteExchange => {
    const feed = feedOf(isOfProject);
    const project = emulator.state.projects[feed?.project ?? -1]?.id ?? "";
    return {
      ...feeds,
      path: "{project}/_apis/packaging/Feeds/{feedId}/permissions",
      served: `${isOfProject ? "{project}/" : ""}_apis/packaging/feeds/{feedId}/permissions`,
      params: { project, feedId: feed?.id ?? "" },
      body,
    };
  });
  const global = [{ identityDescriptor, role: "feedCreator" }];
  return [...permissions, { ...feeds, path: "packaging/globalpermissions", body: global }];
}

function tokenExchanges(emulator: Emulator): readonly WriteExchange[] {
  const [token] = emulator.state.tokens;
  const tokens = { area: "tokenAdmin", method: "POST", version: "7.1" } as const;
  const body = [{ authorizationId: token?.authorizationId }];
  const rule = { scopes: "vso.code vso.packaging", createdBefore: "2018-07-18T00:51:26.5557358-07:00" };
  return [
    { ...tokens, path: "tokenadmin/revocations", body, query: { isPublic: "false" }, status: 204 },
    { ...tokens, path: "tokenadmin/revocationrules", body: rule, status: 201 },
  ];
}

/** One request of each kind to every documented route that writes, in an order in which each of them succeeds. */
export function writeExchanges(emulator: Emulator): readonly WriteExchange[] {
  return [
    ...membershipExchanges(emulator),
    ...accessExchanges(emulator),
    ...roleExchanges(emulator),
    ...feedExchanges(emulator),
    ...entitlementExchanges(emulator),
    ...subjectExchanges(emulator),
    ...tokenExchanges(emulator),
  ];
}
