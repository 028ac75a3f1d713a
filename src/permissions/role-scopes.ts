import type { RoleMasks, RoleScope } from "./roles.ts";
import type { RoleObjectType } from "./tokens.ts";

/** Masks as of 2026: of service connections from the facts, of the others from what the names of the bits say (facts 4.2, 5.2). */
const endpointMasks: RoleMasks = { reader: 16, user: 1, administrator: 3 };
const endpointHubMasks: RoleMasks = { reader: 16, user: 1, creator: 4, administrator: 7 };
const libraryMasks: RoleMasks = { reader: 1, user: 17, administrator: 19 };
const libraryHubMasks: RoleMasks = { ...libraryMasks, creator: 5, administrator: 23 };
const taskMasks: RoleMasks = { reader: 1, user: 17, administrator: 27 };
const taskHubMasks: RoleMasks = { ...taskMasks, creator: 33, administrator: 59 };
const poolMasks: RoleMasks = { ...taskMasks, service_account: 5 };
const poolHubMasks: RoleMasks = { ...taskHubMasks, service_account: 5 };

function object(name: string, masks: RoleMasks): RoleScope {
  return { id: `distributedtask.${name}`, masks };
}

function hub(name: string, slug: string, masks: RoleMasks): RoleScope {
  return { id: `distributedtask.${name}`, hub: slug, masks };
}

/** Every scope of roles that is told (facts 5.2). */
export const scopes = {
  pool: object("agentpoolrole", poolMasks),
  pools: hub("globalagentpoolrole", "agent-pools", poolHubMasks),
  queue: object("agentqueuerole", taskMasks),
  queues: hub("globalagentqueuerole", "agent-queues", taskHubMasks),
  deploymentGroups: hub("globalmachinegrouprole", "deployment-groups", taskHubMasks),
  environment: object("environmentreferencerole", taskMasks),
  environments: hub("globalenvironmentreferencerole", "environments", taskHubMasks),
  endpoint: object("serviceendpointrole", endpointMasks),
  collectionEndpoint: object("collection.serviceendpointrole", endpointMasks),
  endpoints: hub("project.serviceendpointrole", "service-connections", endpointHubMasks),
  variableGroup: object("variablegroup", libraryMasks),
  secureFile: object("securefile", libraryMasks),
  library: hub("library", "library", libraryHubMasks),
} as const;

/** All of a kind in a project or in the organization. */
export interface Hub {
  readonly of: "project" | "organization";
  readonly title: string;
  readonly scope: RoleScope;
}

/** What can be asked for on every project and on the organization, by the types that are listed. */
export function hubsOf(of: Hub["of"], types: readonly RoleObjectType[]): readonly Hub[] {
  return hubs.filter((each) => each.of === of && each.types.some((type) => types.includes(type)));
}

const hubs: readonly (Hub & { readonly types: readonly RoleObjectType[] })[] = [
  { of: "project", title: "All agent queues", scope: scopes.queues, types: ["agent-pool"] },
  { of: "project", title: "All deployment groups", scope: scopes.deploymentGroups, types: ["agent-pool"] },
  { of: "project", title: "All environments", scope: scopes.environments, types: ["environment"] },
  { of: "project", title: "The library", scope: scopes.library, types: ["variable-group", "secure-file"] },
  { of: "project", title: "All service connections", scope: scopes.endpoints, types: ["service-connection"] },
  { of: "organization", title: "All agent pools", scope: scopes.pools, types: ["agent-pool"] },
];
