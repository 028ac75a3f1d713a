import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSlug } from "../../src/connector/ids.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { roleNamespaces } from "../../src/permissions/role-namespaces.ts";
import { tokenSlug } from "../../src/permissions/slugs.ts";
import { type Anchors, ancestorsOf, canonicalToken, refToken } from "../../src/permissions/tokens.ts";
import { anyText } from "../support/arbitraries.ts";
import { createTally, fuzz } from "./fuzz.ts";

/** Tokens of every namespace: whatever text comes, none throws, and what is read is what was meant. */
const namespaces = [...governedNamespaces, ...roleNamespaces];
const collectionId = "11111111-2222-4333-8444-555555555555";
const anchors: Anchors = {
  collectionId,
  projectNamed: (name) => (name.length < 4 ? "0a494ee9-db76-44e8-ae68-f3fc72daa11c" : undefined),
  projectOfNode: (root) => (root < "8" ? "0a494ee9-db76-44e8-ae68-f3fc72daa11c" : undefined),
};

const id = fc.oneof(fc.uuid(), fc.constant(collectionId));
const words = fc.constantFrom(
  ...["$", "$project", "repoV2", "refs", "heads", "tags", "endpoints", "Collection", "Library", "VariableGroup"],
  ...["SecureFile", "Environments", "AgentPools", "AgentQueues", "MachineGroups", "$/Shared", "Plan", "NAMESPACE"],
  ...[
    "$PROJECT:vstfs:///Classification/TeamProject",
    "vstfs:///Classification/Node",
    "PublisherSecurity",
    "\u0000",
    "\n",
  ],
);
const separators = fc.constantFrom("/", ":", "\\", "//", "");
/** Of the shapes that there are, with a piece more or less. */
const shaped = fc
  .tuple(
    fc.constantFrom(
      ...["repoV2/P/R/refs/heads/6d00", "repoV2/P/R", "Environments/P/7", "Environment/P", "endpoints/P/R"],
      ...["Library/P/VariableGroup/3", "Library/Collection/SecureFile/R", "AgentQueues/P/4", "AgentPools/5", "P/R/1"],
      ...[
        "vstfs:///Classification/Node/P:vstfs:///Classification/Node/R",
        "P\\R",
        "$/P/x",
        "$/Shared/P",
        "MachineGroups/P/2",
      ],
    ),
    id,
    id,
    fc.oneof(fc.constant(""), anyText),
  )
  .map(
    ([shape, project, repository, more]) => `${shape.replace(/\bP\b/g, project).replace(/\bR\b/g, repository)}${more}`,
  );
const token = fc.oneof(
  shaped,
  fc
    .array(fc.tuple(fc.oneof(words, id, id, fc.nat().map(String), anyText), separators), { maxLength: 7 })
    .map((parts) => parts.flat().join("")),
  anyText,
);

describe("tokens", () => {
  test("of any shape stand for a place with an id of its own, or for none", async () => {
    const tally = createTally();
    const property = fc.property(fc.constantFrom(...namespaces), token, (namespace, text) => {
      const canonical = canonicalToken(text, namespace.separator);
      const place = namespace.readToken(canonical, anchors);
      tally.add(place ? place.type : "none");
      if (!place) return true;
      return (
        /^[0-9a-z_-]*$/.test(place.id) &&
        (place.id === "") === (place.type === "organization") &&
        (place.inner === "" || place.label !== "") &&
        isSlug(`${namespace.slug}.${tokenSlug(place.inner)}.x`)
      );
    });
    await fuzz("tokens of all namespaces", 60_000, property, () => tally.told());
    for (const type of ["none", "organization", "project", "repository", "environment", "service-connection"]) {
      expect(tally.count(type), type).toBeGreaterThan(0);
    }
  });

  test("have one spelling, and go up by shorter ones to an end", async () => {
    const property = fc.property(fc.constantFrom(...namespaces), token, ({ separator }, text) => {
      const canonical = canonicalToken(text, separator);
      const ancestors = [...ancestorsOf(canonical, separator)];
      return (
        canonicalToken(canonical, separator) === canonical &&
        canonicalToken(`${text.toUpperCase().toLowerCase()}/`, separator) ===
          canonicalToken(text.toUpperCase().toLowerCase(), separator) &&
        ancestors.every((each, at) => {
          const below = at === 0 ? canonical : (ancestors[at - 1] ?? "");
          return each.length <= below.length && canonical.startsWith(each) && canonicalToken(each, separator) === each;
        })
      );
    });
    await fuzz("spellings and ancestors of tokens", 60_000, property);
  });

  test("that a namespace writes for its resources are those that it reads", async () => {
    const owner = fc.record({
      type: fc.constantFrom("organization" as const, "project" as const, "repository" as const),
      id: fc.uuid(),
      projectId: fc.uuid(),
      name: fc.stringMatching(/^[a-z][a-z ]{0,2}$/),
    });
    let written = 0;
    const property = fc.property(fc.constantFrom(...governedNamespaces), owner, (namespace, wanted) => {
      const own =
        namespace.slug === "identity" && wanted.type === "organization" ? { ...wanted, id: collectionId } : wanted;
      const text = namespace.ownToken(own);
      if (text === undefined) return true;
      written += 1;
      const place = namespace.readToken(canonicalToken(text, namespace.separator), {
        ...anchors,
        projectNamed: (name) => (name === own.name.trim() || name === own.name ? own.id : undefined),
      });
      return (
        place?.type === own.type &&
        place.inner === "" &&
        (own.type === "organization" || place.id === own.id.toLowerCase())
      );
    });
    await fuzz("own tokens", 30_000, property);
    expect(written).toBeGreaterThan(5_000);
  });

  test("of branches tell the branch's name again", async () => {
    const name = fc
      .array(
        fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).map((text) => text.replaceAll("/", "-")),
        { minLength: 1, maxLength: 4 },
      )
      .map((parts) => parts.join("/"));
    const git = governedNamespaces.find(({ covers }) => covers === "repository");
    const property = fc.property(fc.uuid(), fc.uuid(), name, (project, repository, branch) => {
      const text = refToken(`repoV2/${project}/${repository}`, `refs/heads/${branch}`);
      const place = git?.readToken(canonicalToken(text, "/"), anchors);
      return place?.type === "repository" && place.id === repository && place.label === `branch ${branch}`;
    });
    await fuzz("tokens of branches", 20_000, property);
  });
});
