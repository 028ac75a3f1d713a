import type { GovernedNamespace } from "./namespace.ts";
import { belowRoot } from "./own-tokens.ts";
import type { RoleMasks, RoleScope } from "./roles.ts";
import { organizationPlace, type Place, projectPlace, type RoleObjectType, roleTokens } from "./tokens.ts";

/** What a token of a namespace of roles stands for, and where its roles are defined. */
export interface RolePlace extends Place {
  readonly scope: RoleScope;
}

/** A namespace whose entries are told as roles. */
export interface RoleNamespace extends GovernedNamespace {
  /** Types whose roles stand in it. */
  readonly types: readonly RoleObjectType[];
  readonly readPlace: (canonical: string) => RolePlace | undefined;
}

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

interface Family {
  /** What tokens begin with; the singular and the plural where only one was seen and none is documented (facts 4.2). */
  readonly roots: readonly string[];
  readonly hub: RoleScope;
  readonly objects: readonly { readonly path: string; readonly type: RoleObjectType; readonly scope: RoleScope }[];
  /** Of an object as the organization has it. */
  readonly collection?: RoleScope;
}

/** Reads tokens of a hub and the objects in it. */
function family({ roots, hub: hubScope, objects, collection }: Family) {
  const readers = roots.map((root) => roleTokens(root, objects));
  return (token: string): RolePlace | undefined => {
    for (const read of readers) {
      const place = read(token);
      if (!place) continue;
      if (place.type === "organization" || place.type === "project") return { ...place, scope: hubScope };
      const own = objects.find(({ type }) => type === place.type)?.scope;
      const scope = place.projectId === undefined ? (collection ?? own) : own;
      if (scope) return { ...place, scope };
    }
    return undefined;
  };
}

const endpointHub = hub("project.serviceendpointrole", "service-connections", endpointHubMasks);
const libraryHub = hub("library", "library", libraryHubMasks);
const environmentHub = hub("globalenvironmentreferencerole", "environments", taskHubMasks);
const queueHub = hub("globalagentqueuerole", "agent-queues", taskHubMasks);
const poolHub = hub("globalagentpoolrole", "agent-pools", poolHubMasks);
const deploymentGroupHub = hub("globalmachinegrouprole", "deployment-groups", taskHubMasks);

const endpointTokens = family({
  roots: ["endpoints"],
  hub: endpointHub,
  objects: [{ path: "", type: "service-connection", scope: object("serviceendpointrole", endpointMasks) }],
  collection: object("collection.serviceendpointrole", endpointMasks),
});

const libraryTokens = family({
  roots: ["library"],
  hub: libraryHub,
  objects: [
    { path: "variablegroup/", type: "variable-group", scope: object("variablegroup", libraryMasks) },
    { path: "securefile/", type: "secure-file", scope: object("securefile", libraryMasks) },
  ],
});

const environmentTokens = family({
  roots: ["environments", "environment"],
  hub: environmentHub,
  objects: [{ path: "", type: "environment", scope: object("environmentreferencerole", taskMasks) }],
});

const queueTokens = family({
  roots: ["agentqueues", "agentqueue"],
  hub: queueHub,
  objects: [{ path: "", type: "agent-pool", scope: object("agentqueuerole", taskMasks) }],
});

const onePool = object("agentpoolrole", poolMasks);

function poolTokens(token: string): RolePlace | undefined {
  const [all, id] = /^agentpools?(?:\/(\d+))?$/.exec(token) ?? [];
  if (all === undefined) return undefined;
  if (id === undefined) return { ...organizationPlace, scope: poolHub };
  return { type: "agent-pool", id, inner: "", label: "", scope: onePool };
}

/** Deployment groups are no resources of their own: what is set on one is told of its project. */
function deploymentGroupTokens(token: string): RolePlace | undefined {
  const [, projectId, group] = /^machinegroups?\/([0-9a-f-]{36})(?:\/(\d+))?$/.exec(token) ?? [];
  if (projectId === undefined) return undefined;
  return { ...projectPlace(projectId, group, "deployment group"), scope: deploymentGroupHub };
}

function taskTokens(token: string): RolePlace | undefined {
  return poolTokens(token) ?? queueTokens(token) ?? deploymentGroupTokens(token);
}

/**
 * Names, ids and bits as of 2026 (facts 4.2). Roles have tiers of their own; these are for what is left over: whoever
 * may use something reaches the secrets and machines behind it.
 */
export const roleNamespaces: readonly RoleNamespace[] = [
  {
    id: "49b48001-ca20-4adc-8111-5b60c903a50c",
    slug: "service-endpoint",
    title: "Service connections",
    covers: "role",
    types: ["service-connection"],
    readPlace: endpointTokens,
    readToken: endpointTokens,
    ownToken: belowRoot("endpoints"),
    separator: "/",
    tiers: { 0: [], 1: ["Use", "Administer", "ViewAuthorization"], 2: ["Create"] },
  },
  {
    id: "b7e84409-6553-448a-bbb2-af228e07cbeb",
    slug: "library",
    title: "Library",
    covers: "role",
    types: ["variable-group", "secure-file"],
    readPlace: libraryTokens,
    readToken: libraryTokens,
    ownToken: belowRoot("Library"),
    separator: "/",
    tiers: { 0: [], 1: ["Administer", "ViewSecrets", "Use", "Owner"], 2: ["Create"] },
  },
  {
    id: "83d4c2e6-e57d-4d6e-892b-b87222b7ad20",
    slug: "environment",
    title: "Environments",
    covers: "role",
    types: ["environment"],
    readPlace: environmentTokens,
    readToken: environmentTokens,
    ownToken: belowRoot("Environments"),
    separator: "/",
    tiers: { 0: [], 1: ["Manage", "Administer", "Use"], 2: ["ManageHistory", "Create"] },
  },
  {
    id: "101eae8c-1709-47f9-b228-0e476c35b3ba",
    slug: "distributed-task",
    title: "Agent pools and queues, and deployment groups",
    covers: "role",
    types: ["agent-pool"],
    readPlace: taskTokens,
    readToken: taskTokens,
    ownToken: ({ type, id }) => (type === "organization" ? "AgentPools" : `AgentQueues/${id}`),
    separator: "/",
    tiers: { 0: [], 1: ["Manage", "Listen", "AdministerPermissions", "Use"], 2: ["Create"] },
  },
];

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
  { of: "project", title: "All agent queues", scope: queueHub, types: ["agent-pool"] },
  { of: "project", title: "All deployment groups", scope: deploymentGroupHub, types: ["agent-pool"] },
  { of: "project", title: "All environments", scope: environmentHub, types: ["environment"] },
  { of: "project", title: "The library", scope: libraryHub, types: ["variable-group", "secure-file"] },
  { of: "project", title: "All service connections", scope: endpointHub, types: ["service-connection"] },
  { of: "organization", title: "All agent pools", scope: poolHub, types: ["agent-pool"] },
];
