/** A role of a scope: bits of the namespace behind it. */
export interface RoleDefinition {
  readonly name: string;
  readonly description: string;
  readonly allow: number;
}

/** Bits of the namespaces that roles stand for (facts 4.2). */
const view = 1;
const manage = 2;
const listen = 4;
const administer = 8;
const use = 16;
const create = 32;

function role(name: string, allow: number, description: string): RoleDefinition {
  return { name, allow, description };
}

/**
 * Roles of a service connection: 3 and 1 as facts 5.2 have them, and 16 (ViewEndpoint) for a reader, as a public
 * extension has copied it. What creators hold is in no public source; the bit Create alone is the stricter reading.
 */
export const endpointRoles = [
  role("Reader", 16, "User can read the service connection."),
  role("User", 1, "User can use, but cannot manage the service connection."),
  role("Administrator", 3, "Administrator can use and manage the service connection."),
] as const;

/** Roles of a project's connections. */
export const endpointHubRoles = [
  role("Reader", 16, "Reader can view service connections."),
  role("User", 1, "User can use service connections."),
  role("Creator", 4, "Creator can create service connections."),
  role("Administrator", 3 | 4, "Administrator can use, manage and create service connections."),
] as const;

/** Roles of a variable group or a secure file: View, Administer and Use of the library. */
export const libraryRoles = [
  role("Reader", 1, "Reader can only view the library items."),
  role("User", 17, "User can use, but cannot manage the library items."),
  role("Administrator", 19, "Administrator can use and manage the library items."),
] as const;

/** Roles of a project's library, with its bit Create. */
export const libraryHubRoles = [
  role("Reader", 1, "Reader can only view the library items."),
  role("User", 17, "User can use, but cannot manage the library items."),
  role("Creator", 1 | 4, "Creator can create library items."),
  role("Administrator", 19 | 4, "Administrator can use, manage and create library items."),
] as const;

function objectRoles(what: string): readonly RoleDefinition[] {
  return [
    role("Reader", view, `Reader can only view ${what}.`),
    role("User", view | use, `User can view ${what} and use it in a pipeline.`),
    role(
      "Administrator",
      view | manage | administer | use,
      `Administrator can administer, manage, view and use ${what}.`,
    ),
  ];
}

function hubRoles(what: string): readonly RoleDefinition[] {
  const [reader, user] = objectRoles(`any ${what}`);
  if (!reader || !user) throw new RangeError("no roles");
  const administrator = view | manage | administer | use | create;
  return [
    reader,
    user,
    role("Creator", view | create, `Creator can view and create every ${what}.`),
    role("Administrator", administrator, `Administrator can administer, manage, view, use and create every ${what}.`),
  ];
}

/** Roles of an environment: 1, 17 and 27, as a public extension has copied them. */
export const environmentRoles = objectRoles("the environment");
/** Roles of an agent queue, of a deployment group, and of all of a kind in a project; their bits are in no public source. */
export const queueRoles = objectRoles("the queue");
export const environmentHubRoles = hubRoles("environment");
export const queueHubRoles = hubRoles("queue");
export const machineGroupRoles = hubRoles("deployment group");

/** Roles of an agent pool; a service account is what agents sign in with. */
export const poolRoles = [
  role("Reader", view, "Reader can only view agent pools."),
  role("ServiceAccount", view | listen, "Service accounts can listen for jobs of the pool."),
  role("User", view | use, "User can view and use agent pools."),
  role(
    "Administrator",
    view | manage | administer | use,
    "Administrator can administer, manage, view and use agent pools.",
  ),
] as const;

/** Roles of all pools. */
export const poolHubRoles = [
  ...poolRoles.slice(0, 3),
  role("Creator", view | create, "Creator can view and create agent pools."),
  role("Administrator", view | manage | administer | use | create, "Administrator can administer all agent pools."),
] as const;

/** Roles of a cloud of agents, and who manages extensions. */
export const agentCloudRoles = [
  role("Reader", view, "Reader can view the agent cloud."),
  role("Administrator", view | manage | administer, "Administrator can manage the agent cloud."),
] as const;

/** Who manages the extensions of the organization. */
export const extensionRoles = [role("Manager", 3, "Manager can install, change and remove extensions.")] as const;

/** The bits of a role; a name that the scope lacks is a bug of the emulator. */
export function bitsOf(roles: readonly RoleDefinition[], name: string): number {
  const found = roles.find((each) => each.name === name);
  if (!found) throw new RangeError(`no role ${name}`);
  return found.allow;
}
