import { describe, expect, test } from "vitest";
import { accessLevelIds } from "../../connector/changes.ts";
import { createBlocked } from "./blocked.ts";
import { fieldsOfLevel, isLower, knownLevels, levelOf, worksAsStakeholder } from "./levels.ts";

describe("an access level", () => {
  test.each([
    [{ source: "account", accountLicenseType: "stakeholder" }, "stakeholder"],
    [{ source: "account", accountLicenseType: "Express", msdnLicenseType: "none" }, "basic"],
    [{ source: "account", accountLicenseType: "advanced" }, "basic-test-plans"],
    [{ source: "msdn", accountLicenseType: "none", msdnLicenseType: "eligible" }, "visual-studio-subscriber"],
    [{ source: "msdn", accountLicenseType: "none", msdnLicenseType: "enterprise" }, "visual-studio-enterprise"],
    [
      { source: "msdn", accountLicenseType: "none", msdnLicenseType: "testProfessional" },
      "visual-studio-test-professional",
    ],
    [{ source: "gitHub", accountLicenseType: "none", gitHubLicenseType: "enterprise" }, "github-enterprise"],
    // A summary tells no type of these.
    [{ source: "gitHub", accountLicenseType: "none", msdnLicenseType: "none" }, "github-enterprise"],
    [{ source: "account", accountLicenseType: "earlyAdopter" }, "account-earlyadopter"],
    [{ source: "trial", accountLicenseType: "advanced" }, "trial-advanced"],
    [{ source: "msdn", accountLicenseType: "none", msdnLicenseType: "ultimate" }, "msdn-ultimate"],
    [{ accountLicenseType: "express" }, "basic"],
    [{ source: "account", accountLicenseType: "none" }, undefined],
    [{ source: "none" }, undefined],
    [{}, undefined],
  ])("%j is %s", (fields, id) => {
    expect(levelOf(fields)?.id).toBe(id);
  });

  test("of every id that options may name can be given, and no other", () => {
    expect(knownLevels.map(({ id }) => id)).toEqual(accessLevelIds);
    expect(accessLevelIds.map(fieldsOfLevel)).not.toContain(undefined);
  });

  test.each([
    ["stakeholder", "basic", false],
    ["stakeholder", "visual-studio-enterprise", false],
    ["basic", "basic-test-plans", false],
    ["basic", "basic", false],
    ["basic-test-plans", "basic", true],
    ["basic", "stakeholder", true],
    ["basic", undefined, true],
    // Whoever has no such subscription works as a Stakeholder with these.
    ["basic", "github-enterprise", true],
    ["basic-test-plans", "visual-studio-enterprise", true],
    ["github-enterprise", "basic-test-plans", true],
    ["visual-studio-professional", "visual-studio-enterprise", true],
    ["account-earlyadopter", "basic", true],
  ])("in place of another one can take something away: %s, then %s", (own, after, isLess) => {
    expect(isLower(own, after)).toBe(isLess);
  });

  test("is worth no more than Stakeholder once a subscription ended", () => {
    const [basic, stakeholder] = ["express", "stakeholder"].map((accountLicenseType) =>
      levelOf({ accountLicenseType }),
    );
    if (!basic || !stakeholder) throw new Error("no levels");
    expect(worksAsStakeholder({ level: stakeholder, status: "active" })).toBe(true);
    expect(worksAsStakeholder({ level: basic, status: "active" })).toBe(false);
    expect(worksAsStakeholder({ level: basic, status: "Expired" })).toBe(true);
  });
});

test("what a Stakeholder cannot use is on private projects, and on the organization while all are private", () => {
  const project = (id: string, visibility: string) => ({ id, name: id, visibility });
  const place = { inner: "", label: "" };
  const isBlocked = createBlocked(new Set(["aad.a"]), [project("p", "private"), project("q", "public")]);
  expect(isBlocked("aad.a", { ...place, type: "project", id: "p" })).toBe(true);
  expect(isBlocked("aad.a", { ...place, type: "repository", id: "r", projectId: "p" })).toBe(true);
  expect(isBlocked("aad.a", { ...place, type: "repository", id: "r", projectId: "q" })).toBe(false);
  expect(isBlocked("aad.b", { ...place, type: "project", id: "p" })).toBe(false);
  expect(isBlocked("aad.a", { ...place, type: "organization", id: "" })).toBe(false);
  const allPrivate = createBlocked(new Set(["aad.a", "svc.a"]), [project("p", "private")]);
  expect(allPrivate("aad.a", { ...place, type: "organization", id: "" })).toBe(true);
  expect(allPrivate("svc.a", { ...place, type: "project", id: "p" })).toBe(false);
});
