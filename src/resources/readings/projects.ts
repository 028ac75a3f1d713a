import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Project, Team } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { createChain } from "./chain.ts";

/** Projects of all states, and the teams of all projects; each whole, sorted by id. */
export interface ProjectReading {
  projects(call: Call): Promise<readonly Project[]>;
  teams(call: Call): Promise<ReadonlyMap<string, Team>>;
}

export function createProjectReading({ core }: AzureDevOpsClient, life: SharedOptions): ProjectReading {
  const options = { keyOf: ({ id }: { readonly id: string }) => id, ahead: 1, ...life };
  const projectOptions = { route: "GET projects", ...options };
  const present = createChain((cursor, call) => core.listProjects("all", cursor, call), projectOptions);
  const deleted = createChain((cursor, call) => core.listProjects("deleted", cursor, call), projectOptions);
  const teamChain = createChain((cursor, call) => core.listTeams(cursor, call), { route: "GET teams", ...options });

  const projects = createShared(async (call) => {
    const byId = new Map<string, Project>();
    for (const chain of [deleted, present]) {
      for await (const page of chain.pages(call)) {
        for (const project of page.items)
          byId.set(project.id.toLowerCase(), { ...project, id: project.id.toLowerCase() });
      }
    }
    return [...byId.values()].sort((a, b) => compareText(a.id, b.id));
  }, life);

  const teams = createShared(async (call) => {
    const found: Team[] = [];
    for await (const page of teamChain.pages(call)) {
      for (const team of page.items) {
        found.push({ ...team, id: team.id.toLowerCase(), projectId: team.projectId.toLowerCase() });
      }
    }
    found.sort((a, b) => compareText(a.id, b.id));
    return new Map(found.map((team) => [team.id, team]));
  }, life);

  return { projects: (call) => projects.get(call), teams: (call) => teams.get(call) };
}
