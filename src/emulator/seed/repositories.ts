import type { Project, Repository } from "../state.ts";
import type { Builder } from "./builder.ts";
import { repositoryWords } from "./names.ts";

const branches = ["main", "main", "master", "develop", "main", "trunk/stable", "main"] as const;

function seedRepository(builder: Builder, project: Project, at: number, first: number): Repository {
  const index = builder.repositories.length;
  const word = repositoryWords[(at + project.index) % repositoryWords.length] ?? "code";
  const round = Math.floor(at / repositoryWords.length);
  const isEmpty = index % 13 === 6;
  return {
    index,
    id: builder.guid("repository", index),
    name: at === 0 ? project.name : round === 0 ? word : `${word}-${round + 1}`,
    project: project.index,
    ...(isEmpty ? {} : { defaultBranch: `refs/heads/${branches[index % branches.length]}` }),
    size: isEmpty ? 0 : 720 + ((index * 2_654_435) % 900_000_000),
    isDisabled: index % 23 === 7,
    isInMaintenance: index % 97 === 40,
    isHidden: false,
    ...(at > 0 && index % 17 === 5 ? { parent: first } : {}),
  };
}

function wiki(builder: Builder, project: Project): Repository {
  const index = builder.repositories.length;
  return {
    index,
    id: builder.guid("wiki", project.index),
    name: `${project.name}.wiki`,
    project: project.index,
    defaultBranch: "refs/heads/wikiMaster",
    size: 9_300 + index,
    isDisabled: false,
    isInMaintenance: false,
    isHidden: true,
  };
}

/**
 * Repositories of the well-formed projects: the first one has the project's name, some are empty, disabled, forks or
 * in maintenance; some projects have a wiki, which is a hidden repository (facts 4.3).
 */
export function seedRepositories(builder: Builder): void {
  const { projects, repositories, settings } = builder;
  for (const project of projects.filter(({ state }) => state === "wellFormed")) {
    const first = repositories.length;
    for (let at = 0; at < settings.repositoriesPerProject; at++) {
      repositories.push(seedRepository(builder, project, at, first));
    }
    if (project.index % 3 === 1) repositories.push(wiki(builder, project));
  }
}
