import { rights } from "../../src/resources/rights.ts";
import { code, table } from "./markdown.ts";

/** The rights that a token needs, for the README. */
export function rightsTable(): string {
  const rows = rights.map(({ scope, reads, without, option }) => [
    scope,
    option ? `${reads} (${code(option)})` : reads,
    without,
  ]);
  return table(["Scope", "For", "Without it"], rows);
}

/** The rights that a token needs, and how to make one. */
export function permissions(): string {
  const rows = rights.map(({ scope, oauthScope, reads, without, option }) => [
    scope,
    code(oauthScope),
    reads,
    option ? code(option) : "always",
    without,
  ]);
  return `# Permissions

Generated from \`src/resources/rights.ts\` by \`npm run docs\`.

"Scope" is what the page for new personal access tokens calls it (*Custom defined*, *Show all scopes*); "in an
application" is the name in the registration of an application that people sign in to. A service principal or managed
identity has no scopes: what it may read is decided by its groups and access level in the organization
([authentication.md](authentication.md)).
The scopes bound what the token may do; what its owner may not see, the token does not show either. An owner who is
member of the group Project Collection Administrators sees everything; with *limited user visibility* in force, others
see less without being told.

${table(["Scope", "In an application", "For", "When", "Without it"], rows)}

Scopes for changes are needed with \`--provisioning\` alone ([provisioning.md](provisioning.md)). Whether a token has them cannot be
tried without a change: \`validate\` names them, and the first change that lacks one says which.
`;
}
