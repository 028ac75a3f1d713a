import type { Permission } from "../microsoft-graph/answers.ts";

/** A permission of Microsoft Graph, which an application is granted apart from what it may do in Azure DevOps. */
export interface GraphRight {
  readonly permission: Permission | "User.Read.All";
  readonly purpose: string;
  /** The option without which nobody asks for it. */
  readonly option: "--entra-members" | "--entra-groups manage";
  /** What does not work without it. */
  readonly without: string;
}

/** Every permission of Microsoft Graph that is of use here, each the least that does. */
export const graphRights: readonly GraphRight[] = [
  {
    permission: "GroupMember.Read.All",
    purpose: "who is in groups of Microsoft Entra",
    option: "--entra-members",
    without: "every sync: who is in groups of Microsoft Entra cannot be read (--entra-members)",
  },
  {
    permission: "User.Read.All",
    purpose: "names of people in them whom Azure DevOps does not know",
    option: "--entra-members",
    without: "they are told by their kind alone",
  },
  {
    permission: "GroupMember.ReadWrite.All",
    purpose: "changes of who is in the groups of `--entra-group-ids`, and who is in them",
    option: "--entra-groups manage",
    without: "--entra-groups manage: every change of such a group fails",
  },
];

/** What does not work without a permission. */
export function withoutPermission(permission: Permission): string {
  return graphRights.find((right) => right.permission === permission)?.without ?? "";
}
