import { Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { ProjectUse, ServiceEndpoint } from "../role-objects.ts";
import type { Call, Route } from "../router.ts";
import type { Project } from "../state.ts";
import { projectAt, subjectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { identityReference, projectReference } from "../wire/references.ts";
import { projectOf } from "./core.ts";
import { inAnyOrder } from "./listings.ts";

/** Any of these reads service connections (facts 9.2). */
const scopes = ["vso.serviceendpoint", "vso.serviceendpoint_query", "vso.serviceendpoint_manage"];

/** How a project knows the connection; undefined when it was not shared with it. */
function useIn({ uses }: ServiceEndpoint, project: Project): ProjectUse | undefined {
  return uses.find((use) => use.project === project.index);
}

/** Nothing that is secret is ever answered: it is null in its place. */
function authorization({ scheme }: ServiceEndpoint): object {
  const hidden = Object.fromEntries(scheme.secrets.map((name) => [name, null]));
  return { parameters: { ...scheme.parameters, ...hidden }, scheme: scheme.scheme };
}

/** The projects that use a thing, as it names them in its body. */
export function projectReferences(call: Call, uses: readonly ProjectUse[]): readonly object[] {
  return uses.map(({ description, name, project }) => ({
    projectReference: projectReference(projectAt(call.state, project)),
    name,
    description,
  }));
}

function wireEndpoint(call: Call, endpoint: ServiceEndpoint, use: ProjectUse): object {
  const { createdBy, id, isReady, owner, scheme, uses } = endpoint;
  return {
    data: scheme.data,
    id,
    name: use.name,
    type: scheme.type,
    url: scheme.url,
    createdBy: identityReference(call, subjectAt(call.state, createdBy)),
    description: use.description,
    authorization: authorization(endpoint),
    isShared: uses.length > 1,
    isReady,
    ...(isReady ? {} : { operationStatus: { state: "Failed", statusMessage: "The service principal is gone." } }),
    // As the document has it, and with a capital as some bodies do.
    owner: owner === "library" ? "Library" : "AgentCloud",
    serviceEndpointProjectReferences: projectReferences(call, uses),
  };
}

function texts(call: Call, name: string): ReadonlySet<string> | undefined {
  const text = call.query.get(name.toLowerCase());
  return text === undefined || text === "" ? undefined : new Set(text.toLowerCase().split(","));
}

/** Connections that a project uses, in one body; those that failed only when they are asked for (facts 3.6). */
function endpoints(call: Call): Reply {
  const project = projectOf(call, "project");
  const withFailed = call.query.get("includefailed")?.toLowerCase() === "true";
  const [ids, names, schemes] = [texts(call, "endpointIds"), texts(call, "endpointNames"), texts(call, "authSchemes")];
  const [type, owner] = [call.query.get("type")?.toLowerCase(), call.query.get("owner")?.toLowerCase()];
  const found = call.state.roleObjects.endpoints.flatMap((endpoint) => {
    const use = useIn(endpoint, project);
    const matches =
      (withFailed || endpoint.isReady) &&
      (ids === undefined || ids.has(endpoint.id)) &&
      (names === undefined || names.has(use?.name.toLowerCase() ?? "")) &&
      (schemes === undefined || schemes.has(endpoint.scheme.scheme.toLowerCase())) &&
      (type === undefined || type === endpoint.scheme.type) &&
      (owner === undefined || owner === endpoint.owner);
    return use && matches ? [{ endpoint, use }] : [];
  });
  return okList(inAnyOrder(call, found).map(({ endpoint, use }) => wireEndpoint(call, endpoint, use)));
}

function oneEndpoint(call: Call): Reply {
  const project = projectOf(call, "project");
  const asked = call.param("endpointId");
  const endpoint = call.state.roleObjects.endpoints.find((each) => each.id === canonicalGuid(asked));
  const use = endpoint && useIn(endpoint, project);
  if (endpoint && use) return ok(wireEndpoint(call, endpoint, use));
  const message = `Service connection with id ${asked} does not exist in the project ${project.name}.`;
  throw new Refusal(404, "ServiceEndpointNotFoundException", message);
}

const path = "{project}/_apis/serviceendpoint/endpoints";

/** Service connections (facts 3.6). */
export const endpointRoutes: readonly Route[] = [
  { method: "GET", path, location: locations.endpoints, scopes, handle: endpoints },
  { method: "GET", path: `${path}/{endpointId}`, location: locations.endpoints, scopes, handle: oneEndpoint },
];
