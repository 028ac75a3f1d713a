import type { ClientCall } from "./client-calls.ts";

/** What changes something, and what is read for that alone. */

const guid = "9b71f216-4c4f-6b74-a911-efb0fa9c777f";
const subject = "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm";
const group = "vssgp.Uy0xLTktMTU1MTM3NDI0NQ";
const identity = "Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\user";
const place = { namespaceId: guid, token: "newToken1", descriptor: identity };
const role = { scope: "distributedtask.library", resourceId: `${guid}$0`, identityId: guid };
const level = { licensingSource: "account", accountLicenseType: "express" };
const graph = (path: string) => `graph/7.1/httpExamples/${path}.json`;
const security = (path: string) => `security/7.1/httpExamples/${path}.json`;
const entitlement = (path: string) => `memberEntitlementManagement/7.1/httpExamples/${path}.json`;
const none = { count: 0, value: [] };

export const clientWrites: readonly ClientCall[] = [
  {
    name: "accounts.listOfMember",
    run: ({ accounts }, call) => accounts.listOfMember(guid, call),
    examples: [
      "account/7.1/httpExamples/accounts/GET__Accounts_memberId-_userId_.json",
      "account/7.1/httpExamples/accounts/GET__Accounts_ownerId-_userId_.json",
    ],
  },
  {
    name: "graph.listContainers",
    run: ({ graph }, call) => graph.listContainers(subject, call),
    examples: [
      graph("MembershipsBatch/BatchGetMembershipsUserUp"),
      graph("MembershipsBatch/BatchGetMembershipsVSTSGroupUp"),
    ],
  },
  {
    name: "graph.isMember",
    run: ({ graph }, call) => graph.isMember(subject, group, call),
    examples: [graph("Memberships/GetMembershipUser"), graph("Memberships/GetMembershipVSTSGroup")],
  },
  {
    name: "graph.addMember",
    run: ({ graph }, call) => graph.addMember(subject, group, call),
    examples: [graph("Memberships/CreateMembershipVSTSGroup")],
  },
  { name: "graph.removeMember", run: ({ graph }, call) => graph.removeMember(subject, group, call), body: {} },
  {
    name: "securityWrites.mergeEntry",
    run: ({ securityWrites }, call) => securityWrites.mergeEntry(place, { allow: 8, deny: 0 }, call),
    examples: [security("accessControlEntries/POST__accesscontrolentries__securityNamespaceId__merge")],
  },
  {
    name: "securityWrites.clearBits",
    run: ({ securityWrites }, call) => securityWrites.clearBits(place, 4, call),
    examples: [
      security("permissions/DELETE__permissions__securityNamespaceId__4__token-_token1__descriptor-_descriptor_"),
    ],
  },
  {
    name: "securityRoles.assign",
    run: ({ securityRoles }, call) => securityRoles.assign(role, "Reader", call),
    body: { identity: { id: guid }, role: { name: "Reader" }, access: "assigned" },
  },
  { name: "securityRoles.unassign", run: ({ securityRoles }, call) => securityRoles.unassign(role, call), body: {} },
  ...[{ id: guid }, { id: guid, projectId: guid }].map(
    (feed): ClientCall => ({
      name: "feeds.setPermission",
      run: ({ feeds }, call) => feeds.setPermission(feed, identity, "reader", call),
      body: none,
    }),
  ),
  {
    name: "feeds.setGlobalPermission",
    run: ({ feeds }, call) => feeds.setGlobalPermission(identity, "administrator", call),
    body: none,
  },
  {
    name: "entitlementWrites.setLevel",
    run: ({ entitlementWrites }, call) => entitlementWrites.setLevel("userentitlements", guid, level, call),
    examples: [entitlement("UserEntitlements/PATCH__memberEntitlementManagement_UserEntitlementById")],
  },
  {
    name: "entitlementWrites.setLevel",
    run: ({ entitlementWrites }, call) => entitlementWrites.setLevel("serviceprincipalentitlements", guid, level, call),
    examples: [
      entitlement("ServicePrincipalEntitlements/PATCH__memberEntitlementManagement_ServicePrincipalEntitlementById"),
    ],
  },
];
