import type { ConnectionData, ResourceArea } from "../../azure-devops/types.ts";
import { hostedAreas, resourceAreas } from "../areas.ts";
import { guid } from "../ids.ts";
import type { Location } from "../locations.ts";
import { locations } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import { subjectAt } from "../state.ts";

function areas(call: Call): readonly ResourceArea[] {
  const { deployment } = call.settings;
  const here = resourceAreas.filter(({ name }) => deployment === "hosted" || !hostedAreas.has(name));
  return here.map(({ host, id, name }) => ({ id, name, locationUrl: `${call.baseUrl(host)}/` }));
}

/** One area; an unknown one is null, since the caller only asks whether it is there. */
function oneArea(call: Call): Reply {
  const asked = call.param("areaId").toLowerCase();
  return ok(areas(call).find((area) => area.id === asked) ?? null);
}

/** Who asks, and the id of the organization, which a rename leaves as it is (facts 1.2, 1.6). */
function connectionData(call: Call): Reply {
  const caller = subjectAt(call.state, call.caller);
  const user = {
    id: caller.storageKey,
    descriptor: caller.identity,
    subjectDescriptor: descriptorOf(caller),
    providerDisplayName: caller.displayName,
    isActive: true,
    properties: { Account: { $type: "System.String", $value: caller.principalName } },
    resourceVersion: 2,
    metaTypeId: 0,
  };
  const body: ConnectionData & { readonly locationServiceData: object } = {
    authenticatedUser: user,
    authorizedUser: user,
    instanceId: call.state.collectionId,
    deploymentId: guid(call.settings.seed, "deployment", 0),
    deploymentType: call.settings.deployment,
    locationServiceData: {
      serviceOwner: "00025394-6065-48ca-87d9-7f5672854ef7",
      defaultAccessMappingMoniker: "PublicAccessMapping",
      lastChangeId: 424_239_147,
      lastChangeId64: 424_239_147,
    },
  };
  return ok(body);
}

function wireLocation(location: Location): object {
  return {
    id: location.id,
    area: location.area,
    resourceName: location.resource,
    routeTemplate: location.template,
    resourceVersion: location.version,
    minVersion: location.min,
    maxVersion: location.max,
    releasedVersion: location.released,
  };
}

/** Routes of every host that tell where things are; the table is made of the routes themselves. */
export function locationRoutes(others: readonly Route[], anyHost: boolean): readonly Route[] {
  const own: readonly Route[] = [
    {
      method: "GET",
      path: "_apis/connectionData",
      location: locations.connectionData,
      scopes: [],
      handle: connectionData,
    },
    {
      method: "GET",
      path: "_apis/resourceareas",
      location: locations.resourceAreas,
      scopes: [],
      handle: (call) => okList(areas(call)),
    },
    {
      method: "GET",
      path: "_apis/resourceareas/{areaId}",
      location: locations.resourceAreas,
      scopes: [],
      handle: oneArea,
    },
  ];
  const table = [...new Map([...own, ...others].map(({ location }) => [location.id, location])).values()];
  const options = (call: Call, area: string | undefined): Reply => {
    const here = table.filter((location) => anyHost || location.hosts.includes(call.host));
    return okList(
      here.filter((location) => area === undefined || location.area.toLowerCase() === area).map(wireLocation),
    );
  };
  // The table itself has no version of its own; the location only carries the hosts.
  const location: Location = { ...locations.connectionData, released: "7.1" };
  return [
    ...own,
    { method: "OPTIONS", path: "_apis", location, scopes: [], handle: (call) => options(call, undefined) },
    {
      method: "OPTIONS",
      path: "_apis/{area}",
      location,
      scopes: [],
      handle: (call) => options(call, call.param("area").toLowerCase()),
    },
  ];
}
