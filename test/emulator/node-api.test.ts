import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { baseUrl } from "./exchanges.ts";

/**
 * Microsoft's own client for Node, unchanged: it finds hosts through resource areas and routes through OPTIONS,
 * so it reads only what an emulator with a true route table serves.
 */
let emulator: Emulator;
let api: WebApi;

beforeAll(async () => {
  emulator = await startEmulator({ projects: 130, teamsPerProject: 2 });
  api = new WebApi(emulator.url, getPersonalAccessTokenHandler(emulator.token));
});

afterAll(() => emulator.close());

test("connects and names the organization", async () => {
  const data = await api.connect();
  expect(data.instanceId).toBe(emulator.state.collectionId);
  expect(data.authenticatedUser?.id).toBe(subjectAt(emulator.state, emulator.state.caller).storageKey);
});

test("lists projects: 100 at first, and the rest from the number already read", async () => {
  const core = await api.getCoreApi();
  const first = await core.getProjects();
  expect(first).toHaveLength(100);
  const rest = await core.getProjects(undefined, undefined, undefined, first.length);
  const ids = [...first, ...rest].map((project) => project.id);
  const wellFormed = emulator.state.projects.filter((project) => project.state === "wellFormed");
  expect(new Set(ids)).toEqual(new Set(wellFormed.map((project) => project.id)));
  expect(ids).toHaveLength(130);
});

test("lists teams of the organization by $top and $skip, and those of a project", async () => {
  const core = await api.getCoreApi();
  expect(await core.getAllTeams()).toHaveLength(100);
  expect(await core.getAllTeams(false, 1_000)).toHaveLength(260);
  const project = emulator.state.projects[0];
  const teams = await core.getTeams(project?.id ?? "");
  expect(teams.map((team) => team.id)).toEqual(
    emulator.state.teams.filter((team) => team.project === 0).map((team) => team.id),
  );
});

test("lists the members of a team, and who administers it", async () => {
  const core = await api.getCoreApi();
  const found = emulator.state.teamAdministrators.find(
    (entry) => entry.allow === 31 && entry.deny === 0 && entry.isMember,
  );
  const team = emulator.state.teams[found?.team ?? -1];
  const project = emulator.state.projects[team?.project ?? -1];
  const members = await core.getTeamMembersWithExtendedProperties(project?.id ?? "", team?.id ?? "");
  const admins = members.filter((member) => member.isTeamAdmin).map((member) => member.identity?.id);
  expect(admins).toContain(subjectAt(emulator.state, found?.subject ?? -1).storageKey);
  expect(members.length).toBeGreaterThan(admins.length);
});

interface GraphList {
  readonly count: number;
  readonly value: readonly { readonly descriptor: string }[];
}

/** The client knows no Graph, so its transport and its route discovery are used as they are. */
async function graphList(locationId: string): Promise<readonly string[]> {
  const graph = new WebApi(baseUrl(emulator, "vssps"), getPersonalAccessTokenHandler(emulator.token));
  const routing = await graph.vsoClient.getVersioningData("7.1-preview.1", "Graph", locationId, {});
  const options = { acceptHeader: `application/json;api-version=${routing.apiVersion}` };
  const response = await graph.rest.get<GraphList>(routing.requestUrl ?? "", options);
  return response.result?.value.map((subject) => subject.descriptor) ?? [];
}

test("reads users and groups of the Graph area through route discovery", async () => {
  const users = await graphList("005e26ec-6b77-4e4f-a986-b3827bf241f5");
  expect(users).toHaveLength(emulator.totals.users);
  const groups = await graphList("ebbe6af8-0b91-4c13-8cf1-777c14858188");
  expect(groups).toHaveLength(500);
  expect(groups.every((descriptor) => /^(vssgp|aadgp)\./.test(descriptor))).toBe(true);
});

test("does not find the Graph area on the organization's own host", async () => {
  const location = await api.vsoClient.beginGetLocation("Graph", "005e26ec-6b77-4e4f-a986-b3827bf241f5");
  expect(location).toBeUndefined();
});

test("a wrong token is refused", async () => {
  const stranger = new WebApi(emulator.url, getPersonalAccessTokenHandler("not-a-token"));
  await expect(stranger.connect()).rejects.toThrow();
});
