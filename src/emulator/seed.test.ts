import { describe, expect, test } from "vitest";
import { entraSid, sidNumbers, wellKnownSid } from "./ids.ts";
import { createLookup, descriptorOf } from "./lookup.ts";
import type { EmulatorOptions } from "./options.ts";
import { resolveOptions } from "./options.ts";
import { seedOrganization } from "./seed/index.ts";
import type { OrganizationState, Subject } from "./state.ts";
import { groupOf, subjectAt } from "./state.ts";
import { countTotals } from "./totals.ts";

function seed(options: EmulatorOptions = {}): OrganizationState {
  return seedOrganization(resolveOptions(options));
}

const small = seed();
const guidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ofKind = (kind: Subject["kind"]) => small.subjects.filter((subject) => subject.kind === kind);

describe("the seed", () => {
  test("gives the same organization for the same seed and another for another", () => {
    expect(seed()).toEqual(small);
    const other = seed({ seed: 2 });
    const keys = new Set(small.subjects.map((subject) => subject.storageKey));
    expect(other.subjects.some((subject) => keys.has(subject.storageKey))).toBe(false);
  });

  test("has the sizes that were asked for", () => {
    const state = seed({ users: 50, groups: 30, projects: 7, teamsPerProject: 4, nesting: 5 });
    const totals = countTotals(state, createLookup(state), false);
    expect(totals).toMatchObject({ people: 50, projects: 7, projectsInOtherStates: 4, teams: 28 });
    expect(totals.groupsByKind).toMatchObject({ made: 30, team: 28 });
  });

  test("nests groups as deep as asked, and holds a cycle", () => {
    const state = seed({ nesting: 5 });
    const depthOf = (index: number, seen: readonly number[]): number => {
      if (seen.includes(index)) return Number.POSITIVE_INFINITY;
      const below = groupOf(subjectAt(state, index)).members.filter((member) => subjectAt(state, member).group);
      return Math.max(0, ...below.map((member) => 1 + depthOf(member, [...seen, index])));
    };
    const depths = state.groups
      .filter((index) => subjectAt(state, index).group?.kind === "made")
      .map((index) => depthOf(index, []));
    expect(Math.max(...depths.filter(Number.isFinite))).toBeGreaterThanOrEqual(5);
    expect(depths).toContain(Number.POSITIVE_INFINITY);
  });

  test("has no id twice and no malformed one", () => {
    for (const key of ["storageKey", "identity"] as const) {
      const values = small.subjects.map((subject) => subject[key].toLowerCase());
      expect(new Set(values).size).toBe(values.length);
    }
    const descriptors = small.subjects.map(descriptorOf);
    expect(new Set(descriptors).size).toBe(descriptors.length);
    expect(descriptors.filter((descriptor) => !/^[a-z]{3,5}\.[A-Za-z0-9_-]{1,256}$/.test(descriptor))).toEqual([]);
    expect(small.subjects.filter((subject) => !guidForm.test(subject.storageKey))).toEqual([]);
  });

  test("keeps both directions of a membership alike, and none twice", () => {
    for (const index of small.groups) {
      const { members } = groupOf(subjectAt(small, index));
      expect(new Set(members).size).toBe(members.length);
      expect(members.every((member) => subjectAt(small, member).memberOf.includes(index))).toBe(true);
    }
  });
});

