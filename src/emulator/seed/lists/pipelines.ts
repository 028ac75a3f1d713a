import { namespaceIds } from "../../namespace-ids.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, projectScopes, setList } from "./context.ts";
import { handMade } from "./holders.ts";

const folders = ["", "Nightly builds/", "Éditions/A & B/", "データ/", "Release 2026/"] as const;
const definitionsPerProject = 8;
/** Makers of a definition may do all to it (facts 4.6). */
const buildCreator = 122_111;
const releaseCreator = 8_191;

/** Folders stand in the token as they are named, with the definition's number at the end (facts 4.3). */
function seedBuilds(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project } = scope;
  for (let at = 0; at < definitionsPerProject; at++) {
    if (!random.chance(0.6)) continue;
    const id = project.index * definitionsPerProject + at + 1;
    const token = `${project.id}/${folders[at % folders.length]}${id}`;
    const maker = allow(random.pick(people.users), buildCreator);
    setList(builder, namespaceIds.build, token, [
      maker,
      allow(scope.buildService, 1 | 128 | 1_024),
      ...handMade(context, scope, 128 | 2_048),
      allow(groups.contributors, 1 | 128 | 1_024),
    ]);
  }
  const folder = `${project.id}/${folders[1]}`.slice(0, project.index % 2 === 0 ? -1 : undefined);
  setList(builder, namespaceIds.build, folder, [
    deny(groups.contributors, 2_048 | 4_096),
    ...handMade(context, scope, 128 | 2_048 | 16_384),
  ]);
}

function seedReleases(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project } = scope;
  const [, , releaseAdministrators] = groups.others;
  if (releaseAdministrators === undefined) return;
  for (let at = 0; at < 4; at++) {
    const id = project.index * 4 + at + 1;
    const token = `${project.id}/${folders[(at * 2) % folders.length]}${id}`;
    const inherit = random.chance(0.9);
    const approvers = handMade(context, scope, 8 | 32);
    const entries = [allow(random.pick(people.users), releaseCreator), ...approvers, allow(groups.readers, 33)];
    setList(builder, namespaceIds.release, token, entries, inherit);
    if (at > 1) continue;
    const production = [deny(groups.contributors, 2_048), allow(releaseAdministrators, 2_048 | 128)];
    setList(builder, namespaceIds.release, `${token}/Environment/${id * 3}`, production);
  }
}

function seedTaskGroups(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project } = scope;
  const parent = builder.guid("task-group", project.index * 2);
  const child = builder.guid("task-group", project.index * 2 + 1);
  setList(builder, namespaceIds.taskGroups, `${project.id}/${parent}`, [allow(random.pick(people.users), 7)]);
  if (project.index % 3 === 0) {
    setList(builder, namespaceIds.taskGroups, `${project.id}/${parent}/${child}`, [deny(groups.contributors, 2)]);
  }
}

/** Lists of pipelines, of classic releases with their stages, and of task groups. */
export function seedPipelineLists(context: ListContext): void {
  for (const scope of projectScopes(context)) {
    seedBuilds(context, scope);
    seedReleases(context, scope);
    seedTaskGroups(context, scope);
  }
}
