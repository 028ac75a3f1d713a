import type { ListContext } from "./context.ts";
import { seedGitLists } from "./git.ts";
import { seedGroupLists } from "./identities.ts";
import { seedOddLists } from "./odd.ts";
import { seedOrganizationLists } from "./organization.ts";
import { seedPipelineLists } from "./pipelines.ts";
import { seedProjectDefaults } from "./project-defaults.ts";
import { seedProjectChanges } from "./projects.ts";
import { seedWorkItemLists } from "./work-items.ts";

/** What is seeded after everybody and everything else is there; each part adds lists, and a new part is one line. */
const parts: readonly ((context: ListContext) => void)[] = [
  seedOrganizationLists,
  seedProjectChanges,
  seedProjectDefaults,
  seedGitLists,
  seedPipelineLists,
  seedWorkItemLists,
  seedGroupLists,
  seedOddLists,
];

/** The lists of every namespace beyond those that projects and teams are made with. */
export function seedLists(context: ListContext): void {
  for (const part of parts) part(context);
}
