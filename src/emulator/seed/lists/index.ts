import type { ListContext } from "./context.ts";
import { seedGitLists } from "./git.ts";

/** What is seeded after everybody and everything else is there; each part adds lists, and a new part is one line. */
const parts: readonly ((context: ListContext) => void)[] = [seedGitLists];

/** The lists of every namespace beyond those that projects and teams are made with. */
export function seedLists(context: ListContext): void {
  for (const part of parts) part(context);
}
