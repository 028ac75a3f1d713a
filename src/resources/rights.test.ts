import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { membershipsOnly } from "../../test/support/sync-options.ts";
import { featureNames } from "./features.ts";
import { graphRights } from "./graph-rights.ts";
import { explanations } from "./readings/access.ts";
import { absenceOf, purposeOf, rights } from "./rights.ts";

const client = new URL("../azure-devops/", import.meta.url);

test("the rights are the scopes that the client's requests name", () => {
  const sources = readdirSync(client).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const named = sources.flatMap((name) => {
    const text = readFileSync(new URL(name, client), "utf8");
    return [...text.matchAll(/\bscope: "([^"]+)"/g)].map(([, scope]) => scope);
  });
  // `any` is what is told to everybody.
  expect(new Set(named)).toEqual(new Set([...rights.map(({ scope }) => scope), "any"]));
});

test("the rights in Microsoft Graph are the permissions that its requests name", () => {
  const graph = new URL("../microsoft-graph/", import.meta.url);
  const named = readdirSync(graph)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => readFileSync(new URL(name, graph), "utf8").match(/(?<=")\w+\.\w+\.All(?=")/g) ?? []);
  // Names of people come with their membership.
  expect(new Set([...named, "User.Read.All"])).toEqual(new Set(graphRights.map(({ permission }) => permission)));
});

test("what a sync can do without names its right, and the right what becomes of it", () => {
  for (const { consequence, remedy } of Object.values(explanations)) {
    const right = rights.find(({ without }) => without === consequence);
    expect(remedy).toContain(right?.scope ?? "a right");
  }
});

test("every feature has a scope to read it or to change it, and every scope is for one", () => {
  const used = rights.flatMap(({ tells = [], changes = [] }) => [...tells, ...changes]);
  expect(new Set(used)).toEqual(new Set(featureNames));
  for (const { tells = [], changes = [] } of rights) expect([...tells, ...changes]).not.toEqual([]);
});

test("a scope by which things are read and changed tells both, and changes only where they are allowed", () => {
  const security = rights.filter(({ oauthScope }) => oauthScope === "vso.security_manage");
  expect(security.map((right) => purposeOf(right, true)).join()).toMatch(
    /access control lists.*changes of .*permissions, roles on/,
  );
  expect(security.map((right) => absenceOf(right, true)).join()).toContain("no changes of team administrators");
  for (const right of security) {
    expect(purposeOf(right, false)).not.toContain("change");
    expect(absenceOf(right, false)).toBe(right.without);
  }
});

test("a scope is needed for changes where they are allowed, whatever is listed", () => {
  const least = { ...membershipsOnly, syncTeams: false, syncOrganizations: false };
  const needed = (provisioning: boolean) =>
    rights.filter(({ isNeeded }) => isNeeded?.(least, provisioning) ?? true).map(({ oauthScope }) => oauthScope);
  expect(needed(false)).toEqual(["vso.graph", "vso.project", "vso.memberentitlementmanagement", "vso.identity"]);
  expect(needed(true).slice(4)).toEqual([
    "vso.security_manage",
    "vso.graph_manage",
    "vso.memberentitlementmanagement_write",
    "vso.profile",
    "vso.packaging_manage",
  ]);
});