describe("descriptors and identity descriptors (facts 2.1, 2.2)", () => {
  test("of groups hold the same SID", () => {
    for (const index of small.groups) {
      const group = subjectAt(small, index);
      expect(group.identity).toBe(`Microsoft.TeamFoundation.Identity;${group.payload}`);
      expect(group.prefix).toBe(group.kind === "entra-group" ? "aadgp" : "vssgp");
    }
  });

  test("of Entra groups follow from the object id", () => {
    expect(ofKind("entra-group").every((group) => group.payload === entraSid(group.originId))).toBe(true);
  });

  test("of collection groups have the well-known tails", () => {
    const named = (name: string) => small.subjects.find((subject) => subject.displayName === name)?.payload;
    expect(named("Project Collection Administrators")).toBe(wellKnownSid(small.collectionId, "0-0-0-0-1"));
    expect(named("Project Collection Valid Users")).toBe(wellKnownSid(small.collectionId, "0-0-0-0-3"));
    expect(named("Enterprise Invited Users")).toBe(wellKnownSid(small.enterpriseId, "0-0-0-0-4096"));
  });

  test("of one project's groups have two scope prefixes", () => {
    const [project] = small.projects;
    const groups = small.subjects.filter((subject) => subject.group?.project === 0 && subject.group.kind !== "made");
    const prefix = (id: string | undefined) => `S-1-9-1551374245-${sidNumbers(id ?? "")}-`;
    const inScope = (name: string, id: string | undefined) =>
      groups.find((group) => group.displayName === name)?.payload.startsWith(prefix(id));
    for (const name of ["Project Administrators", "Project Valid Users", "Build Administrators", "Endpoint Creators"]) {
      expect(inScope(name, project?.scopeId)).toBe(true);
    }
    for (const name of ["Contributors", "Readers", `${project?.name} Team`])
      expect(inScope(name, project?.id)).toBe(true);
  });

  test("of invitees and build services hold their names, and of people a CUID that is not the storage key", () => {
    for (const invitee of ofKind("pending-user"))
      expect(invitee.payload).toBe(`upn:${invitee.domain}\\${invitee.mail}`);
    const services = ofKind("service-account").filter((account) => account.domain === "Build");
    const projects = small.projects.filter((project) => project.state === "wellFormed");
    expect(services.map((service) => service.payload)).toEqual(
      [small.collectionId, ...projects.map((project) => project.id)].map((id) => `${small.hostId}:Build:${id}`),
    );
    expect(ofKind("entra-user").some((user) => user.payload === user.storageKey)).toBe(false);
  });
});

describe("oddities that real organizations have", () => {
  test("are all there in the small preset", () => {
    const users = small.users.map((index) => subjectAt(small, index));
    const statuses = new Set(users.map((user) => user.entitlement?.status));
    expect([...statuses].sort()).toEqual(["active", "deleted", "disabled", "expired", "pending", undefined]);
    expect(users.some((user) => user.mail === null)).toBe(true);
    expect(users.some((user) => user.metaType === "guest")).toBe(true);
    expect(users.some((user) => user.deletedInOrigin)).toBe(true);
    expect(users.some((user) => user.entitlement?.lastAccess === 0)).toBe(true);
    expect(users.some((user) => user.prefix === "acs")).toBe(true);
    expect(users.some((user) => user.prefix === "svc")).toBe(true);
    expect(users.some((user) => user.prefix === "msa")).toBe(true);
    expect(new Set(small.projects.map((project) => project.state)).size).toBe(5);
    expect(small.subjects.some((subject) => subject.group?.description === null)).toBe(true);
  });

  test("strays are members of groups and in no listing", () => {
    const strays = small.strays.map((index) => subjectAt(small, index));
    expect(new Set(strays.map((stray) => stray.known))).toEqual(new Set(["graph", "identities", "nowhere"]));
    expect(strays.some((stray) => stray.prefix === "futid")).toBe(true);
    expect(strays.every((stray) => stray.group !== undefined || stray.memberOf.length > 0)).toBe(true);
    const deletedGroup = strays.findIndex((stray) => stray.group);
    expect(small.teamAdministrators.some((entry) => entry.subject === small.strays[deletedGroup])).toBe(true);
    const listed = new Set([...small.users, ...small.groups, ...small.servicePrincipals]);
    expect(small.strays.some((index) => listed.has(index))).toBe(false);
  });

  test("team administrators come in every form", () => {
    const found = small.teamAdministrators;
    expect(found.some((entry) => entry.allow === 31 && entry.deny === 0 && entry.isMember)).toBe(true);
    expect(found.some((entry) => (entry.allow & 31) === 31 && !entry.isMember)).toBe(true);
    expect(found.some((entry) => entry.allow === 8)).toBe(true);
    expect(found.some((entry) => entry.deny > 0)).toBe(true);
    expect(found.some((entry) => subjectAt(small, entry.subject).group)).toBe(true);
  });
});
