import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { descriptorOf, type Emulator, projectAt, startEmulator, subjectAt } from "../../src/emulator/index.ts";
import { optionalTypes, roleTypes } from "../../src/resources/options.ts";
import { testCall } from "../support/calls.ts";
import { entitlementsOf, everyGrant, everyResource, type Told } from "../support/handler-rows.ts";
import { type Replica, startReplica } from "../support/world.ts";

/** What is told of the types that are options, held against the organization itself. */
let emulator: Emulator;
let replica: Replica;

beforeAll(async () => {
  emulator = await startEmulator({ users: 90, groups: 20, projects: 5, teamsPerProject: 1, feeds: 9 });
  replica = await startReplica(emulator, { sync: { optionalTypes } });
});
afterAll(async () => {
  await replica.close();
  await emulator.close();
});

const idOf = (project: number) => projectAt(emulator.state, project).id;
const refOf = (who: number | string) => (typeof who === "number" ? descriptorOf(subjectAt(emulator.state, who)) : who);

/** Whoever is told under an id of its own can be compared with nobody. */
function isNamed({ principal }: Told): boolean {
  return emulator.state.subjects.some((subject) => descriptorOf(subject) === principal.id);
}

describe("what pipelines use", () => {
  test("is listed as each project has it, and as the organization has it where it has a list there", async () => {
    const { pools, queues, environments, endpoints, variableGroups, secureFiles } = emulator.state.roleObjects;
    const wanted = [
      ...pools.map(({ id, name }) => `agent-pool:${id} ${name}`),
      ...queues.map(({ id, project, name }) => `agent-pool:${idOf(project)}_${id} ${name}`),
      ...environments.map(({ id, project, name }) => `environment:${idOf(project)}_${id} ${name}`),
      ...secureFiles.map(({ id, project, name }) => `secure-file:${idOf(project)}_${id} ${name}`),
      ...endpoints.flatMap(({ id, uses }) =>
        uses.map(({ project, name }) => `service-connection:${idOf(project)}_${id} ${name}`),
      ),
      ...variableGroups.flatMap(({ id, uses }) =>
        uses.map(({ project, name }) => `variable-group:${idOf(project)}_${id} ${name}`),
      ),
    ];
    const resources = await everyResource(replica, roleTypes);
    const ofProjects = resources.filter(({ id, type }) => id.includes("_") || type === "agent-pool");
    expect(ofProjects.map(({ type, id, displayName }) => `${type}:${id} ${displayName}`).sort()).toEqual(wanted.sort());
    const shared = resources.filter((each) => !ofProjects.includes(each));
    expect(shared.map(({ type, id }) => `${type}:${id}`).sort()).toEqual(
      [
        ...endpoints.map(({ id }) => `service-connection:${id}`),
        ...variableGroups.filter(({ uses }) => uses.length > 1).map(({ id }) => `variable-group:${id}`),
      ].sort(),
    );
    for (const { parent, id } of ofProjects) {
      const project = id.includes("_") ? id.slice(0, id.indexOf("_")) : undefined;
      expect(parent).toMatchObject(project ? { type: "project", id: project } : { type: "organization" });
    }
  });

  test("says what it is: a connection its type, way to sign in, address, sharing, owner, maker and state", async () => {
    const [endpoint] = emulator.state.roleObjects.endpoints.filter(({ uses }) => uses.length > 1);
    if (!endpoint) throw new Error("no shared connection");
    const id = `${idOf(endpoint.uses[0]?.project ?? 0)}_${endpoint.id}`;
    const found = (await everyResource(replica, ["service-connection"])).find((each) => each.id === id);
    expect(found?.profile).toMatchObject({
      type: endpoint.scheme.type,
      scheme: endpoint.scheme.scheme,
      shared: true,
      shared_with: expect.stringContaining(idOf(endpoint.uses[1]?.project ?? 0)),
      owner: expect.stringMatching(new RegExp(endpoint.owner, "i")),
      created_by: subjectAt(emulator.state, endpoint.createdBy).displayName,
      ready: endpoint.isReady,
    });
    expect(Object.keys(found?.profile ?? {})).toContain("permissions_from");
  });

  test("has roles of which nobody holds two by themselves, and says what else somebody holds", async () => {
    const definitions = await entitlementsOf(replica, "agent-pool", "1");
    expect(definitions.map(({ slug }) => slug)).toEqual([
      "administrator",
      "custom",
      "reader",
      "service_account",
      "user",
    ]);
    const groups = new Set(
      definitions.filter(({ slug }) => slug !== "custom").map(({ exclusion }) => exclusion?.group),
    );
    expect(groups).toEqual(new Set(["role"]));
    const custom = definitions.find(({ slug }) => slug === "custom");
    expect([custom?.exclusion, custom?.immutable]).toEqual([undefined, expect.any(String)]);
  });
});

