import { namespaceIds } from "../../namespace-ids.ts";
import type { AccessEntry } from "../../state.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, oneOf, projectScopes, setList, unknownIdentity } from "./context.ts";
import { projectEntries } from "./holders.ts";

const { project: projects, versionControl } = namespaceIds;
const viewProject = 1;
const deleteWorkItems = 8_192;
const bypassRules = 1_048_576;

/** Besides what the project was made with: its build identity, and what people have done. */
function projectChanges(context: ListContext, scope: ProjectScope): readonly AccessEntry[] {
  const { collection, people, random } = context;
  const { buildService, made, project } = scope;
  const found: AccessEntry[] = [allow(buildService, viewProject)];
  if (project.index % 5 === 3) found.push(...oneOf(random, made).map((who) => allow(who, viewProject | bypassRules)));
  if (project.index % 6 === 2) found.push(...oneOf(random, people.entra).map((who) => allow(who, viewProject)));
  // A group that may no longer see the project, whatever else it is given there.
  if (project.index % 13 === 7) found.push(...oneOf(random, made).map((who) => deny(who, viewProject)));
  // Of work items, administrators do not keep what is denied (facts 4.5).
  if (project.index % 9 === 1) found.push(deny(collection.administrators, deleteWorkItems | 32_768));
  if (project.index % 8 === 5) found.push(deny(random.pick(people.users), deleteWorkItems));
  if (project.index % 10 === 6) found.push(allow(unknownIdentity(context, project.index), 14_155_775));
  if (project.index % 12 === 9) found.push(allow(random.pick(people.users), 4_194_304 | 65_536));
  return found;
}

/** Version control of the old kind, in few projects; its token has the project's name (facts 4.2). */
function seedVersionControl(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project } = scope;
  if (project.index % 6 !== 0) return;
  const root = `$/${project.name}`;
  const bits = { administrators: 15_871, buildAdministrators: 1 | 2 | 8, contributors: 4_127, readers: 1 };
  setList(builder, versionControl, root, projectEntries(context, scope, { ...bits, buildService: 1 | 8 }));
  setList(builder, versionControl, `${root}/Main/Source Code`, [
    deny(groups.contributors, 4),
    allow(random.pick(people.users), 4 | 1_024),
  ]);
  setList(builder, versionControl, `${root}/Releases/`, [allow(groups.administrators, 15_871)], false);
}

/** Lists of the projects themselves. */
export function seedProjectChanges(context: ListContext): void {
  const { builder } = context;
  const { projectTokenColon } = builder.settings.beliefs;
  for (const scope of projectScopes(context)) {
    const token = `$PROJECT:vstfs:///Classification/TeamProject/${scope.project.id}${projectTokenColon ? ":" : ""}`;
    setList(builder, projects, token, projectChanges(context, scope));
    seedVersionControl(context, scope);
  }
}
