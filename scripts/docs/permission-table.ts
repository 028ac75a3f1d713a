import { type FeedRole, feedRoles, globalFeedRoles } from "../../src/permissions/feed-roles.ts";
import { bundles } from "../../src/permissions/fold.ts";
import type { GovernedNamespace, Tier } from "../../src/permissions/namespace.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { roleNamespaces } from "../../src/permissions/role-namespaces.ts";
import { scopes } from "../../src/permissions/role-scopes.ts";
import { customRole, type RoleScope, roles } from "../../src/permissions/roles.ts";
import { actionSlug } from "../../src/permissions/slugs.ts";
import { knownLevels } from "../../src/resources/access-levels/levels.ts";
import { tierMeanings } from "../../src/resources/permissions/entitlements.ts";
import { changeCell } from "./changeable.ts";
import { code, table } from "./markdown.ts";

/** Every security namespace that is told as permissions, with tiers and bundles. */
export function permissionTable(): string {
  const tiers = [0, 1, 2, 3] as const;
  return `# Permissions of Azure DevOps

Generated from \`src/permissions\` by \`npm run docs\`.

An entitlement is \`<type>:<id>:<namespace>.<action>\`. What is inside a resource and has entries of its own, such as a
branch, a folder or an area, has entitlements \`<namespace>.<26 characters>.<action>\`, the characters being a hash of its
token. Names for people come from the organization, in its language; they change no id.

## Tiers

${table(
  ["Tier", "Meaning"],
  tiers.map((tier) => [`T${tier}`, tierMeanings[tier].slice(4)]),
)}

An action that is not in the table below, which an extension or a newer version added, is of tier 0 when its name speaks
of administering or of managing permissions, of tier 1 for bypassing, destroying and secrets, of tier 3 for reading, else
of tier 2.

## Namespaces

Each is read by one request for the whole organization. "Read" is what is told of it, "Change" whether Grant and Revoke give
and take it, with \`--provisioning\` ([provisioning.md](provisioning.md)); Tier 0 needs \`privileged\`. Bits that Azure DevOps sets by
itself are told and never changed. Where no token is known to which a permission could be written, its entitlement is
immutable.

${table(["Namespace", "Id", "On", "Read", "Change", "T0", "T1", "T2"], governedNamespaces.map(namespaceRow))}

Every other action of these namespaces is of tier 3. A grant of tier 0 or 1 to a group can be expanded to its members; one
of tier 2 or 3 stays on the group.

## Bundles

At the detail \`standard\` what somebody holds on a repository is told as the highest bundle of which they hold all, the
rest of tiers 0 and 1 singly, and the rest of tiers 2 and 3 as \`access.custom\`, whose grants name it.

${table(
  ["Bundle", "Tier", "Permissions"],
  bundles.map(({ slug, tier, permissions }) => [code(slug), `T${tier}`, permissions.map(code).join(", ")]),
)}

On projects and the organization there are no bundles: membership of a built-in group is the role. Its entitlement
\`member\` says in its description, and as data in the annotation \`azuredevops.connector.v1.EntitlementContents\`, what it
gives there; such permissions are not told a second time ([decision 0009](decisions/0009-membership-is-the-role.md)).

## Roles

What pipelines use has roles, which are names for bits of four more namespaces. Their entries are told as roles and
nowhere else: read like the others, by one request a namespace, with the bits that the definitions of each scope say, or
those of this table where they cannot be read. Bits that are no role, or more than one, are \`custom\`, whose grants name
them, and which cannot be granted. Roles on all of a kind are entitlements of the project, or of the organization for pools.

${table(["Namespace", "Id", "T1", "T2"], roleNamespaces.map(roleNamespaceRow))}

${table(["Scope", "Entitlements", "Bits", "Read", "Change"], Object.entries(scopes).map(scopeRow))}

${table(
  ["Role", "Tier"],
  [...roles.map((role) => [code(role.slug), `T${role.tier}`]), [code(customRole), "the highest of its bits"]],
)}

## Feeds

Roles on feeds stand in no namespace; they are read feed by feed, and those on all feeds from the organization.

${table(
  ["Role", "Upstream", "On", "Tier", "Read", "Change"],
  [
    ...feedRoles.map((role) => feedRoleRow(role, "feed")),
    ...globalFeedRoles.map((role) => feedRoleRow(role, "organization")),
  ],
)}

## Access levels

\`access-level:<id>:assigned\`, of all levels in one exclusion group, since everybody has one at most. A level that is not
below appears under the name that Azure DevOps gives it.

${table(
  ["Id", "Access level", "Read", "Change"],
  knownLevels.map(({ id, name }) => [code(id), name, "yes", changeCell("access-level", ["assigned"])]),
)}
`;
}

function roleNamespaceRow({ slug, title, id, tiers }: GovernedNamespace): string[] {
  return [`${code(slug)} ${title}`, code(id), names(tiers, 1), names(tiers, 2)];
}

/** The types on which roles of a scope are told; those on all of a kind are of the project, unless it is said here. */
const typesOfScopes: Readonly<Record<string, string>> = {
  pool: "agent-pool",
  pools: "organization",
  queue: "agent-pool",
  environment: "environment",
  endpoint: "service-connection",
  collectionEndpoint: "service-connection",
  variableGroup: "variable-group",
  secureFile: "secure-file",
};

function scopeRow([name, { id, hub, masks }]: [string, RoleScope]): string[] {
  const own = roles.filter(({ slug }) => masks[slug] !== undefined);
  const slugs = own.map(({ slug }) => (hub === undefined ? slug : `${hub}.${slug}`));
  const bits = own.map(({ slug }) => masks[slug]).join(", ");
  return [code(id), slugs.map(code).join(", "), bits, "yes", changeCell(typesOfScopes[name] ?? "project", slugs)];
}

function feedRoleRow({ slug, name, tier }: FeedRole, on: string): string[] {
  return [code(slug), code(name), on, `T${tier}`, "yes", changeCell(on, [slug])];
}

function namespaceRow(namespace: GovernedNamespace): string[] {
  const { slug, title, id, covers, tiers } = namespace;
  const on = covers === "repository" ? "organization, project, repository, branch" : covers;
  return [
    `${code(slug)} ${title}`,
    code(id),
    on,
    "every bit",
    namespaceChangeCell(namespace),
    ...([0, 1, 2] as const).map((tier) => names(tiers, tier)),
  ];
}

/** Where no token is documented, what is on the resource itself is changed on the list that is there. */
function namespaceChangeCell({ slug, covers, ownToken }: GovernedNamespace): string {
  const cell = changeCell(covers, [`${slug}.generic_read`]);
  if (covers === "role" || ownToken({ type: covers, id: "1", projectId: "2", name: "name" })) return cell;
  return cell === "yes" ? "where a list tells its token" : cell;
}

function names(tiers: GovernedNamespace["tiers"], tier: Exclude<Tier, 3>): string {
  return tiers[tier].map((name) => code(actionSlug(name) ?? name)).join(", ");
}
