import { isEntraGroup, prefixOf } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import { type GroupApi, reasonAgainstChanges } from "../../microsoft-graph/groups.ts";
import { strangerId } from "../readings/entra-members.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { administratorsIn, guardAdministrators } from "./administrators.ts";
import { type Chain, containersOf } from "./containers.ts";
import { mustExist, type Principal } from "./principals.ts";
import { guardOwnDenies, guardSelf } from "./self.ts";
import { guardTierZero, isTierZeroGuarded, tierZeroOfGroup } from "./tier-zero.ts";

export interface ManagedMembership {
  readonly request: ChangeRequest;
  readonly group: GraphGroup;
  readonly name: string;
  readonly principal: Principal;
  readonly summary: string;
}

/** Microsoft's own figure (facts 9.5). */
const delayNote = "Azure DevOps shows changes of groups of Microsoft Entra within about an hour";

/** Membership of a group that Microsoft Entra keeps, changed there: of groups on the list alone. */
export async function managedEntraChange(
  readings: Readings,
  { request, group, name, principal, summary }: ManagedMembership,
  policy: ChangePolicy,
  call: Call,
): Promise<Change> {
  const entra = readings.entraGroups;
  if (!entra) throw new ConnectorError("bug", "groups of Microsoft Entra are managed, and nothing reaches them");
  const groupId = group.originId?.toLowerCase() ?? "";
  await mustBeManageable(entra, groupId, policy, summary, call);
  const isGrant = request.kind === "grant";
  const isPrincipal = matcherOf(principal, summary);
  /** As it was read last. */
  let memberId = principal.subject?.originId?.toLowerCase() ?? "";

  /** The group with those that it is in within Entra, as Azure DevOps knows them: it tells of no group in such a group. */
  const doors = async (inner: Call): Promise<readonly string[]> => {
    const above = new Set(await entra.listContainers(groupId, inner));
    if (above.size === 0) return [group.descriptor];
    const known = [...(await readings.groups.all(inner)).values()];
    const isAbove = ({ descriptor, originId }: GraphGroup) =>
      isEntraGroup(descriptor) && above.has(originId?.toLowerCase() ?? "");
    return [group.descriptor, ...known.filter(isAbove).map(({ descriptor }) => descriptor)];
  };

  async function chainOf(from: readonly string[], inner: Call): Promise<Chain> {
    const chains = await mapFew(from, (each) => containersOf(readings, each, inner));
    return new Map(chains.flatMap((chain) => [...chain]));
  }

  async function guardGrant(inner: Call): Promise<void> {
    mustExist(principal);
    const chain = await chainOf(await doors(inner), inner);
    await guardOwnDenies(readings, principal, chain, inner);
    if (!isTierZeroGuarded(policy, principal)) return;
    const why = await tierZeroOfGroup(readings, chain, inner);
    if (why !== undefined) await guardTierZero(readings, policy, principal, `${summary}: ${why}`, inner);
  }

  /** Azure DevOps does not tell who is in a group of Entra, so that nobody in it counts among the administrators. */
  async function guardRevoke(inner: Call): Promise<void> {
    await guardSelf(readings, principal, inner);
    const entrances = await doors(inner);
    const administrators = administratorsIn(await chainOf(entrances, inner));
    const without = ({ member }: { readonly member: string }) => entrances.includes(member);
    const { minAdmins } = policy;
    const enough = await guardAdministrators(readings, administrators, { without, minAdmins }, inner);
    if (enough.length === administrators.length) return;
    const told = `${summary}: ${name} is among administrators, and fewer than --min-admins (${minAdmins}) enabled people are administrators without it`;
    throw new ConnectorError("refused", `${told}: add people to the administrators first, or lower --min-admins`);
  }

  /** Through whatever group. */
  const isInside = async (inner: Call): Promise<boolean> => {
    const members = (await entra.listMembers([groupId], "transitive", inner)).get(groupId);
    return members?.some(({ id }) => isPrincipal(id)) ?? false;
  };

  return {
    summary,
    lock: `entra group ${groupId}`,
    async read(inner) {
      const members = (await entra.listMembers([groupId], "direct", inner)).get(groupId);
      if (!members) throw gone(name, groupId);
      const member = members.find(({ id }) => isPrincipal(id));
      memberId = member?.id ?? memberId;
      const isMember = member !== undefined;
      return { done: isMember === isGrant, held: isMember, ...(isGrant ? {} : { members: members.length }) };
    },
    async already(_state, inner) {
      if (isGrant || !(await isInside(inner))) return undefined;
      const told = `${summary}: they are in it by another group of Microsoft Entra; remove them there`;
      throw new ConnectorError("refused", `${told}; there is no membership of their own to take`);
    },
    check: (_state, inner) => (isGrant ? guardGrant(inner) : guardRevoke(inner)),
    async write(_state, inner) {
      await (isGrant ? entra.addMember(groupId, memberId, inner) : entra.removeMember(groupId, memberId, inner));
      return {};
    },
    async details(_before, inner) {
      const remaining = !isGrant && (await isInside(inner)) ? [`in ${name} by another group of Microsoft Entra`] : [];
      return { notes: [delayNote], ...(remaining.length > 0 ? { remaining } : {}) };
    },
  };
}

async function mustBeManageable(
  entra: GroupApi,
  groupId: string,
  { entraGroups }: ChangePolicy,
  summary: string,
  call: Call,
): Promise<void> {
  if (!entraGroups.allowed.has(groupId)) {
    const told = `${summary}: the Entra group ${groupId} is not among those that --entra-group-ids allows to change`;
    throw new ConnectorError("refused", `${told}: add it there, or change it in Microsoft Entra`);
  }
  const group = await entra.getGroup(groupId, call);
  if (!group) throw gone(summary, groupId);
  const reason = reasonAgainstChanges(group);
  if (reason !== undefined) throw new ConnectorError("refused", `${summary}: ${reason}`);
}

const gone = (what: string, groupId: string) =>
  new ConnectorError("not-found", `${what}: Microsoft Entra has no group ${groupId} any more: sync again`);

/** Tells a principal by its object id. Of whom Azure DevOps knows nothing, the listings made an id from it. */
function matcherOf({ ref, descriptor, name, subject }: Principal, summary: string): (objectId: string) => boolean {
  if (ref.type === "unknown-identity") return (objectId) => strangerId(objectId) === ref.id;
  const isOfEntra = ["aad", "aadsp", "aadgp"].includes(prefixOf(descriptor));
  if (!isOfEntra) {
    const told = `${name} is not kept by Microsoft Entra, so no group there can hold it`;
    throw new ConnectorError("refused", `${summary}: ${told}`);
  }
  const own = subject?.originId?.toLowerCase();
  if (own) return (objectId) => objectId === own;
  const told = `Azure DevOps tells no more who in Microsoft Entra ${name} is`;
  throw new ConnectorError("refused", `${summary}: ${told}: change the group there`);
}
