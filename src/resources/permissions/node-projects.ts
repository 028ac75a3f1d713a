import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import { safeId } from "../../connector/ids.ts";
import type { AccessTable, Interner } from "../../permissions/access-table.ts";
import type { RoleGroup } from "./role-groups.ts";

const rootPattern = /^vstfs:\/\/\/classification\/node\/([0-9a-f-]{36})/;

/**
 * The project of each area and iteration tree. Their tokens hold ids of nodes only, and listing the nodes takes a request
 * a project; but a tree's lists name the built-in groups of its project, which no other project can hold. A root
 * whose lists name none, or those of two projects, stays without one and is told as unreadable.
 */
export function nodeProjects(
  governed: readonly { readonly slug: string }[],
  tables: readonly AccessTable[],
  descriptors: Interner,
  roleGroups: ReadonlyMap<string, RoleGroup>,
): ReadonlyMap<string, string> {
  const candidates = new Map<string, Set<string>>();
  for (const [index, { slug }] of governed.entries()) {
    if (slug !== "area" && slug !== "iteration") continue;
    for (const { canonical, entries } of tables[index]?.lists() ?? []) {
      const root = rootPattern.exec(canonical)?.[1];
      if (root === undefined) continue;
      const projects = candidates.get(root) ?? new Set();
      candidates.set(root, projects);
      for (const { who } of entries) {
        const subject = subjectOfIdentity(descriptors.text(who));
        const projectId = subject === undefined ? undefined : roleGroups.get(safeId(subject))?.projectId;
        if (projectId !== undefined) projects.add(projectId);
      }
    }
  }
  const found = new Map<string, string>();
  for (const [root, projects] of candidates) {
    const [projectId] = projects;
    if (projects.size === 1 && projectId !== undefined) found.set(root, projectId);
  }
  return found;
}
