import { z } from "zod";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { RowCollector } from "./list-answers.ts";

const repository = z
  .object({
    id: z.string(),
    name: z.string(),
    project: z.object({ id: z.string(), name: z.string(), state: z.string().nullish() }),
    defaultBranch: z.string().nullish(),
    size: z.number().nullish(),
    isDisabled: z.boolean().nullish(),
    isFork: z.boolean().nullish(),
    isInMaintenance: z.boolean().nullish(),
    webUrl: z.string().nullish(),
  })
  .transform(({ id, project, ...rest }) => ({
    ...rest,
    id: id.toLowerCase(),
    project: { ...project, id: project.id.toLowerCase() },
  }));

export type Repository = z.infer<typeof repository>;

export interface GitApi {
  streamRepositories<T>(createCollector: () => RowCollector<Repository, T>, call: Call): Promise<T>;
  getRepository(id: string, call: Call): Promise<Repository | undefined>;
}

const base = { area: "core", method: "GET", version: "7.1", scope: "Code (Read)" } as const;

export function createGitApi(connection: Connection): GitApi {
  return {
    async streamRepositories(createCollector, call) {
      const operation = {
        ...base,
        path: "git/repositories",
        template: "git/repositories",
        row: repository,
        maxBytes: 1e9,
      };
      return (await connection.stream(operation, createCollector, call)).value;
    },
    async getRepository(id, call) {
      try {
        const operation = {
          ...base,
          path: `git/repositories/${id}`,
          template: "git/repositories/{id}",
          schema: repository,
        };
        return (await connection.send(operation, call)).value;
      } catch (error) {
        if (isConnectorError(error, "not-found")) return undefined;
        throw error;
      }
    },
  };
}
