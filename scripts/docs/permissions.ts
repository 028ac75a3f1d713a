import { type Feature, featureNames, features } from "../../src/resources/features.ts";
import { type GraphRight, graphRights } from "../../src/resources/graph-rights.ts";
import { absenceOf, purposeOf, type Right, rights } from "../../src/resources/rights.ts";
import { code, table } from "./markdown.ts";

/** The rights that a token needs for each feature, for the README. */
export function rightsTable(): string {
  const scopes = (isFor: (right: Right) => boolean | undefined) => rights.filter(isFor).map(({ scope }) => scope);
  const rows = featureNames.map((name: Feature) => {
    const { title, option } = features[name];
    const read = scopes(({ tells }) => tells?.includes(name));
    const changed = scopes(({ changes }) => changes?.includes(name));
    const besides = changed.filter((scope) => !read.includes(scope));
    const nothing = changed.length > 0 ? "nothing more" : "";
    return [title, option ? code(option) : "always", read.join(", "), besides.join(", ") || nothing];
  });
  const ofGraph = (option: GraphRight["option"]) =>
    graphRights.filter((right) => right.option === option).map(({ permission }) => permission);
  const entra = "Microsoft Graph (permissions of an application, not scopes of a token)";
  return table(
    ["Feature", "When", "To read it", "To change it, besides"],
    [
      ...rows,
      [
        "all members of groups of Microsoft Entra",
        code("--entra-members"),
        `${entra}: ${ofGraph("--entra-members").join(", ")}`,
        "",
      ],
      [
        "memberships of groups of Microsoft Entra",
        code("--entra-groups manage"),
        "",
        `${entra}: ${ofGraph("--entra-groups manage").join(", ")}`,
      ],
    ],
  );
}

/** The rights that a token needs, and how to make one. */
export function permissions(): string {
  const rows = rights.map((right) => [
    right.scope,
    code(right.oauthScope),
    purposeOf(right, true),
    right.option ? code(right.option) : "always",
    absenceOf(right, true),
  ]);
  const ofGraph = graphRights.map(({ permission, purpose, option, without }) => [
    code(permission),
    purpose,
    code(option),
    without,
  ]);
  return `# Permissions

Generated from \`src/resources/rights.ts\` and \`src/resources/graph-rights.ts\` by \`npm run docs\`.

"Scope" is what the page for new personal access tokens calls it (*Custom defined*, *Show all scopes*); "in an
application" is the name in the registration of an application that people sign in to. A service principal or managed
identity has no scopes: what it may read and change is decided by its groups and access level in the organization
([authentication.md](authentication.md)).
The scopes bound what the token may do; what its owner may not see, the token does not show either. An owner who is
member of the group Project Collection Administrators sees everything; with *limited user visibility* in force, others
see less without being told.

${table(["Scope", "In an application", "For", "When", "Without it"], rows)}

Nothing is changed without \`--provisioning\` ([provisioning.md](provisioning.md)), and scopes that are for changes alone are
not needed before. Whether a token has those that change something cannot be tried: \`validate\` names them, and the first change
that lacks one says which. To change something its owner needs the right to in Azure DevOps as well: Project Collection
Administrators have it everywhere.

## Microsoft Graph

Application permissions of Microsoft Graph, with admin consent ([authentication.md](authentication.md)); a personal access token has none.
\`GroupMember.ReadWrite.All\` contains \`GroupMember.Read.All\`.

${table(["Permission", "For", "When", "Without it"], ofGraph)}
`;
}
