import type { EntitlementDefinition, Grant, PermissionSet, ResourceRef } from "../connector/model.ts";
import { grantsTo } from "./membership-grants.ts";
import { tierMeanings } from "./permissions/entitlements.ts";
import type { RoleGroup } from "./permissions/role-groups.ts";

/** Permissions that a description names before it only counts. */
const named = 12;

/** The membership of a built-in group, with what it gives: on which resources, and which permissions. */
export function roleMembership(
  member: EntitlementDefinition,
  role: RoleGroup | undefined,
  contents: readonly PermissionSet[],
): EntitlementDefinition {
  const gives = contents.map(describeSet);
  const texts = [
    member.description,
    ...(role?.administrators ? [`${tierMeanings[0]}.`] : []),
    ...(role?.everybody ? ["Azure DevOps keeps it: everybody is in it."] : []),
    ...gives.slice(0, 3),
    ...(gives.length > 3 ? [`And ${gives.length - 3} more sets of permissions on other resources.`] : []),
  ];
  return {
    ...member,
    description: texts.join(" "),
    ...(role?.everybody ? { immutable: "a group that holds everybody: Azure DevOps keeps its members" } : {}),
    ...(contents.length > 0 ? { contents } : {}),
  };
}

function describeSet({ resources = [], permissions }: PermissionSet): string {
  const [first] = resources;
  const where = resources.length === 1 && first ? `${first.type} ${first.id}` : `${resources.length} resources`;
  const more = permissions.length > named ? ` and ${permissions.length - named} more` : "";
  return `Gives on ${where}: ${permissions.slice(0, named).join(", ")}${more}.`;
}

const controlPlane = { risk_tier: "T0" };
const computed = "a group that holds everybody: Azure DevOps keeps its members";

/** Grants of a group's membership, with what a built-in group's means. */
export function memberGrants(members: readonly ResourceRef[], role: RoleGroup | undefined): Grant[] {
  const grants = grantsTo("member", members);
  if (role?.everybody) return grants.map((grant) => ({ ...grant, immutable: computed }));
  return role?.administrators ? grants.map((grant) => ({ ...grant, metadata: controlPlane })) : grants;
}
