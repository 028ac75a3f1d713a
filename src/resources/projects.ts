import { parseDate } from "../azure-devops/descriptors.ts";
import type { Project } from "../azure-devops/schemas.ts";
import { allAtOnce, defineResource } from "../connector/handler.ts";
import type { Resource, ResourceRef, Status } from "../connector/model.ts";
import { governed } from "./governed.ts";
import type { SyncOptions } from "./options.ts";
import type { Readings } from "./readings/index.ts";

/** Projects of every state, deleted ones that can still be restored among them. */
export const projectResource = (options: SyncOptions) =>
  defineResource<Readings>({
    type: { id: "project", displayName: "Project", description: "A project of the organization.", traits: [] },
    entitlements: [],
    list: (readings) =>
      allAtOnce(async (call) => {
        const [projects, organization] = await Promise.all([
          readings.projects.projects(call),
          readings.organization(call),
        ]);
        return projects.map((project) => toResource(project, organization));
      }),
    async get(readings, id, call) {
      if (!isGuid(id)) return undefined; // Upstream would take it for a name.
      const [found, organization] = await Promise.all([
        readings.client.core.getProject(id, call),
        readings.organization(call),
      ]);
      // A deleted project cannot be asked for alone any more, but is listed until it is gone for good.
      const project =
        found ?? (await readings.projects.projects(call)).find((listed) => listed.id === id.toLowerCase());
      return project && toResource({ ...project, id: project.id.toLowerCase() }, organization);
    },
    canonical: async (_readings, ref) => ({ ...ref, id: ref.id.toLowerCase() }),
    ...governed("project", options, async ({ projects }, id, call) => {
      return (await projects.projects(call)).some((project) => project.id === id.toLowerCase());
    }),
  });

const isGuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const statuses = new Map<string, Status>([
  ["wellformed", "enabled"],
  ["unchanged", "enabled"],
  ["deleting", "disabled"],
  ["deleted", "deleted"],
  ["new", "disabled"],
  ["createpending", "disabled"],
]);

function toResource(project: Project, organization: ResourceRef | undefined): Resource {
  const value = statuses.get(project.state?.toLowerCase() ?? "") ?? "unspecified";
  return {
    type: "project",
    id: project.id,
    displayName: project.name,
    description: project.description || undefined,
    parent: organization,
    status: { value, ...(value === "enabled" ? {} : { details: `state ${project.state ?? "unknown"}` }) },
    profile: {
      state: project.state,
      visibility: project.visibility,
      last_update: parseDate(project.lastUpdateTime)?.toISOString(),
    },
  };
}
