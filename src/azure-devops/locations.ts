import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { createShared } from "../shared-load.ts";
import type { Answer, Area, Operation } from "./connection.ts";
import { isLoopback, type OrganizationUrl } from "./organization-url.ts";
import { listOf, resourceArea } from "./schemas.ts";

/** Resource area ids (facts 1.3); areas of the organization's own host have none here. */
const areaIds: Partial<Record<Area, string>> = {
  graph: "bb1e7ec9-e901-4b68-999a-de7012b920f8",
  identity: "8a3d49b8-91f0-46ef-b33d-dda338c25db3",
  "member-entitlements": "68ddce18-2501-45f1-a17b-7931a9922690",
  core: "79134c72-4a58-4b42-976c-04e7115f32bf",
};

export interface Locations {
  /** The base URL of the host that serves an area. */
  baseUrl(area: Area, call: Call): Promise<URL>;
}

const areasSchema = listOf(resourceArea);

/**
 * Finds service hosts as Microsoft's SDKs do: the organization tells them. All areas come in one answer, read once; an
 * area that is not listed lives on the organization's own host (so it is on a server).
 */
export function createLocations(
  organization: OrganizationUrl,
  send: (
    operation: Operation<{ value: { id: string; locationUrl: string }[] }>,
    call: Call,
  ) => Promise<Answer<{ value: { id: string; locationUrl: string }[] }>>,
): Locations {
  const areas = createShared(async (call: Call) => {
    const answer = await send(
      {
        area: "location",
        method: "GET",
        path: "resourceareas",
        template: "resourceareas",
        version: "7.1-preview.1",
        schema: areasSchema,
        scope: "any",
      },
      call,
    );
    const wanted = new Set(Object.values(areaIds));
    const found = answer.value.value.map(({ id, locationUrl }) => [id.toLowerCase(), locationUrl] as const);
    // Checked before it is kept: what a proxy gets wrong for a moment must not last.
    return new Map(found.filter(([id]) => wanted.has(id)).map(([id, url]) => [id, checkedLocation(url, organization)]));
  });
  return {
    async baseUrl(area, call) {
      const id = areaIds[area];
      if (id === undefined) return organization.url;
      return (await areas.get(call)).get(id) ?? organization.url;
    },
  };
}

/** The credential goes along to these hosts, so a plain-text or unreadable address is refused. */
function checkedLocation(location: string, organization: OrganizationUrl): URL {
  const url = URL.parse(location);
  const secure =
    url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url) && isLoopback(organization.url));
  if (url && secure && !url.username && !url.password) return url;
  throw new ConnectorError(
    "unexpected-answer",
    "GET resourceareas: a service host's address is not an https URL; check the organization URL or the proxy",
  );
}
