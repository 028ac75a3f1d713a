import type { Project } from "../state.ts";
import type { Builder } from "./builder.ts";
import { projectWords } from "./names.ts";

const otherStates = ["deleting", "createPending", "new", "deleted"] as const;

function project(builder: Builder, index: number, state: Project["state"]): Project {
  const word = projectWords[index % projectWords.length] ?? "Project";
  const round = Math.floor(index / projectWords.length);
  return {
    index,
    id: builder.guid("project", index),
    scopeId: builder.guid("project-scope", index),
    name: state === "wellFormed" ? (round === 0 ? word : `${word} ${round + 1}`) : `${state} project`,
    description: index % 3 === 1 ? null : `${word} – source, boards and pipelines`,
    state,
    visibility: index % 11 === 4 ? "public" : "private",
    revision: 11 + index * 7,
    updated: Date.UTC(2024, index % 12, 1 + (index % 27), 9, 3, index % 60, 270),
  };
}

/** Seeds the well-formed projects, and one in each other state on top. */
export function seedProjects(builder: Builder): void {
  const { projects, settings } = builder;
  for (let index = 0; index < settings.projects; index++) projects.push(project(builder, index, "wellFormed"));
  for (const state of otherStates) projects.push(project(builder, projects.length, state));
}
