import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { namespaceIds, projectAt, startEmulator } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 40, groups: 10, projects: 4 });
});
afterAll(() => emulator.close());

interface Node {
  readonly identifier: string;
  readonly structureType: string;
  readonly hasChildren: boolean;
  readonly path: string;
  readonly children?: readonly Node[];
}

async function nodes(project: string, query = ""): Promise<readonly Node[]> {
  const body: { readonly value: readonly Node[] } = JSON.parse(
    (await ask(emulator, `${project}/_apis/wit/classificationnodes${query}`)).text,
  );
  return body.value;
}

test("a project has two roots, with as many levels below them as asked for", async () => {
  const { id, name } = projectAt(emulator.state, 2);
  const alone = await nodes(id);
  expect(alone.map(({ path, structureType }) => [structureType, path])).toEqual([
    ["area", `\\${name}\\Area`],
    ["iteration", `\\${name}\\Iteration`],
  ]);
  expect(alone.every(({ children, hasChildren }) => hasChildren && children === undefined)).toBe(true);
  const [areas] = await nodes(id, "?$depth=1");
  expect(areas?.children?.map(({ path }) => path)).toContain(`\\${name}\\Area\\${name} Team`);
  expect(areas?.children?.every(({ children }) => children === undefined)).toBe(true);
});

test("identifiers in chains are the tokens of areas and iterations, but for those that nobody reads", async () => {
  const tokens = new Set<string>();
  const walk = (node: Node, above: string) => {
    const own = `${above}vstfs:///Classification/Node/${node.identifier}`;
    tokens.add(own);
    for (const child of node.children ?? []) walk(child, `${own}:`);
  };
  for (const { id, state } of emulator.state.projects) {
    if (state === "wellFormed") for (const root of await nodes(id, "?$depth=9")) walk(root, "");
  }
  const stored = [namespaceIds.areas, namespaceIds.iterations].flatMap((id) => {
    return [...(emulator.state.accessLists.get(id)?.values() ?? [])].map(({ token }) => token);
  });
  expect(stored.filter((token) => tokens.has(token)).length).toBeGreaterThan(8);
  expect(stored.filter((token) => !tokens.has(token))).toHaveLength(2);
});

test("it takes a scope and a known project", async () => {
  const path = `${projectAt(emulator.state, 0).id}/_apis/wit/classificationnodes`;
  const authorization = `Bearer ${emulator.syncOnlyToken}`;
  const { status } = await ask(emulator, path, { authorization, with: { "X-TFS-FedAuthRedirect": "Suppress" } });
  expect(status).toBe(401);
  expect((await ask(emulator, "nowhere/_apis/wit/classificationnodes")).status).toBe(404);
});
