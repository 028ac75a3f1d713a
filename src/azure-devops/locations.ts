import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { createShared } from "../shared-load.ts";
import type { Answer, Area, Operation } from "./operations.ts";
import { isLoopback, type OrganizationUrl } from "./organization-url.ts";
import { listOf, resourceArea } from "./schemas.ts";

/** Resource area ids (facts 1.3); areas of the organization's own host have none here. */
const areaIds: Partial<Record<Area, string>> = {
  graph: "bb1e7ec9-e901-4b68-999a-de7012b920f8",
  identity: "8a3d49b8-91f0-46ef-b33d-dda338c25db3",
  "member-entitlements": "68ddce18-2501-45f1-a17b-7931a9922690",
  core: "79134c72-4a58-4b42-976c-04e7115f32bf",
  git: "4e080c62-fa21-4fbc-8fef-2a10a2b38049",
  "distributed-task": "a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd",
  "service-endpoints": "1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7",
  packaging: "7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5",
  "permissions-report": "f3e9b8f5-7c1f-46e4-819b-e8a44ab105b8",
  account: "0d55247a-1c47-4462-9b1f-5e2125590ee6",
  "token-administration": "af68438b-ed04-4407-9eb6-f1dbae3f922e",
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
