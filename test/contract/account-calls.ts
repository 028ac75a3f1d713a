import type { ClientCall } from "./client-calls.ts";

const guid = "9b71f216-4c4f-6b74-a911-efb0fa9c777f";
const subject = "aad.OWI3MWYyMTYtNGM0Zi03Yjc0LWE5MTEtZWZiMGZhOWM3Nzdm";
const group = "vssgp.Uy0xLTktMTU1MTM3NDI0NQ";
const scope = "scp.NTc0N2FkNjQtMTE3Ni00MzM4LWE1OGMtOTIyZGJiOGVlOTRk";
const graph = (path: string) => `graph/7.1/httpExamples/${path}.json`;
const entitlement = (path: string) => `memberEntitlementManagement/7.1/httpExamples/${path}.json`;
const stakeholder = { licensingSource: "account", accountLicenseType: "stakeholder" };
const toMake = { displayName: "Developers", description: "Who develop", storageKey: guid };

/** Additions and removals of accounts and groups, and the look-ups before them. */
export const accountCalls: readonly ClientCall[] = [
  {
    name: "memberEntitlements.findUsers",
    run: ({ memberEntitlements }, call) => memberEntitlements.findUsers("jane@fabrikam.example", call),
    body: { items: [] },
  },
  {
    name: "identities.search",
    run: ({ identities }, call) => identities.search("jane@fabrikam.example", call),
    examples: ["ims/7.1/httpExamples/Identities/SearchPCVUByName.json"],
  },
  {
    name: "identities.readMetaTypes",
    run: ({ identities }, call) => identities.readMetaTypes([subject], call),
    examples: ["ims/7.1/httpExamples/Identities/SearchBySubjectDescriptors.json"],
  },
  {
    name: "identities.listContainers",
    run: ({ identities }, call) => identities.listContainers(subject, call),
    examples: ["ims/7.1/httpExamples/Identities/SearchBySubjectDescriptors.json"],
  },
  ...[{ principalName: "newuser@fabrikam.com" }, { objectId: guid }].map(
    (named): ClientCall => ({
      name: "entitlementWrites.add",
      run: ({ entitlementWrites }, call) =>
        entitlementWrites.add({ path: "userentitlements", ...named }, stakeholder, call),
      examples: [entitlement("UserEntitlements/POST__memberEntitlementManagement_UserEntitlement")],
    }),
  ),
  {
    name: "entitlementWrites.add",
    run: ({ entitlementWrites }, call) =>
      entitlementWrites.add({ path: "serviceprincipalentitlements", objectId: guid }, stakeholder, call),
    examples: [
      entitlement("ServicePrincipalEntitlements/POST__memberEntitlementManagement_ServicePrincipalEntitlement"),
    ],
  },
  ...(["userentitlements", "serviceprincipalentitlements"] as const).map(
    (path): ClientCall => ({
      name: "entitlementWrites.remove",
      run: ({ entitlementWrites }, call) => entitlementWrites.remove(path, guid, call),
      body: {},
    }),
  ),
  {
    name: "graphWrites.materializeUser",
    run: ({ graphWrites }, call) => graphWrites.materializeUser("jane@fabrikam.example", call),
    examples: [graph("Users/CreateUserAAD"), graph("Users/MaterializeAADUserByOID")],
  },
  {
    name: "graphWrites.createGroup",
    run: ({ graphWrites }, call) => graphWrites.createGroup(toMake, call),
    examples: [graph("Groups/CreateGroup")],
  },
  {
    name: "graphWrites.createGroup",
    run: ({ graphWrites }, call) => graphWrites.createGroup({ ...toMake, scope }, call),
    examples: [graph("Groups/CreateGroupInProject")],
  },
  {
    name: "graphWrites.updateGroup",
    run: ({ graphWrites }, call) => graphWrites.updateGroup(group, { displayName: "A", description: "B" }, call),
    examples: [graph("Groups/UpdateGroup")],
  },
  {
    name: "graphWrites.deleteGroup",
    run: ({ graphWrites }, call) => graphWrites.deleteGroup(group, call),
    body: {},
  },
];
