import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { managedEntraChange } from "./managed-entra-groups.ts";
import type { Principal } from "./principals.ts";

export interface EntraMembership {
  readonly request: ChangeRequest;
  readonly group: GraphGroup;
  readonly name: string;
  readonly principal: Principal;
}

/** Membership of a group that Microsoft Entra keeps: Azure DevOps cannot change it. */
export async function entraChange(
  readings: Readings,
  membership: EntraMembership,
  policy: ChangePolicy,
  call: Call,
): Promise<Change> {
  const { request, group, name, principal } = membership;
  const { entraGroups } = policy;
  const entraGroupId = group.originId?.toLowerCase() ?? "";
  const verb = request.kind === "grant" ? "add" : "remove";
  const summary = `${verb} ${principal.name} ${request.kind === "grant" ? "to" : "from"} ${name}`;
  if (entraGroups.mode === "refuse") {
    const told = `${summary}: Microsoft Entra keeps who is in this group (${entraGroupId}): change it there, or set --entra-groups manage`;
    throw new ConnectorError("refused", told);
  }
  if (entraGroups.mode === "manage") return managedEntraChange(readings, { ...membership, summary }, policy, call);
  const remedy = `change the group ${entraGroupId} in Microsoft Entra, or by a connector for it`;
  return {
    summary,
    lock: `group ${group.descriptor}`,
    instead: {
      reason: `${summary}: Microsoft Entra keeps who is in this group; nothing was changed, in Entra or in Azure DevOps`,
      entraGroupId,
      remedy,
      link: `https://entra.microsoft.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Members/groupId/${entraGroupId}`,
    },
    read: async () => ({ done: false, held: "unknown" }),
    check: async () => undefined,
    write: async () => ({}),
  };
}
