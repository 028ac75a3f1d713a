import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { isConnectorError } from "../../errors.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import { createShared, type Shared, type SharedOptions } from "../../shared-load.ts";
import type { Access, OptionalReading } from "../readings/access.ts";
import { mapFew } from "../readings/few.ts";
import type { ProjectReading } from "../readings/projects.ts";
import type { Vanished } from "../readings/vanished.ts";
import { createRoleListings, findPool, type RoleObject } from "./listings.ts";

/** What pipelines use, by kind, from one listing a project. */
export interface RoleObjectReading {
  /** Ascending by id; none where the token may not list them. */
  all(type: RoleObjectType, call: Call): Promise<ReadonlyMap<string, RoleObject>>;
  /** One of them: from the listing where it is being read anyway, else from that of its project. */
  find(type: RoleObjectType, id: string, call: Call): Promise<RoleObject | undefined>;
}

/** The reading whose absence leaves a type without resources. */
export const readingOfType: Readonly<Record<RoleObjectType, OptionalReading>> = {
  "agent-pool": "agent-pools",
  environment: "environments",
  "service-connection": "service-connections",
  "variable-group": "variable-groups",
  "secure-file": "secure-files",
};

export interface RoleObjectSources {
  readonly client: AzureDevOpsClient;
  readonly access: Access;
  readonly projects: ProjectReading;
  readonly vanished: Vanished;
}

export function createRoleObjectReading(
  { client, access, projects, vanished }: RoleObjectSources,
  life: SharedOptions,
): RoleObjectReading {
  const listings = createRoleListings(client);
  const shared: Readonly<Record<RoleObjectType, Shared<ReadonlyMap<string, RoleObject>>>> = {
    "agent-pool": createShared((call) => readAll("agent-pool", call), life),
    environment: createShared((call) => readAll("environment", call), life),
    "service-connection": createShared((call) => readAll("service-connection", call), life),
    "variable-group": createShared((call) => readAll("variable-group", call), life),
    "secure-file": createShared((call) => readAll("secure-file", call), life),
  };

  async function readAll(type: RoleObjectType, call: Call): Promise<ReadonlyMap<string, RoleObject>> {
    if (await access.absence(readingOfType[type], call)) return new Map();
    const { ofOrganization } = listings[type];
    vanished.begin(kindOf(type));
    const [ofAll = [], listed] = await Promise.all([ofOrganization?.(call), projects.projects(call)]);
    const present = listed.filter(({ state }) => state?.toLowerCase() === "wellformed");
    const byProject = await mapFew(present, ({ id }) => ofProject(type, id, call));
    const found = [...ofAll, ...byProject.flat()].sort((a, b) => compareText(a.id, b.id));
    return new Map(found.map((object) => [object.id, object]));
  }

  async function ofProject(type: RoleObjectType, projectId: string, call: Call): Promise<readonly RoleObject[]> {
    try {
      return await listings[type].ofProject(projectId, call);
    } catch (error) {
      if (!isConnectorError(error, "not-found")) throw error;
      // The project went since it was listed, and what was in it with it; the others are still there.
      vanished.add(kindOf(type), projectId);
      return [];
    }
  }

  return {
    all: (type, call) => shared[type].get(call),
    async find(type, id, call) {
      if (shared[type].started) return (await shared[type].get(call)).get(id);
      if (await access.absence(readingOfType[type], call)) return undefined;
      const [, projectId] = /^([0-9a-f-]{36})_/.exec(id) ?? [];
      if (projectId === undefined) return type === "agent-pool" ? findPool(client, id, call) : undefined;
      return (await ofProject(type, projectId, call)).find((object) => object.id === id);
    },
  };
}

const kindOf = (type: RoleObjectType) => `projects whose resources of the type ${type} were asked for`;
