import { z } from "zod";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { RowCollector } from "./list-answers.ts";
import { flag, guid, optionalText } from "./references.ts";

/** Git repositories of all projects. */
export interface GitApi {
  /** Every repository as it arrives, wikis and disabled ones among them (no paging). */
  streamRepositories<T>(createCollector: () => RowCollector<Repository, T>, call: Call): Promise<T>;
  /** Undefined when there is no such repository. */
  getRepository(id: string, call: Call): Promise<Repository | undefined>;
}

const repository = z.object({
  id: guid,
  name: z.string(),
  project: z.object({ id: guid, name: optionalText, state: optionalText }),
  /** A full ref; absent while there is no commit. */
  defaultBranch: optionalText,
  /** In bytes. */
  size: z.number().nullish(),
  isDisabled: flag,
  isFork: flag,
  isInMaintenance: flag,
  webUrl: optionalText,
});

export type Repository = z.infer<typeof repository>;

/** A repository takes about a kilobyte; organizations have tens of thousands. */
const maxListBytes = 512 * 1024 * 1024;

const base = { area: "git", method: "GET", version: "7.1", scope: "Code (Read)" } as const;

export function createGitApi(connection: Connection): GitApi {
  return {
    async streamRepositories(createCollector, call) {
      const operation = {
        ...base,
        path: "git/repositories",
        template: "git/repositories",
        // Wikis are hidden repositories, with access lists as the others have.
        query: { includeHidden: true },
        row: repository,
        maxBytes: maxListBytes,
      };
      return (await connection.stream(operation, createCollector, call)).value;
    },
    async getRepository(id, call) {
      const path = `git/repositories/${encodeURIComponent(id)}`;
      try {
        const operation = { ...base, path, template: "git/repositories/{repository}", schema: repository };
        return (await connection.send(operation, call)).value;
      } catch (error) {
        if (isConnectorError(error, "not-found")) return undefined;
        throw error;
      }
    },
  };
}
