import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  type AccessList,
  descriptorOf,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { optionalTypes, roleTypes } from "../../src/resources/options.ts";
import { testCall } from "../support/calls.ts";
import { entitlementsOf, everyGrant, everyResource, type Told } from "../support/handler-rows.ts";
import { type Replica, type ReplicaOptions, startReplica } from "../support/world.ts";

/** What is told of roles, feeds and access levels when something about them is not as documented, or not readable. */
const environments = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20";
const small = { users: 30, groups: 8, projects: 2, teamsPerProject: 1, feeds: 3, pools: 4 };

async function organization(options: EmulatorOptions = {}, replicaOptions: ReplicaOptions = {}) {
  const emulator = await startEmulator({ ...small, ...options });
  const replica = await startReplica(emulator, { sync: { optionalTypes }, ...replicaOptions });
  return {
    emulator,
    replica,
    async [Symbol.asyncDispose]() {
      await replica.close();
      await emulator.close();
    },
  };
}

/** The token of an environment and its resource. */
function environmentOf({ state }: Emulator) {
  const [environment] = state.roleObjects.environments;
  const project = state.projects[environment?.project ?? 0];
  if (!environment || !project) throw new Error("no environment");
  return { token: `Environments/${project.id}/${environment.id}`, id: `${project.id}_${environment.id}`, project };
}

const list = (token: string, ...entries: AccessList["entries"]): AccessList => ({ token, inherit: true, entries });

const grantsOnEnvironments = (replica: Replica) => everyGrant(replica, ["environment"]);

const brief = ({ resource, slug, principal }: Told) => `${resource} ${slug} ${principal.type}:${principal.id}`;

describe("lists behind roles", () => {
  test("a holder that nobody knows is an unknown identity, listed and granted", async () => {
    await using own = await organization();
    const { token, id } = environmentOf(own.emulator);
    const nobody = "Microsoft.IdentityModel.Claims.ClaimsIdentity;gone\\nobody@fabrikam.example";
    own.emulator.setAccessLists(environments, [list(token, { who: nobody, allow: 27, deny: 0 })]);
    const ukn = `ukn.${createHash("sha256").update(nobody).digest("base64url")}`;
    expect((await grantsOnEnvironments(own.replica)).map(brief)).toEqual([
      `environment:${id} administrator unknown-identity:${ukn}`,
    ]);
    const unknown = (await everyResource(own.replica, ["unknown-identity"])).find((each) => each.id === ukn);
    expect(unknown?.displayName).not.toContain("nobody@");
  });

  test("tokens of another shape, and of what no listing has, are counted and not told", async () => {
    await using own = await organization();
    const { token, project } = environmentOf(own.emulator);
    const entry = { who: own.emulator.state.users[0] ?? 0, allow: 1, deny: 0 };
    own.emulator.setAccessLists(environments, [
      list(token, entry),
      list("Environments/not-a-project/1", entry),
      list(`Environments/${project.id}/1/2`, entry),
      list(`Environments/${project.id}/999`, entry),
      list("", entry),
    ]);
    expect(await grantsOnEnvironments(own.replica)).toHaveLength(1);
    const { readings } = own.replica.app.scope.sessions.private();
    const unplaced = (await readings.roles.unplaced(testCall())).filter(({ namespace }) => namespace === "environment");
    expect(unplaced.map(({ token: left, reason, entries }) => `${reason} ${left} ${entries}`).sort()).toEqual([
      `no-such-resource Environments/${project.id}/999 1`,
      "unreadable-token  1",
      `unreadable-token Environments/${project.id}/1/2 1`,
      "unreadable-token Environments/not-a-project/1 1",
    ]);
  });

  test("both spellings of a token are one resource", async () => {
    await using own = await organization();
    const { token, id } = environmentOf(own.emulator);
    const [one = 0, two = 0] = own.emulator.state.users;
    own.emulator.setAccessLists(environments, [
      list(token, { who: one, allow: 1, deny: 0 }),
      list(token.replace("Environments", "ENVIRONMENT"), { who: two, allow: 17, deny: 0 }),
    ]);
    const refOf = (who: number) => `user:${descriptorOf(subjectAt(own.emulator.state, who))}`;
    expect((await grantsOnEnvironments(own.replica)).map(brief).sort()).toEqual(
      [`environment:${id} reader ${refOf(one)}`, `environment:${id} user ${refOf(two)}`].sort(),
    );
  });

  test("bits that no role has and no definition names are told by what they are", async () => {
    await using own = await organization();
    const { token } = environmentOf(own.emulator);
    const [one = 0, two = 0] = own.emulator.state.users;
    own.emulator.setAccessLists(environments, [
      list(token, { who: one, allow: 1 + 2 ** 20, deny: 0 }, { who: two, allow: 2, deny: 0 }),
    ]);
    const grants = await grantsOnEnvironments(own.replica);
    const of = (who: number) =>
      grants
        .filter(({ principal }) => principal.id === descriptorOf(subjectAt(own.emulator.state, who)))
        .map(({ slug, metadata }) => [slug, metadata?.permissions, metadata?.risk_tier]);
    expect(of(one)).toEqual([
      ["custom", ["environment.bit_1048576"], "T2"],
      ["reader", ["environment.view"], "T3"],
    ]);
    expect(of(two)).toEqual([["custom", ["environment.manage"], "T1"]]);
  });

  test("roles have their documented bits where no scope of theirs can be read", async () => {
    const faults = [{ kind: "status", status: 404, route: "_apis/securityroles/*" }] as const;
    await using own = await organization({ faults });
    await using told = await organization();
    const onProjects = async ({ replica }: typeof own) =>
      (await everyGrant(replica, [...roleTypes, "project"])).map(brief);
    const [without, with_] = [await onProjects(own), await onProjects(told)];
    expect(without.length).toBeGreaterThan(100);
    expect(without).toEqual(with_);
  });
});

