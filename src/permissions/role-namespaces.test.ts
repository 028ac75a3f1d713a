import { describe, expect, test } from "vitest";
import { roleNamespaces } from "./role-namespaces.ts";
import { hubsOf } from "./role-scopes.ts";
import { canonicalToken } from "./tokens.ts";

const project = "0a494ee9-db76-44e8-ae68-f3fc72daa11c";
const object = "11d333bf-7c6e-4db6-b79d-0c4381be0aa0";

function placeOf(token: string) {
  const canonical = canonicalToken(token, "/");
  const places = roleNamespaces.flatMap(({ readPlace }) => readPlace(canonical) ?? []);
  expect(places.length).toBeLessThanOrEqual(1);
  const [place] = places;
  return place && [`${place.type}:${place.id}`, place.scope.id.replace("distributedtask.", ""), place.inner];
}

describe("tokens of roles", () => {
  test.each([
    [`endpoints/${project}`, `project:${project}`, "project.serviceendpointrole", ""],
    [
      `Endpoints/${project.toUpperCase()}/${object}/`,
      `service-connection:${project}_${object}`,
      "serviceendpointrole",
      "",
    ],
    [`endpoints/Collection/${object}`, `service-connection:${object}`, "collection.serviceendpointrole", ""],
    ["endpoints", "organization:", "project.serviceendpointrole", ""],
    [`Library/${project}`, `project:${project}`, "library", ""],
    [`Library/${project}/VariableGroup/12`, `variable-group:${project}_12`, "variablegroup", ""],
    ["Library/Collection/VariableGroup/12", "variable-group:12", "variablegroup", ""],
    [`Library/${project}/SecureFile/${object}`, `secure-file:${project}_${object}`, "securefile", ""],
    [`Environments/${project}/3`, `environment:${project}_3`, "environmentreferencerole", ""],
    [`Environment/${project}/3`, `environment:${project}_3`, "environmentreferencerole", ""],
    [`Environment/${project}`, `project:${project}`, "globalenvironmentreferencerole", ""],
    ["AgentPools", "organization:", "globalagentpoolrole", ""],
    ["AgentPool/7", "agent-pool:7", "agentpoolrole", ""],
    [`AgentQueues/${project}`, `project:${project}`, "globalagentqueuerole", ""],
    [`AgentQueue/${project}/9`, `agent-pool:${project}_9`, "agentqueuerole", ""],
    [`MachineGroups/${project}`, `project:${project}`, "globalmachinegrouprole", ""],
    [`MachineGroups/${project}/4`, `project:${project}`, "globalmachinegrouprole", "4"],
  ])("%s", (token, resource, scope, inner) => {
    expect(placeOf(token)).toEqual([resource, scope, inner]);
  });

  test.each([
    "",
    "endpoints/x",
    `Library/${project}/Other/1`,
    `Environments/${project}/1/2`,
    "AgentPools/x",
    "MachineGroups",
  ])("%j is none", (token) => {
    expect(placeOf(token)).toBeUndefined();
  });
});

test("a project's hubs are those of the types that are listed", () => {
  const slugs = (types: Parameters<typeof hubsOf>[1]) => hubsOf("project", types).map(({ scope }) => scope.hub);
  expect(slugs([])).toEqual([]);
  expect(slugs(["secure-file"])).toEqual(["library"]);
  expect(slugs(["agent-pool", "environment"])).toEqual(["agent-queues", "deployment-groups", "environments"]);
  expect(hubsOf("organization", ["agent-pool"]).map(({ scope }) => scope.hub)).toEqual(["agent-pools"]);
});
