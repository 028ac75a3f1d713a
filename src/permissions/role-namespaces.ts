import type { GovernedNamespace } from "./namespace.ts";
import { belowRoot } from "./own-tokens.ts";
import { scopes } from "./role-scopes.ts";
import type { RoleScope } from "./roles.ts";
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

const endpointTokens = family({
  roots: ["endpoints"],
  hub: scopes.endpoints,
  objects: [{ path: "", type: "service-connection", scope: scopes.endpoint }],
  collection: scopes.collectionEndpoint,
});

const libraryTokens = family({
  roots: ["library"],
  hub: scopes.library,
  objects: [
    { path: "variablegroup/", type: "variable-group", scope: scopes.variableGroup },
    { path: "securefile/", type: "secure-file", scope: scopes.secureFile },
  ],
});

const environmentTokens = family({
  roots: ["environments", "environment"],
  hub: scopes.environments,
  objects: [{ path: "", type: "environment", scope: scopes.environment }],
});

const queueTokens = family({
  roots: ["agentqueues", "agentqueue"],
  hub: scopes.queues,
  objects: [{ path: "", type: "agent-pool", scope: scopes.queue }],
});

function poolTokens(token: string): RolePlace | undefined {
  const [all, id] = /^agentpools?(?:\/(\d+))?$/.exec(token) ?? [];
  if (all === undefined) return undefined;
  if (id === undefined) return { ...organizationPlace, scope: scopes.pools };
  return { type: "agent-pool", id, inner: "", label: "", scope: scopes.pool };
}

/** Deployment groups are no resources of their own: what is set on one is told of its project. */
function deploymentGroupTokens(token: string): RolePlace | undefined {
  const [, projectId, group] = /^machinegroups?\/([0-9a-f-]{36})(?:\/(\d+))?$/.exec(token) ?? [];
  if (projectId === undefined) return undefined;
  return { ...projectPlace(projectId, group, "deployment group"), scope: scopes.deploymentGroups };
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
