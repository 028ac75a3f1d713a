import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { ask } from "./requests.ts";

/** Roles are another view of the access control lists (facts 5.2): both readings have to say the same. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ projects: 12 });
});
afterAll(() => emulator.close());

interface Entry {
  readonly allow?: number;
  readonly deny?: number;
}
interface List {
  readonly token: string;
  readonly inheritPermissions: boolean;
  readonly acesDictionary: Readonly<Record<string, Entry>>;
}
interface Role {
  readonly name: string;
  readonly displayName: string;
  readonly identifier: string;
  readonly scope: string;
  readonly allowPermissions: number;
  readonly denyPermissions: number;
}
interface Assignment {
  readonly identity: { readonly id: string };
  readonly role: Role;
  readonly access: "assigned" | "inherited";
}
interface Rows {
  readonly roledefinitions: Role;
  readonly roleassignments: Assignment;
  readonly accesscontrollists: List;
}

async function rows<Kind extends keyof Rows>(path: string, kind: Kind): Promise<readonly Rows[Kind][]> {
  const { status, text } = await ask(emulator, path);
  expect([path, status]).toEqual([path, 200]);
  expect(path).toContain(kind);
  const body: { readonly value: readonly Rows[Kind][] } = JSON.parse(text);
  return body.value;
}

const definitions = (scope: string) => rows(`_apis/securityroles/scopes/${scope}/roledefinitions`, "roledefinitions");
const assignments = (scope: string, resource: string) =>
  rows(`_apis/securityroles/scopes/${scope}/roleassignments/resources/${resource}`, "roleassignments");

/** Storage key of an entry's identity, when identities still know it. */
function keyOf(identity: string): string | undefined {
  const subject = emulator.state.subjects.find((each) => each.identity.toLowerCase() === identity.toLowerCase());
  return subject?.known === "nowhere" ? undefined : subject?.storageKey;
}

/** `{key} {role}` of every entry that is exactly a role. */
function rolesOf(list: List | undefined, roles: readonly Role[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [identity, { allow = 0, deny = 0 }] of Object.entries(list?.acesDictionary ?? {})) {
    const key = keyOf(identity);
    const role = roles.find((each) => each.allowPermissions === allow && each.denyPermissions === deny);
    if (key !== undefined && role) found.set(key, role.name);
  }
  return found;
}

const namespaces = {
  endpoint: "49b48001-ca20-4adc-8111-5b60c903a50c",
  library: "b7e84409-6553-448a-bbb2-af228e07cbeb",
  environment: "83d4c2e6-e57d-4d6e-892b-b87222b7ad20",
  task: "101eae8c-1709-47f9-b228-0e476c35b3ba",
} as const;

interface Governed {
  readonly scope: string;
  readonly hubScope: string;
  readonly namespace: string;
  readonly resource: string;
  readonly token: string;
  readonly hub: string;
}

/** Everything that roles govern, as the table of the facts has it. */
function governed(): readonly Governed[] {
  const { endpoints, environments, pools, queues, secureFiles, variableGroups } = emulator.state.roleObjects;
  const id = (project: number) => projectAt(emulator.state, project).id;
  const row = (scope: string, hubScope: string, namespace: string, resource: string, token: string, hub: string) => {
    return {
      scope: `distributedtask.${scope}`,
      hubScope: `distributedtask.${hubScope}`,
      namespace,
      resource,
      token,
      hub,
    };
  };
  const { endpoint, environment, library, task } = namespaces;
  return [
    ...endpoints.flatMap((each) =>
      each.uses.map(({ project }) => {
        const hub = `endpoints/${id(project)}`;
        const resource = `${id(project)}_${each.id}`;
        return row("serviceendpointrole", "project.serviceendpointrole", endpoint, resource, `${hub}/${each.id}`, hub);
      }),
    ),
    ...variableGroups.flatMap((each) =>
      each.uses.map(({ project }) => {
        const hub = `Library/${id(project)}`;
        const resource = `${id(project)}%24${each.id}`;
        return row("variablegroup", "library", library, resource, `${hub}/VariableGroup/${each.id}`, hub);
      }),
    ),
    ...secureFiles.map(({ id: key, project }) => {
      const hub = `Library/${id(project)}`;
      return row("securefile", "library", library, `${id(project)}%24${key}`, `${hub}/SecureFile/${key}`, hub);
    }),
    ...environments.map(({ id: key, project }) => {
      const hub = `Environments/${id(project)}`;
      const [scope, all] = ["environmentreferencerole", "globalenvironmentreferencerole"];
      return row(scope, all, environment, `${id(project)}_${key}`, `${hub}/${key}`, hub);
    }),
    ...queues.map(({ id: key, project }) => {
      const hub = `AgentQueues/${id(project)}`;
      return row("agentqueuerole", "globalagentqueuerole", task, `${id(project)}_${key}`, `${hub}/${key}`, hub);
    }),
    ...pools.map((each) => {
      return row("agentpoolrole", "globalagentpoolrole", task, `${each.id}`, `AgentPools/${each.id}`, "AgentPools");
    }),
  ];
}

