import { namespaceIds } from "../../namespace-ids.ts";
import type { ClassificationNode } from "../../state.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { allow, deny, projectScopes, setList } from "./context.ts";
import type { Bits, Role } from "./holders.ts";
import { handMade, projectEntries, setChanged } from "./holders.ts";

const noTeam = "00000000-0000-0000-0000-000000000000";
const nodePrefix = "vstfs:///Classification/Node/";
const readAndWrite = 16 | 32;

const namespaceOf = { area: namespaceIds.areas, iteration: namespaceIds.iterations } as const;
const rootBits: Readonly<Record<ClassificationNode["kind"], Bits<Role>>> = {
  area: {
    administrators: 767,
    buildAdministrators: 1 | readAndWrite,
    contributors: 1 | readAndWrite | 64 | 128 | 512,
    readers: 1 | 16,
    collectionTestServices: 1 | readAndWrite | 64,
    buildService: 1 | readAndWrite,
  },
  iteration: { administrators: 15, buildAdministrators: 1, contributors: 7, readers: 1, buildService: 1 },
};

/** The token of a node: its ancestors' ids and its own, the root first (facts 4.3). */
function nodeToken(nodes: readonly ClassificationNode[], node: ClassificationNode): string {
  const parent = node.parent === undefined ? undefined : nodes[node.parent];
  const own = `${nodePrefix}${node.id}`;
  return parent ? `${nodeToken(nodes, parent)}:${own}` : own;
}

function addNode({ builder }: ListContext, node: Omit<ClassificationNode, "index" | "id">): ClassificationNode {
  const index = builder.classification.length;
  const added = { ...node, index, id: builder.guid("classification-node", index) };
  builder.classification.push(added);
  return added;
}

/** A root that has the project's name, areas of the teams, and one node below the first (facts 4.3). */
function seedNodes(context: ListContext, scope: ProjectScope, kind: ClassificationNode["kind"]): void {
  const { builder, random } = context;
  const { groups, project, teams } = scope;
  const { classification } = builder;
  const own = { kind, project: project.index };
  const root = addNode(context, { ...own, name: project.name });
  const rootToken = nodeToken(classification, root);
  setChanged(context, scope, namespaceOf[kind], rootToken, projectEntries(context, scope, rootBits[kind]), 6);
  for (const [at, team] of teams.entries()) {
    const name = kind === "area" ? builder.subject(team).displayName : `Sprint ${at + 1}`;
    const node = addNode(context, { ...own, name, parent: root.index });
    if (!random.chance(0.5)) continue;
    const rights = kind === "area" ? readAndWrite : 6;
    const entries = [allow(team, rights), deny(groups.readers, kind === "area" ? 32 : 2)];
    setList(builder, namespaceOf[kind], nodeToken(classification, node), entries, !random.chance(0.1));
    if (at > 0) continue;
    const leaf = addNode(context, { ...own, name: "Vertraulich", parent: node.index });
    const few = [...handMade(context, scope, rights), allow(groups.contributors, rights & 16)];
    setList(builder, namespaceOf[kind], nodeToken(classification, leaf), few, false);
  }
}

/** Shared queries have a folder with an id of its own in each project (facts 4.3). */
function seedQueries(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project, teams } = scope;
  const at = project.index * 4;
  const shared = `$/${project.id}/${builder.guid("query", at)}`;
  const folder = `${shared}/${builder.guid("query", at + 1)}`;
  const everyone = [allow(groups.contributors, 1), allow(groups.readers, 1), allow(groups.administrators, 31)];
  setChanged(context, scope, namespaceIds.queries, shared, everyone, 2 | 4);
  const [team] = teams;
  setList(builder, namespaceIds.queries, folder, [
    ...(team === undefined ? [] : [allow(team, 3)]),
    ...handMade(context, scope, 2 | 8),
  ]);
  const maker = [allow(random.pick(people.users), 15), deny(groups.readers, 1)];
  setList(builder, namespaceIds.queries, `${folder}/${builder.guid("query", at + 2)}`, maker, project.index % 4 !== 0);
}

/** Dashboards of the teams and, with zeros for the team, of the project; views and plans of people (facts 4.3). */
function seedViews(context: ListContext, scope: ProjectScope): void {
  const { builder, people, random } = context;
  const { groups, project, teams } = scope;
  for (const team of teams) {
    const { index, storageKey } = builder.subject(team);
    const token = `$/${project.id}/${storageKey}/${builder.guid("dashboard", index)}`;
    setList(builder, namespaceIds.dashboards, token, [allow(team, 15), allow(random.pick(people.users), 31)]);
  }
  const dashboard = `$/${project.id}/${noTeam}/${builder.guid("project-dashboard", project.index)}`;
  setList(builder, namespaceIds.dashboards, dashboard, [
    allow(random.pick(people.users), 31),
    ...handMade(context, scope, 4 | 8),
    allow(groups.contributors, 1 | 4),
  ]);
  const view = `$/Shared/${project.id}/${builder.guid("analytics-view", project.index)}`;
  setList(builder, namespaceIds.analyticsViews, view, [
    allow(random.pick(people.users), 1_031),
    ...handMade(context, scope, 1 | 2),
  ]);
  const plan = `Plan/${project.id}/${builder.guid("plan", project.index)}`;
  const planned = [allow(random.pick(people.users), 15), allow(groups.contributors, 1), allow(groups.readers, 1)];
  setList(builder, namespaceIds.plans, plan, planned);
}

/** Lists of areas, iterations, queries, dashboards, views and plans. */
export function seedWorkItemLists(context: ListContext): void {
  for (const scope of projectScopes(context)) {
    seedNodes(context, scope, "area");
    seedNodes(context, scope, "iteration");
    seedQueries(context, scope);
    seedViews(context, scope);
  }
}
