import { describe, expect, test } from "vitest";
import { roleListOf } from "./role-lists.ts";
import { scopes } from "./role-scopes.ts";
import { canonicalToken } from "./tokens.ts";

const project = "0a494ee9-db76-44e8-ae68-f3fc72daa11c";
const object = "11d333bf-7c6e-4db6-b79d-0c4381be0aa0";

/** What the roles of each scope can be on. */
const resources: Readonly<Record<keyof typeof scopes, string>> = {
  pool: "7",
  pools: "",
  queue: `${project}_9`,
  queues: project,
  deploymentGroups: project,
  environment: `${project}_3`,
  environments: project,
  endpoint: `${project}_${object}`,
  collectionEndpoint: object,
  endpoints: project,
  variableGroup: `${project}_12`,
  secureFile: `${project}_${object}`,
  library: project,
};
const byName = new Map<string, string>(Object.entries(resources));

describe("the list behind roles", () => {
  test.each(Object.entries(scopes))("is the one that is told as theirs: %s", (name, scope) => {
    const id = byName.get(name) ?? "";
    const { namespace, tokens } = roleListOf(scope, id);
    const places = tokens.map((token) => namespace.readPlace(canonicalToken(token, namespace.separator)));
    expect(places).not.toEqual([]);
    for (const place of places) expect(place).toMatchObject({ id, scope, inner: "" });
  });
});