test("feeds have their roles, inherited ones immutable, and the organization those on all feeds", async () => {
  const { feeds, global } = emulator.state.feeds;
  const slugs: Readonly<Record<string, string>> = { administrator: "owner" };
  const listed = feeds.filter(({ deleted }) => deleted === undefined);
  const wanted = listed.flatMap(({ id, permissions }) =>
    permissions
      .filter(({ role }) => role !== "none")
      .map(({ role, who, inherited }) => `feed:${id} ${slugs[role] ?? role} ${refOf(who)} ${inherited}`),
  );
  const grants = await everyGrant(replica, ["feed"]);
  const told = grants.filter(isNamed).map(({ resource, slug, principal, immutable, metadata }) => {
    const inherited = JSON.stringify(metadata?.sources).includes("inherited");
    if (inherited) expect(immutable).toMatch(/inherited|everybody/);
    return `${resource} ${slug} ${principal.id} ${inherited}`;
  });
  const known = new Set(emulator.state.subjects.map(descriptorOf));
  const comparable = wanted.filter((row) => known.has(row.split(" ")[2] ?? ""));
  expect(told.sort()).toEqual(comparable.filter((row) => !isNameless(row.split(" ")[2] ?? "")).sort());
  const everybody = await everyGrant(replica, ["organization"]);
  const ofAll = everybody.filter(({ slug }) => slug.startsWith("feeds.")).filter(isNamed);
  const held = global.filter(({ role, who }) => role !== "none" && !isNameless(refOf(who)));
  const globalSlugs = { administrator: "feeds.administrator", feedCreator: "feeds.creator", none: "" };
  expect(ofAll.map(({ slug, principal }) => `${slug} ${principal.id}`).sort()).toEqual(
    held.map(({ role, who }) => `${globalSlugs[role]} ${refOf(who)}`).sort(),
  );
});

/** People whom no service resolves any more. */
function isNameless(descriptor: string): boolean {
  const subject = emulator.state.subjects.find((each) => descriptorOf(each) === descriptor);
  return subject === undefined || (subject.known === "nowhere" && !subject.group);
}

describe("access levels", () => {
  const ids = {
    express: "basic",
    stakeholder: "stakeholder",
    advanced: "basic-test-plans",
    subscriber: "visual-studio-enterprise",
    professional: "visual-studio-professional",
    testProfessional: "visual-studio-test-professional",
    eligible: "visual-studio-subscriber",
    github: "github-enterprise",
  } as const;

  test("are held by whoever has one, by themselves or by a rule, and rules are told of their groups", async () => {
    const { users, subjects, licenceRules } = emulator.state;
    const wanted = users.flatMap((index) => {
      const { entitlement } = subjectAt(emulator.state, index);
      if (!entitlement || entitlement.status === "deleted") return [];
      const source = entitlement.assignment === "groupRule" ? "group-rule" : "direct";
      return [`access-level:${ids[entitlement.level]} ${refOf(index)} ${source}`];
    });
    const grants = await everyGrant(replica, ["access-level"]);
    const told = grants.filter(({ principal }) => principal.type === "user");
    const sourceOf = ({ metadata }: Told) =>
      JSON.stringify(metadata?.sources).includes("group-rule") ? "group-rule" : "direct";
    expect(told.map((grant) => `${grant.resource} ${grant.principal.id} ${sourceOf(grant)}`).sort()).toEqual(
      wanted.sort(),
    );
    for (const grant of told) expect(grant.immutable !== undefined).toBe(sourceOf(grant) === "group-rule");
    const ofGroups = grants.filter(({ metadata }) => metadata?.kind === "group-rule");
    expect(
      ofGroups.map(({ resource, principal, metadata }) => `${resource} ${principal.id} ${metadata?.status}`).sort(),
    ).toEqual(
      licenceRules.map(({ level, group, status }) => `access-level:${ids[level]} ${refOf(group)} ${status}`).sort(),
    );
    for (const { throughSlug, metadata } of ofGroups)
      expect([throughSlug, metadata?.expandable]).toEqual([undefined, false]);
    const byRule = told.find((grant) => JSON.stringify(grant.metadata?.sources).includes("groups"));
    const group = String(JSON.stringify(byRule?.metadata?.sources)).match(/(?:group|team):([^"]+)/)?.[1];
    expect(subjects.some((subject) => descriptorOf(subject) === group)).toBe(true);
  });

  test("tell their seats, and exclude each other over the whole type", async () => {
    const levels = await everyResource(replica, ["access-level"]);
    expect(levels.map(({ id }) => id).sort()).toEqual(Object.values(ids).sort());
    const summary = await replica.app.client.memberEntitlements.summary(testCall());
    const basic = summary.licenses.find(({ accountLicenseType }) => accountLicenseType === "express");
    expect(levels.find(({ id }) => id === "basic")).toMatchObject({
      license: { purchasedSeats: basic?.total, consumedSeats: basic?.assigned, seatSlug: "assigned" },
    });
    const definitions = await Promise.all(levels.map(({ id }) => entitlementsOf(replica, "access-level", id)));
    expect(
      definitions.map((own) => own.map(({ slug, exclusion }) => [slug, exclusion?.group, exclusion?.ofType])),
    ).toEqual(levels.map(() => [["assigned", "assigned", true]]));
    expect(new Set(definitions.flat().map(({ exclusion }) => exclusion?.order)).size).toBe(levels.length);
  });
});
