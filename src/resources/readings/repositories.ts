import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Repository } from "../../azure-devops/git.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { Access } from "./access.ts";

/** The repositories of all projects, from one answer. */
export interface RepositoryReading {
  /** Ascending by id; none where the token may not read them. */
  all(call: Call): Promise<ReadonlyMap<string, Repository>>;
  readonly started: boolean;
}

export function createRepositoryReading(
  { git }: AzureDevOpsClient,
  access: Access,
  life: SharedOptions,
): RepositoryReading {
  const all = createShared(async (call: Call) => {
    if (await access.absence("repositories", call)) return new Map<string, Repository>();
    const found = await git.streamRepositories(collectRepositories, call);
    return new Map(found.sort((a, b) => compareText(a.id, b.id)).map((repository) => [repository.id, repository]));
  }, life);
  return {
    all: all.get,
    get started() {
      return all.started;
    },
  };
}

function collectRepositories() {
  const found: Repository[] = [];
  return {
    add: (repository: Repository) => void found.push(repository),
    result: () => found,
  };
}
