import { guid } from "../../src/emulator/ids.ts";
import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt } from "../../src/emulator/index.ts";
import type { Exchange } from "./exchanges.ts";

/** Repositories, areas and iterations, of the organization and of one project. */
export function gitExchanges(emulator: Emulator): readonly Exchange[] {
  const { repositories } = emulator.state;
  const project = projectAt(emulator.state, 0);
  const own = repositories.find((each) => each.project === project.index);
  if (!own) throw new Error("the seed lacks a repository");
  const fork = repositories.find(({ parent }) => parent !== undefined) ?? own;
  const get = (path: string, extra: Partial<Exchange> = {}): Exchange => {
    return { area: "git", method: "GET", path: `git/${path}`, version: "7.1", ...extra };
  };
  const inProject = (path: string, params: Exchange["params"] = {}): Exchange => {
    const all = { ...params, projectId: project.id };
    return { ...get(path, { params: all }), served: `{projectId}/_apis/git/${path}` };
  };
  const one = (repositoryId: string) => get("repositories/{repositoryId}", { params: { repositoryId } });
  return [
    get("repositories", { query: { includeHidden: "true", includeLinks: "true" } }),
    inProject("repositories"),
    {
      area: "wit",
      method: "GET",
      path: "wit/classificationnodes",
      params: { projectId: project.id },
      served: "{projectId}/_apis/wit/classificationnodes",
      query: { $depth: "2" },
      version: "7.1",
    },
    one(fork.id),
    inProject("repositories/{repositoryId}", { repositoryId: own.name }),
  ];
}

/** A report, asked for and looked after; only administrators can. */
export function reportExchanges(emulator: Emulator): readonly Exchange[] {
  const { callerProject, repositories } = emulator.state;
  if (callerProject !== undefined) return [];
  const resources = [{ resourceType: "repo", resourceId: repositories[0]?.id ?? "", resourceName: "any" }];
  const body = { reportName: "everybody on one repository", descriptors: [], resources };
  const report = { area: "permissionsReport", version: "7.1" } as const;
  return [
    { ...report, method: "POST", path: "permissionsreport", body },
    { ...report, method: "GET", path: "permissionsreport" },
    {
      ...report,
      method: "GET",
      path: "permissionsreport/{id}",
      params: { id: guid(1, "permissions-report", 0) },
    },
  ];
}