describe("assignments", () => {
  test("of every object are what its list and that of all of its kind say, by the definitions", async () => {
    const lists = new Map<string, List>();
    for (const namespace of Object.values(namespaces)) {
      for (const list of await rows(`_apis/accesscontrollists/${namespace}`, "accesscontrollists"))
        lists.set(`${namespace} ${list.token}`, list);
    }
    const known = new Map<string, readonly Role[]>();
    const seen = { assigned: 0, inherited: 0 };
    for (const { hub, hubScope, namespace, resource, scope, token } of governed()) {
      for (const each of [scope, hubScope]) if (!known.has(each)) known.set(each, await definitions(each));
      const roles = known.get(scope) ?? [];
      const own = lists.get(`${namespace} ${token}`);
      const assigned = rolesOf(own, roles);
      const above = own?.inheritPermissions === false ? undefined : lists.get(`${namespace} ${hub}`);
      const names = new Set(roles.map(({ name }) => name));
      const inherited = [...rolesOf(above, known.get(hubScope) ?? [])].filter(
        ([key, name]) => !assigned.has(key) && names.has(name),
      );
      const expected = [
        ...[...assigned].map(([key, name]) => `${key} ${name} assigned`),
        ...inherited.map(([key, name]) => `${key} ${name} inherited`),
      ];
      const found = await assignments(scope, resource);
      expect(found.map(({ access, identity, role }) => `${identity.id} ${role.name} ${access}`).sort()).toEqual(
        expected.sort(),
      );
      for (const { access } of found) seen[access]++;
    }
    expect(seen.assigned).toBeGreaterThan(200);
    expect(seen.inherited).toBeGreaterThan(200);
  });

  test("of all of a kind are assigned, creators among them", async () => {
    const { id } = projectAt(emulator.state, 0);
    for (const [scope, resource] of [
      ["distributedtask.library", `${id}%240`],
      ["distributedtask.globalenvironmentreferencerole", id],
      ["distributedtask.project.serviceendpointrole", id],
      ["distributedtask.globalagentpoolrole", "0"],
    ] as const) {
      const found = await assignments(scope, resource);
      expect(found.every(({ access }) => access === "assigned")).toBe(true);
      expect(new Set(found.map(({ role }) => role.name))).toEqual(new Set(["Reader", "Creator", "Administrator"]));
    }
  });

  test("take the dollar of a resource as it is, too, and refuse what is no resource of the scope", async () => {
    const { id } = projectAt(emulator.state, 0);
    const raw = await assignments("distributedtask.library", `${id}$0`);
    expect(raw).toEqual(await assignments("distributedtask.library", `${id}%240`));
    const { json, status } = await ask(
      emulator,
      `_apis/securityroles/scopes/distributedtask.library/roleassignments/resources/${id}`,
    );
    expect([status, json.typeKey]).toEqual([400, "ArgumentException"]);
  });
});

describe("definitions", () => {
  test("of an unknown scope are refused in words", async () => {
    const { json, status } = await ask(emulator, "_apis/securityroles/scopes/distributedtask.nothing/roledefinitions");
    expect([status, json.message]).toEqual([404, expect.stringContaining("does not exist")]);
  });

  test("are bits of the namespace behind them, and need a preview version", async () => {
    const bits = async (scope: string) =>
      Object.fromEntries((await definitions(scope)).map((role) => [role.name, role.allowPermissions]));
    expect(await bits("distributedtask.serviceendpointrole")).toEqual({ Reader: 16, User: 1, Administrator: 3 });
    expect(await bits("distributedtask.environmentreferencerole")).toEqual({ Reader: 1, User: 17, Administrator: 27 });
    expect(await bits("distributedtask.variablegroup")).toEqual({ Reader: 1, User: 17, Administrator: 19 });
    const path = "_apis/securityroles/scopes/distributedtask.securefile/roledefinitions?api-version=7.1";
    expect((await ask(emulator, path)).json.typeKey).toBe("VssInvalidPreviewVersionException");
  });

  test("have names that the organization's language does not change", async () => {
    await using german = await startEmulator({ users: 20, groups: 2, projects: 1, language: "de" });
    const path = "_apis/securityroles/scopes/distributedtask.library/roledefinitions";
    const { text } = await ask(german, path);
    const roles: { readonly value: readonly Role[] } = JSON.parse(text);
    expect(roles.value.map(({ displayName, name }) => [name, displayName])).toEqual([
      ["Reader", "Leser"],
      ["User", "Benutzer"],
      ["Creator", "Ersteller"],
      ["Administrator", "Administrator"],
    ]);
  });
});

test("the lists hold what real ones do: denials, bits of no role, the gone, cut inheritance, objects that are no more", async () => {
  const roles = (await definitions("distributedtask.variablegroup")).map(({ allowPermissions }) => allowPermissions);
  const lists = [...(emulator.state.accessLists.get(namespaces.library)?.values() ?? [])];
  const entries = lists.flatMap((list) => (list.token.includes("VariableGroup") ? list.entries : []));
  expect(entries.some(({ deny }) => deny > 0)).toBe(true);
  expect(entries.some(({ allow, deny }) => deny === 0 && !roles.includes(allow))).toBe(true);
  const all = Object.values(namespaces).flatMap((id) => [...(emulator.state.accessLists.get(id)?.values() ?? [])]);
  const holders = all.flatMap((list) => list.entries);
  const known = holders.map(({ who }) => (typeof who === "number" ? subjectAt(emulator.state, who).known : "none"));
  expect([...new Set(known)]).toEqual(expect.arrayContaining(["graph", "nowhere", "none"]));
  expect(lists.some(({ inherit }) => !inherit)).toBe(true);
  const ids = new Set(emulator.state.roleObjects.variableGroups.map(({ id }) => `${id}`));
  const left = lists.filter(({ token }) => /VariableGroup/.test(token) && !ids.has(token.split("/").at(-1) ?? ""));
  expect(left.length).toBeGreaterThan(1);
  const projects = new Set(emulator.state.projects.filter(({ state }) => state !== "deleted").map(({ id }) => id));
  expect(lists.some(({ token }) => !projects.has(token.split("/")[1] ?? "") && !token.includes("Collection"))).toBe(
    true,
  );
});
