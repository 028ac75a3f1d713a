import { isDescriptor, isEntraGroup, kindOf, projectOfDomain } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest, ChangeState, Writer } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import { memberTypesOf } from "../membership-grants.ts";
import type { Readings } from "../readings/index.ts";
import { administratorsIn, administratorsLocks, guardAdministrators, reviewAdministrators } from "./administrators.ts";
import { mustBeChangeable } from "./built-in.ts";
import { type Chain, containersOf, pathTo } from "./containers.ts";
import { entraChange } from "./entra-groups.ts";
import { notesOfOwnGroup } from "./own-groups.ts";
import { guardOwner } from "./owner.ts";
import { findPrincipal, mustExist, type Principal } from "./principals.ts";
import { guardOwnDenies, guardSelf } from "./self.ts";
import { guardTierZero, isTierZeroGuarded, tierZeroOfGroup } from "./tier-zero.ts";
import { tierZeroReview } from "./tier-zero-review.ts";

interface Membership {
  readonly readings: Readings;
  readonly policy: ChangePolicy;
  readonly principal: Principal;
  readonly group: GraphGroup;
  readonly name: string;
}

/** Membership of a group or of a team, which upstream is a group too. */
export const membershipWriter: Writer<Readings> = async (readings, request, policy, call) => {
  const { resource, kind } = request;
  const group = await findGroup(readings, request, call);
  if (!group) {
    if (kind === "revoke") return nothingLeft(request);
    throw noGroup(resource);
  }
  const name = group.principalName || group.displayName || group.descriptor;
  const principal = await principalOf(readings, request, call);
  if (kind === "revoke" && !isDescriptor(principal.descriptor)) return nothingLeft(request);
  if (isEntraGroup(group.descriptor)) return entraChange(readings, { request, group, name, principal }, policy, call);
  const membership = { readings, policy, principal, group, name };
  return kind === "grant" ? addition(membership) : removal(membership, call);
};

async function findGroup({ client, projects }: Readings, { resource }: ChangeRequest, call: Call) {
  const isTeam = resource.type === "team";
  if (isTeam && !(await projects.teams(call)).has(resource.id)) return undefined;
  if (!isTeam && kindOf(resource.id) !== "group") {
    throw new ConnectorError("invalid-request", `${shorten(resource.id)} is no group: take ids from the listings`);
  }
  const id = isTeam ? await client.graph.getDescriptor(resource.id, call) : resource.id;
  const group = id === undefined ? undefined : await client.graph.getGroup(id, call);
  // A deleted group can still be fetched (facts 2.7).
  return group?.isDeleted ? undefined : group;
}

async function principalOf(readings: Readings, { principal, kind }: ChangeRequest, call: Call): Promise<Principal> {
  const types = memberTypesOf(readings.options);
  if (!types.includes(principal.type) || (kind === "grant" && principal.type === "unknown-identity")) {
    const told = `a ${shorten(principal.type)} cannot be a member; these can: ${types.join(", ")}`;
    throw new ConnectorError("invalid-request", told);
  }
  const found = await findPrincipal(readings, principal, call);
  // Of somebody who is none nothing can be asked.
  if (kind === "grant" && !isDescriptor(found.descriptor)) mustExist(found);
  return found;
}

function nothingLeft({ resource, slug, principal }: ChangeRequest): Change {
  return {
    summary: `take ${slug} of ${resource.type} ${resource.id} from ${principal.id}`,
    lock: `group ${resource.id}`,
    read: async () => ({ done: true, held: false }),
    check: async () => undefined,
    write: async () => ({}),
  };
}

function addition({ readings, policy, principal, group, name }: Membership): Change {
  const { graph } = readings.client;
  const { descriptor } = principal;
  const summary = `add ${principal.name} to ${name}`;

  async function guardHeight(chain: Chain, call: Call): Promise<void> {
    const why = await tierZeroOfGroup(readings, chain, call);
    if (why !== undefined) await guardTierZero(readings, policy, principal, `${summary}: ${why}`, call);
  }

  return {
    summary,
    lock: `group ${group.descriptor}`,
    async read(call) {
      const isMember = await graph.isMember(descriptor, group.descriptor, call);
      return { done: isMember, held: isMember };
    },
    async check(_state, call) {
      mustExist(principal);
      mustBeChangeable(group.descriptor, name);
      const chain = await containersOf(readings, group.descriptor, call);
      guardStructure(principal, group, name);
      if (chain.has(descriptor)) throw cycle(principal.name, name);
      await guardOwnDenies(readings, principal, chain, call);
      if (isTierZeroGuarded(policy, principal)) await guardHeight(chain, call);
    },
    write: (_state, call) => graph.addMember(descriptor, group.descriptor, call),
    ...tierZeroReview(
      policy,
      principal,
      async (call) => guardHeight(await containersOf(readings, group.descriptor, call), call),
      async (_before, call) => void (await graph.removeMember(descriptor, group.descriptor, call)),
    ),
    saysSo: (error) => isConnectorError(error) && error.isSoAlready,
    details: async (_before, call) => ({ notes: await notesOfOwnGroup(readings, principal, call) }),
  };
}

