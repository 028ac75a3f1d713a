import type { Repository } from "../azure-devops/git.ts";
import type { Call } from "../call.ts";
import { allAtOnce, defineResource } from "../connector/handler.ts";
import type { Resource } from "../connector/model.ts";
import { governed } from "./governed.ts";
import type { SyncOptions } from "./options.ts";
import type { Readings } from "./readings/index.ts";

/**
 * Git repositories of all projects. What is allowed on a project's repositories stands on the project, once; a
 * repository has entitlements where it or one of its branches has a list of its own.
 */
export const repositoryResource = (options: SyncOptions) =>
  defineResource<Readings>({
    type: {
      id: "repository",
      displayName: "Repository",
      description: "A Git repository of a project.",
      traits: [],
    },
    entitlements: [],
    list: (readings) =>
      allAtOnce(async (call) => {
        const [repositories, settings] = await Promise.all([
          readings.repositories.all(call),
          ownSettings(readings, call),
        ]);
        return [...repositories.values()].map((repository) => toResource(repository, settings));
      }),
    async get(readings, id, call) {
      const [repository, settings] = await Promise.all([
        findRepository(readings, id, call),
        ownSettings(readings, call),
      ]);
      return repository && toResource(repository, settings);
    },
    canonical: async (_readings, ref) => ({ ...ref, id: ref.id.toLowerCase() }),
    ...governed("repository", options, async (readings, id, call) => {
      return (await findRepository(readings, id, call)) !== undefined;
    }),
  });

async function findRepository({ repositories }: Readings, id: string, call: Call): Promise<Repository | undefined> {
  return (await repositories.all(call)).get(id);
}

interface Settings {
  readonly hasGrants: boolean;
  readonly inherits: boolean;
}

/** Which repositories have lists of their own, and whether they still inherit. */
async function ownSettings({ permissions }: Readings, call: Call): Promise<(id: string) => Settings> {
  const [index, ids] = await Promise.all([permissions.index(call), permissions.ids("repository", call)]);
  const granted = new Set(ids);
  return (id) => {
    const own = index.tokens("repository", id).find(({ place }) => place.inner === "");
    return { hasGrants: granted.has(id), inherits: own?.table.get(own.canonical)?.inherits ?? true };
  };
}

function toResource(repository: Repository, settings: (id: string) => Settings): Resource {
  const { id, name, project, defaultBranch, size, isDisabled, isFork, isInMaintenance, webUrl } = repository;
  const { hasGrants, inherits } = settings(id);
  return {
    type: "repository",
    id,
    displayName: name,
    parent: { type: "project", id: project.id },
    status: { value: isDisabled ? "disabled" : "enabled" },
    ...(hasGrants ? {} : { withoutGrants: true }),
    profile: {
      project: project.name,
      default_branch: defaultBranch,
      size_bytes: size,
      disabled: isDisabled,
      fork: isFork,
      in_maintenance: isInMaintenance,
      url: webUrl,
      inheritance: inherits,
      permissions_from: inherits ? `project:${project.id}` : undefined,
    },
  };
}
