import { codeLocations } from "../code-locations.ts";
import { wholeNumber } from "../paging.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { ClassificationNode } from "../state.ts";
import { projectAt } from "../state.ts";
import { projectOf } from "./core.ts";

/** Any of these reads areas and iterations (facts 9.2). */
const workScopes = ["vso.work", "vso.work_write", "vso.work_full"];

const groups = { area: "Areas", iteration: "Iterations" } as const;

/** Below the root the name of the tree stands between the project and the node (seen in work items' own paths). */
function namesOf(nodes: readonly ClassificationNode[], node: ClassificationNode): readonly string[] {
  const parent = node.parent === undefined ? undefined : nodes[node.parent];
  return parent ? [...namesOf(nodes, parent), node.name] : [];
}

/** A node with as many levels below it as were asked for; ids are numbers here, while tokens have the identifiers (facts 4.3). */
function wireNode(call: Call, node: ClassificationNode, depth: number): object {
  const { classification } = call.state;
  const { id: project, name } = projectAt(call.state, node.project);
  const below = classification.filter(({ parent }) => parent === node.index);
  const names = namesOf(classification, node);
  const group = groups[node.kind];
  const tree = `${call.baseUrl("core")}/${project}/_apis/wit/classificationNodes/${group}`;
  return {
    id: node.index + 1,
    identifier: node.id,
    name: node.name,
    structureType: node.kind,
    hasChildren: below.length > 0,
    ...(depth > 0 && below.length > 0 ? { children: below.map((each) => wireNode(call, each, depth - 1)) } : {}),
    path: ["", name, group.slice(0, -1), ...names].join("\\"),
    url: [tree, ...names.map(encodeURIComponent)].join("/"),
  };
}

/** The two roots of a project, without `$depth` alone (facts 3.6). */
function roots(call: Call): Reply {
  const { index } = projectOf(call);
  const depth = wholeNumber(call, "$depth", 0);
  const found = call.state.classification.filter(({ parent, project }) => parent === undefined && project === index);
  return okList(found.map((node) => wireNode(call, node, depth)));
}

/** Areas and iterations, whose tokens nothing else leads back to a project. */
export const classificationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "{projectId}/_apis/wit/classificationnodes",
    location: codeLocations.classificationNodes,
    scopes: workScopes,
    handle: roots,
  },
];
