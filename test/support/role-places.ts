const guid = "[0-9a-f-]{36}";

/** Namespaces by id, what their permissions begin with, and what a token of theirs is about: a resource, and of what it has all. */
export const roleNamespaces: readonly {
  readonly id: string;
  readonly slug: string;
  readonly resourceOf: (token: string) => string | undefined;
}[] = [
  {
    id: "49b48001-ca20-4adc-8111-5b60c903a50c",
    slug: "service-endpoint",
    resourceOf: shape([
      [`^endpoints/(${guid})$`, "project:$1 service-connections"],
      [`^endpoints/collection/(.+)$`, "service-connection:$1"],
      [`^endpoints/(${guid})/(.+)$`, "service-connection:$1_$2"],
    ]),
  },
  {
    id: "b7e84409-6553-448a-bbb2-af228e07cbeb",
    slug: "library",
    resourceOf: shape([
      [`^library/(${guid})$`, "project:$1 library"],
      ["^library/collection/variablegroup/(.+)$", "variable-group:$1"],
      [`^library/(${guid})/variablegroup/(.+)$`, "variable-group:$1_$2"],
      [`^library/(${guid})/securefile/(.+)$`, "secure-file:$1_$2"],
    ]),
  },
  {
    id: "83d4c2e6-e57d-4d6e-892b-b87222b7ad20",
    slug: "environment",
    resourceOf: shape([
      [`^environments/(${guid})$`, "project:$1 environments"],
      [`^environments/(${guid})/(.+)$`, "environment:$1_$2"],
    ]),
  },
  {
    id: "101eae8c-1709-47f9-b228-0e476c35b3ba",
    slug: "distributed-task",
    resourceOf: shape([
      ["^agentpools$", "organization: agent-pools"],
      ["^agentpools/(.+)$", "agent-pool:$1"],
      [`^agentqueues/(${guid})$`, "project:$1 agent-queues"],
      [`^machinegroups/(${guid})$`, "project:$1 deployment-groups"],
      [`^agentqueues/(${guid})/(.+)$`, "agent-pool:$1_$2"],
    ]),
  },
];

function shape(forms: readonly (readonly [string, string])[]) {
  return (token: string): string | undefined => {
    const lower = token.toLowerCase();
    const [pattern, form] = forms.find(([each]) => new RegExp(each).test(lower)) ?? [];
    return pattern === undefined ? undefined : lower.replace(new RegExp(pattern), form ?? "");
  };
}
