import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import { type EntraGroup, reasonAgainstChanges } from "../../microsoft-graph/groups.ts";
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
  switch (policy.entraGroups.mode) {
    case "accept":
      return acceptance(summary, entraGroupId);
    case "refuse": {
      const told = `${summary}: Microsoft Entra keeps who is in this group (${entraGroupId}): change it there, or set --entra-groups manage`;
      throw new ConnectorError("refused", told);
    }
    case "manage":
      return managed(readings, membership, { summary, entraGroupId }, policy, call);
  }
  if (entraGroups.mode === "manage") return managedEntraChange(readings, { ...membership, summary }, policy, call);
  const remedy = `change the group ${entraGroupId} in Microsoft Entra, or by a connector for it`;
  return {
    summary,
    lock: `entra ${entraGroupId}`,
    instead: {
      reason: `${summary}: Microsoft Entra keeps who is in this group; nothing was changed, in Entra or in Azure DevOps`,
      entraGroupId,
      remedy: `change the group ${entraGroupId} in Microsoft Entra, or by a connector for it`,
      link: `https://entra.microsoft.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Members/groupId/${entraGroupId}`,
    },
    read: async () => ({ done: false, held: "unknown" }),
    check: async () => undefined,
    write: async () => ({}),
  };
}

interface ManagedGroup {
  readonly summary: string;
  readonly entraGroupId: string;
}

/** The change, made in Entra by Microsoft Graph. */
async function managed(
  readings: Readings,
  { request, group, principal }: EntraMembership,
  { summary, entraGroupId }: ManagedGroup,
  policy: ChangePolicy,
  call: Call,
): Promise<Change> {
  const { microsoftGraph, client } = readings;
  if (!microsoftGraph) throw new ConnectorError("bug", "--entra-groups manage without Microsoft Graph");
  const { groups } = microsoftGraph;
  if (!policy.entraGroups.allowed.has(entraGroupId)) {
    const told = `${summary}: this connector may not change the group ${entraGroupId}: add it to --entra-group-ids, or change it in Entra`;
    throw new ConnectorError("refused", told);
  }
  const isGrant = request.kind === "grant";
  const memberId = objectIdOf(principal, summary);
  const found = await groups.getGroup(entraGroupId, call);
  mustBeChangeable(found, summary);
  return {
    summary,
    lock: `entra ${entraGroupId}`,
    async read(own) {
      const members = (await groups.listMembers([entraGroupId], "direct", own)).get(entraGroupId) ?? [];
      const isMember = members.some(({ id }) => id === memberId);
      return { done: isMember === isGrant, held: isMember, members: members.length };
    },
    async check(_state, own) {
      if (!isGrant) return guardSelf(readings, principal, own);
      mustExist(principal);
      if (!isTierZeroGuarded(policy, principal)) return;
      const why = await tierZeroOfGroup(readings, await containersOf(client.graph, group.descriptor, own), own);
      if (why !== undefined) guardTierZero(policy, principal, `${summary}: ${why}`);
    },
    async write(_state, own) {
      await (isGrant
        ? groups.addMember(entraGroupId, memberId, own)
        : groups.removeMember(entraGroupId, memberId, own));
      return {};
    },
    details: async () => ({ notes: ["made in Microsoft Entra; Azure DevOps can take up to an hour to show it"] }),
  };
}

function mustBeChangeable(group: EntraGroup | undefined, summary: string): void {
  if (!group) throw new ConnectorError("not-found", `${summary}: Microsoft Entra does not know the group any more`);
  const reason = reasonAgainstChanges(group);
  if (reason !== undefined) throw new ConnectorError("refused", `${summary}: ${reason}`);
}

/** Only what Entra knows can be in a group of it. */
function objectIdOf({ subject, name, ref }: Principal, summary: string): string {
  const isOfEntra = subject?.origin?.toLowerCase() === "aad";
  if (isOfEntra && subject.originId) return subject.originId.toLowerCase();
  const told = `${summary}: ${name} is a ${ref.type} that Microsoft Entra does not know, and cannot be in a group of it`;
  throw new ConnectorError("refused", told);
}
