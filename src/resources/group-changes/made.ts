import { isEntraGroup } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { ConnectorError } from "../../errors.ts";
import { roleGroupOf } from "../permissions/role-groups.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "../writers/built-in.ts";

export const nameOf = (group: GraphGroup) => group.principalName || group.displayName || group.descriptor;

/** A deleted group can still be fetched, and need not say that it is deleted; it is not active any more (facts 2.7). */
export async function isThere({ client }: Readings, descriptor: string, call: Call): Promise<boolean> {
  const group = await client.graph.getGroup(descriptor, call);
  return group !== undefined && !group.isDeleted && (await client.graph.isActive(descriptor, call));
}

/** Fails for groups that others keep: only those that people made in Azure DevOps are changed and deleted as such. */
export async function mustBeMade({ projects }: Readings, group: GraphGroup, call: Call): Promise<void> {
  const name = nameOf(group);
  if (isEntraGroup(group.descriptor)) {
    throw refused(`${name} is a group of Microsoft Entra: change it there`);
  }
  if ((await projects.teams(call)).has(group.originId?.toLowerCase() ?? "")) {
    throw refused(`${name} is the group of a team: change the team in the project's settings`);
  }
  if (builtInOf(group.descriptor) || roleGroupOf(group, false)) {
    throw refused(`${name} is a group that Azure DevOps made, and it stays as it is; no option allows changing that`);
  }
}

function refused(message: string): ConnectorError {
  return new ConnectorError("refused", message);
}
