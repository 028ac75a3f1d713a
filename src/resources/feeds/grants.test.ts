import { expect, test } from "vitest";
import { feedRoles } from "../../permissions/feed-roles.ts";
import { listedMember } from "../readings/member-resolution.ts";
import { feedGrants } from "./grants.ts";

const everybody = { projectId: undefined, administrators: false, everybody: true, collectionAdministrators: false };
const context = {
  directory: {
    ref: (id: string) => ({ type: id.startsWith("vssgp.") ? "group" : "user", id }),
    isListed: () => true,
  },
  roleGroups: new Map([["vssgp.everybody", everybody]]),
  organization: { type: "organization", id: "o" },
  customSlug: "custom",
};

function grants(...holdings: readonly (readonly [string, string, boolean])[]) {
  const rows = holdings.map(([id, role, inherited]) => ({ holder: listedMember(id), role, inherited }));
  return feedGrants(rows, feedRoles, context);
}

test("a role that is given and inherited is one grant, which can be taken", () => {
  expect(grants(["aad.a", "contributor", true], ["aad.a", "Contributor", false])).toEqual([
    {
      slug: "contributor",
      principal: { type: "user", id: "aad.a" },
      metadata: { risk_tier: "T2", sources: [{ kind: "direct" }, { kind: "inherited", from: "organization:o" }] },
    },
  ]);
});

test("members of a group own what it owns, unless it holds everybody", () => {
  const [owners, all, readers] = grants(
    ["vssgp.owners", "administrator", false],
    ["vssgp.everybody", "administrator", false],
    ["vssgp.readers", "reader", false],
  );
  expect([owners?.throughSlug, all?.throughSlug, readers?.throughSlug]).toEqual(["member", undefined, undefined]);
  expect([owners?.immutable, all?.immutable]).toEqual([undefined, expect.stringContaining("everybody")]);
});

test("no role is none, and roles that nobody knows are one grant with their names", () => {
  expect(grants(["aad.a", "none", false])).toEqual([]);
  expect(grants(["aad.a", "custom", false], ["aad.a", "promoter", true])).toMatchObject([
    { slug: "custom", metadata: { risk_tier: "T1", role: ["custom", "promoter"] } },
  ]);
});
