/**
 * What roles govern (facts 5.2): agent pools and queues, environments, service connections, variable groups and
 * secure files. Who holds which role stands in the access control lists alone.
 */
/** A pool of agents, shared by the projects that have a queue for it. */
export interface AgentPool {
  readonly id: number;
  readonly name: string;
  readonly isHosted: boolean;
  /** Hosted pools of the old kind, one an image. */
  readonly isLegacy: boolean;
  readonly poolType: "automation" | "deployment";
  readonly size: number;
  readonly scope: string;
  /** Index of a subject; a hosted pool is the service's own. */
  readonly createdBy: number;
  readonly owner: number;
  readonly created: number;
}

/** A project's way to a pool. Its id is not the pool's (facts 5.2). */
export interface AgentQueue {
  readonly id: number;
  readonly project: number;
  /** Id of the pool. */
  readonly pool: number;
  readonly name: string;
}

/** Who made a thing, who changed it last, and when. */
export interface Authorship {
  readonly createdBy: number;
  readonly created: number;
  readonly modifiedBy: number;
  readonly modified: number;
}

/** A place to deploy to. */
export interface Environment extends Authorship {
  readonly id: number;
  readonly project: number;
  readonly name: string;
  readonly description: string;
  readonly resources: readonly { readonly id: number; readonly name: string; readonly type: string }[];
}

/** Under what name a project knows a thing that several share. */
export interface ProjectUse {
  readonly project: number;
  readonly name: string;
  readonly description: string;
}

/** A type of service connection with one way to authorize it. */
export interface EndpointScheme {
  readonly type: string;
  readonly scheme: string;
  readonly url: string;
  /** What is shown of the authorization. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of what is not shown: each is null in every answer. */
  readonly secrets: readonly string[];
  readonly data: Readonly<Record<string, string>>;
}

/** A service connection. The first project that uses it is the one that made it. */
export interface ServiceEndpoint {
  readonly id: string;
  readonly scheme: EndpointScheme;
  readonly owner: "library" | "agentcloud";
  readonly createdBy: number;
  readonly isReady: boolean;
  readonly uses: readonly ProjectUse[];
}

/** Variables under a name, of its own or from a key vault. */
export interface VariableGroup extends Authorship {
  readonly id: number;
  /** Connection to the key vault that its variables come from. */
  readonly vault?: string;
  readonly uses: readonly ProjectUse[];
}

/** A certificate or key in the library. */
export interface SecureFile extends Authorship {
  readonly id: string;
  readonly project: number;
  readonly name: string;
}

/** Everything that roles govern, each kind by id ascending where ids are numbers. */
export interface RoleObjects {
  readonly pools: readonly AgentPool[];
  readonly queues: readonly AgentQueue[];
  readonly environments: readonly Environment[];
  readonly endpoints: readonly ServiceEndpoint[];
  readonly variableGroups: readonly VariableGroup[];
  readonly secureFiles: readonly SecureFile[];
}
