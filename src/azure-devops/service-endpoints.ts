import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { projectsOf } from "./distributed-task-schemas.ts";
import { flag, guid, identityReference, optionalText, projectReference } from "./references.ts";
import { listOf } from "./schemas.ts";

/** Service connections: what pipelines reach other services with. */
export interface ServiceEndpointApi {
  /** Those that a project uses, shared and broken ones among them (no paging); nothing of what they sign in with. */
  list(projectId: string, call: Call): Promise<readonly ServiceEndpoint[]>;
}

const serviceEndpoint = z
  .object({
    id: guid,
    name: z.string(),
    type: optionalText,
    url: optionalText,
    description: optionalText,
    // Its parameters and `data` can hold secrets, and are dropped.
    authorization: z.object({ scheme: optionalText }).nullish(),
    isShared: flag,
    isReady: z.boolean().nullish(),
    /** `library` or `agentcloud`. */
    owner: optionalText,
    createdBy: identityReference.nullish(),
    serviceEndpointProjectReferences: z.array(z.object({ projectReference: projectReference.nullish() })).nullish(),
  })
  .transform(({ authorization, serviceEndpointProjectReferences, ...endpoint }) => ({
    ...endpoint,
    scheme: authorization?.scheme,
    projects: projectsOf(serviceEndpointProjectReferences),
  }));

export type ServiceEndpoint = z.infer<typeof serviceEndpoint>;

export function createServiceEndpointApi(connection: Connection): ServiceEndpointApi {
  return {
    async list(projectId, call) {
      const operation = {
        area: "service-endpoints",
        method: "GET",
        version: "7.1",
        scope: "Service Connections (Read)",
        project: projectId,
        path: "serviceendpoint/endpoints",
        template: "{project}/serviceendpoint/endpoints",
        query: { includeFailed: true },
        schema: listOf(serviceEndpoint),
      } as const;
      return (await connection.send(operation, call)).value.value;
    },
  };
}
