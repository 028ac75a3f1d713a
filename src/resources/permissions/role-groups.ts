import { payloadText, projectOfDomain } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";

/** A group that Azure DevOps makes and gives its permissions; membership of it is a role. */
export interface RoleGroup {
  /** The project that it belongs to; undefined for one of the organization. */
  readonly projectId: string | undefined;
  /** Its members can give themselves any right there: Project (Collection) Administrators and service accounts. */
  readonly administrators: boolean;
  /** Project Collection Administrators: most denies do not bind them (facts 4.5). */
  readonly collectionAdministrators: boolean;
  /** Holds everybody; its membership is computed and cannot be changed (facts 12.1). */
  readonly everybody: boolean;
}

/** What the SID of a built-in group ends with, by scope (facts 2.4). */
const tails = {
  organization: new Map<string, Partial<RoleGroup>>([
    ["0-0-0-0-1", { administrators: true, collectionAdministrators: true }],
    ["0-0-0-0-2", { administrators: true }],
    ["0-0-0-0-3", { everybody: true }],
    ["0-0-0-1-1", {}],
    ["0-0-0-1-2", {}],
    ["0-0-0-4-1", {}],
    ["0-0-0-5-1", {}],
  ]),
  project: new Map<string, Partial<RoleGroup>>([
    ["0-0-0-0-1", { administrators: true }],
    ["0-0-0-0-3", { everybody: true }],
    ["0-0-0-1-2", {}],
  ]),
} as const;

/** Built-in groups of projects that their SID does not tell, by their English name (facts 2.4). */
const names = new Set([
  "contributors",
  "readers",
  "release administrators",
  "endpoint administrators",
  "endpoint creators",
  "deployment group administrators",
  "project-scoped users",
]);

/** What kind of role a group's membership is; undefined for groups that people made, teams, and Entra groups. */
export function roleGroupOf(group: GraphGroup, isTeam: boolean): RoleGroup | undefined {
  if (isTeam || !group.descriptor.startsWith("vssgp.")) return undefined;
  const projectId = projectOfDomain(group.domain);
  const [, scope = "", tail = ""] =
    /^S-1-9-1551374245-(\d+-\d+-\d+-\d+)-(.+)$/.exec(payloadText(group.descriptor)) ?? [];
  const known = tails[projectId ? "project" : "organization"].get(tail);
  const plain = { projectId, administrators: false, collectionAdministrators: false, everybody: false };
  if (known) return { ...plain, ...known };
  // What a project's template made has the project's own id in its SID, whatever language its name is in (facts 2.3).
  const byTemplate = projectId !== undefined && scope === sidNumbers(projectId);
  const byName = projectId !== undefined && names.has(group.displayName?.toLowerCase() ?? "");
  return byTemplate || byName ? plain : undefined;
}

/** A GUID as the four numbers of a SID: its bytes in .NET's order, read as big-endian numbers (facts 2.3). */
export function sidNumbers(guid: string): string {
  const hex = guid.replaceAll("-", "");
  const bytes = Buffer.from(hex, "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at)).join("-");
}