describe("what the token may not list", () => {
  const memberships = ["vso.graph", "vso.project", "vso.identity", "vso.memberentitlementmanagement"];

  test("is left out by type, and the rest is told", async () => {
    const tokens = [{ token: "no-pools", scopes: [...memberships, "vso.security_manage", "vso.environment_manage"] }];
    await using own = await organization({ tokens }, { token: "no-pools", sync: { optionalTypes } });
    const types = new Set((await everyResource(own.replica)).map(({ type }) => type));
    for (const type of ["agent-pool", "service-connection", "variable-group", "secure-file", "feed"])
      expect(types).not.toContain(type);
    for (const type of ["environment", "access-level", "project", "user"]) expect(types).toContain(type);
    expect((await grantsOnEnvironments(own.replica)).length).toBeGreaterThan(0);
    expect(await everyGrant(own.replica, ["agent-pool", "feed", "variable-group"])).toEqual([]);
    const { readings } = own.replica.app.scope.sessions.private();
    expect(await readings.access.absence("agent-pools", testCall())).toMatchObject({
      remedy: expect.stringContaining("--no-sync-agent-pools"),
    });
    // What is set for all of a kind stands in the lists, which can be read.
    const slugs = (await everyGrant(own.replica, ["project"])).map(({ slug }) => slug);
    expect(slugs).toContain("agent-queues.administrator");
  });

  test("are the lists: then nobody has roles, and nothing is said of inheritance that is not known", async () => {
    await using own = await organization(
      {
        beliefs: { aclReadScope: "security-manage" },
        tokens: [{ token: "no-lists", scopes: [...memberships, "vso.environment_manage"] }],
      },
      { token: "no-lists", sync: { optionalTypes: ["environment"] } },
    );
    const [environment] = await everyResource(own.replica, ["environment"]);
    expect([environment?.type, environment?.profile?.inheritance]).toEqual(["environment", undefined]);
    expect(await grantsOnEnvironments(own.replica)).toEqual([]);
  });

  test("are access levels: then none is listed", async () => {
    const scopes = ["vso.graph", "vso.project", "vso.identity", "vso.security_manage"];
    await using own = await organization(
      { tokens: [{ token: "no-levels", scopes }] },
      { token: "no-levels", sync: { optionalTypes: ["access-level"] } },
    );
    expect(await everyResource(own.replica, ["access-level"])).toEqual([]);
    expect(await everyGrant(own.replica, ["access-level"])).toEqual([]);
  });
});

describe("a listing that fails", () => {
  const route = "{project}/_apis/distributedtask/environments";
  const refused = { kind: "status", route, nth: 2 } as const;
  const environmentIds = async ({ replica }: { readonly replica: Replica }) =>
    (await everyResource(replica, ["environment"])).map(({ id }) => id);

  test("fails the type: a hole would look as if its objects were gone", async () => {
    await using own = await organization({ faults: [{ ...refused, times: 9, status: 500 }] });
    await expect(environmentIds(own)).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("since its project is gone meanwhile leaves out that project alone", async () => {
    await using own = await organization({
      faults: [{ ...refused, status: 404, typeKey: "ProjectDoesNotExistException" }],
    });
    await using whole = await organization();
    const [some, all] = [await environmentIds(own), await environmentIds(whole)];
    expect(some.length).toBeGreaterThan(0);
    expect(all.length).toBe(some.length * 2);
    expect(all).toEqual(expect.arrayContaining(some));
  });
});

test("an option that leaves out unused roles keeps those that can do harm", async () => {
  await using own = await organization({}, { sync: { optionalTypes, skipUnusedRoles: true } });
  const [project] = own.emulator.state.projects.filter(({ state }) => state === "wellFormed");
  const slugs = (await entitlementsOf(own.replica, "project", project?.id ?? "")).map(({ slug }) => slug);
  expect(slugs).toContain("agent-queues.user");
  expect(slugs).not.toContain("agent-queues.creator");
});

test("rights on code that a Stakeholder has in a private project are told as blocked", async () => {
  await using own = await organization({ projects: 4 }, { sync: { permissionDetail: "all", optionalTypes: [] } });
  const { state } = own.emulator;
  const git = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";
  const stakeholder = state.users.find((who) => {
    const { kind, entitlement } = subjectAt(state, who);
    return kind === "entra-user" && entitlement?.level === "stakeholder" && entitlement.status === "active";
  });
  const basic = state.users.find(
    (who) =>
      subjectAt(state, who).entitlement?.level === "express" && subjectAt(state, who).entitlement?.status === "active",
  );
  const wellFormed = state.projects.filter((project) => project.state === "wellFormed");
  const entries = [stakeholder ?? 0, basic ?? 0].map((who) => ({ who, allow: 2, deny: 0 }));
  own.emulator.setAccessLists(
    git,
    wellFormed.map(({ id }) => list(`repoV2/${id}`, ...entries)),
  );
  const told = (await everyGrant(own.replica, ["project"])).filter(({ slug }) => slug === "git.generic_read");
  const blocked = told.filter(({ metadata }) => metadata?.blocked_by === "access_level");
  const privateOnes = wellFormed.filter(({ visibility }) => visibility === "private");
  expect(blocked.map(brief).sort()).toEqual(
    privateOnes
      .map(({ id }) => `project:${id} git.generic_read user:${descriptorOf(subjectAt(state, stakeholder ?? 0))}`)
      .sort(),
  );
  expect(told).toHaveLength(wellFormed.length * 2);
});