/** Fails for a membership that a Grant to somebody who is not there yet would refuse. */
export async function guardMembershipOfNewcomer(
  readings: Readings,
  resource: ResourceRef,
  newcomer: Principal,
  policy: ChangePolicy,
  call: Call,
): Promise<void> {
  const request = { kind: "grant", resource, slug: "member", principal: newcomer.ref } as const;
  const group = await findGroup(readings, request, call);
  if (!group) throw noGroup(resource);
  const name = group.principalName || group.displayName || group.descriptor;
  const membership = { readings, request, policy, principal: newcomer, group, name };
  const change = isEntraGroup(group.descriptor)
    ? await entraChange(readings, membership, policy, call)
    : addition(membership);
  if (!change.instead) await change.check({ done: false, held: false }, call);
}

function noGroup({ type, id }: ResourceRef): ConnectorError {
  return new ConnectorError("not-found", `there is no ${type} ${shorten(id)} any more: sync again`);
}

/** What Azure DevOps refuses whoever asks (facts 12.1). */
function guardStructure({ subject, name: member, guarded }: Principal, group: GraphGroup, name: string): void {
  if (guarded === "valid-users") {
    throw new ConnectorError(
      "refused",
      `${member} holds everybody, and Azure DevOps keeps it: it is in no other group`,
    );
  }
  const own = projectOfDomain(subject?.domain);
  const other = projectOfDomain(group.domain);
  if (own === undefined || own === other) return;
  const where = other === undefined ? "a group of the organization" : "a group of another project";
  throw new ConnectorError(
    "refused",
    `${member} is a project's group and ${name} is ${where}: a project's group can be in groups of its own project only; add its members, or a group of the organization`,
  );
}

function cycle(member: string, name: string): ConnectorError {
  return new ConnectorError("refused", `${name} is (nested) in ${member}: a group cannot be in itself`);
}

async function removal({ readings, policy, principal, group, name }: Membership, prepared: Call): Promise<Change> {
  const { graph } = readings.client;
  const { descriptor } = principal;
  let reviewed: readonly string[] = [];

  /** By which other groups they are in it all the same. */
  async function path(call: Call): Promise<string | undefined> {
    const way = pathTo(await containersOf(readings, descriptor, call), group.descriptor);
    if (way.length < 2) return undefined;
    const known = await Promise.all(way.slice(0, -1).map((each) => graph.getGroup(each, call)));
    return known.map((each, at) => each?.principalName || way[at]).join(", which is in ");
  }

  return {
    summary: `remove ${principal.name} from ${name}`,
    lock: `group ${group.descriptor}`,
    restsOn: administratorsLocks(await containersOf(readings, group.descriptor, prepared)),
    async read(call): Promise<ChangeState> {
      const members = (await graph.listMembers(group.descriptor, call)) ?? [];
      const isMember = members.includes(descriptor);
      return { done: !isMember, held: isMember, members: members.length };
    },
    async already(_state, call) {
      const way = await path(call);
      if (way === undefined) return;
      const told = `${principal.name} is in ${name} by ${way}: remove them there; there is no membership of their own to take`;
      throw new ConnectorError("refused", told);
    },
    async check(_state, call) {
      mustBeChangeable(group.descriptor, name);
      await guardSelf(readings, principal, call);
      const administrators = administratorsIn(await containersOf(readings, group.descriptor, call));
      if (administrators.length > 0) await guardOwner(readings, principal, call);
      const without = ({ member, group: of }: { member: string; group: string }) =>
        member === descriptor && of === group.descriptor;
      const { minAdmins } = policy;
      reviewed = await guardAdministrators(readings, administrators, { without, minAdmins }, call);
    },
    write: (_state, call) => graph.removeMember(descriptor, group.descriptor, call),
    saysSo: (error) => isConnectorError(error) && error.isSoAlready,
    review: (call) => reviewAdministrators(readings, reviewed, policy.minAdmins, call),
    undo: async (_before, call) => void (await graph.addMember(descriptor, group.descriptor, call)),
    async details(_before, call) {
      const way = await path(call);
      return way === undefined ? {} : { remaining: [`in ${name} by ${way}`] };
    },
  };
}
