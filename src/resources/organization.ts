import type { Call } from "../call.ts";
import { allAtOnce, defineResource } from "../connector/handler.ts";
import type { Resource } from "../connector/model.ts";
import { governed } from "./governed.ts";
import type { SyncOptions } from "./options.ts";
import type { Readings } from "./readings/index.ts";

/** The organization itself: the parent of projects. Its id stays when it is renamed. */
export const organizationResource = (options: SyncOptions) =>
  defineResource<Readings>({
    type: { id: "organization", displayName: "Organization", description: "The organization itself.", traits: [] },
    entitlements: [],
    list: (readings) => allAtOnce(async (call) => [await toResource(readings, call)]),
    async get(readings, id, call) {
      const organization = await toResource(readings, call);
      return organization.id === id.toLowerCase() ? organization : undefined;
    },
    canonical: async (_readings, ref) => ({ ...ref, id: ref.id.toLowerCase() }),
    ...governed("organization", options, async (readings, id, call) => {
      return (await toResource(readings, call)).id === id.toLowerCase();
    }),
  });

async function toResource({ access, client }: Readings, call: Call): Promise<Resource> {
  const { instanceId, deploymentType } = await access.connection(call);
  const { name, url } = client.connection.organization;
  return {
    type: "organization",
    id: instanceId.toLowerCase(),
    displayName: name,
    profile: { url: url.href, deployment_type: deploymentType },
  };
}
