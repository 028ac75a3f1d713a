import { canonicalDescriptor, isDescriptor, kindOf } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { ChangePolicy, ChangeState } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import type { Remover, ResourceChange } from "../../connector/resource-changes.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import { feedRolesThatEnd } from "../feeds/aftermath.ts";
import type { Readings } from "../readings/index.ts";
import {
  administratorsIn,
  administratorsLocks,
  guardAdministrators,
  reviewAdministrators,
} from "../writers/administrators.ts";
import { type Chain, containersOf } from "../writers/containers.ts";
import { entriesByNamespace } from "../writers/entries-by-namespace.ts";
import { guardSelf } from "../writers/self.ts";
import { tierZeroOfGroup } from "../writers/tier-zero.ts";
import { isThere, mustBeMade, nameOf } from "./made.ts";
import { createWithdrawal, doorsOf } from "./withdrawal.ts";

/** Deletes a group that people made; nothing brings back who was in it and what it was in (facts 2.7). */
export const groupRemover: Remover<Readings> = async (readings, resource, policy, call) => {
  const { id } = resource;
  if (!isDescriptor(id) || kindOf(id) !== "group") {
    throw new ConnectorError("invalid-request", `${shorten(id)} is no id of a group: take ids from the listings`);
  }
  const group = await readings.client.graph.getGroup(id, call);
  const locks = administratorsLocks(await containersOf(readings, canonicalDescriptor(id), call));
  return deletion(readings, { group: group ?? { descriptor: id, isDeleted: true }, locks }, policy);
};

interface Doomed {
  readonly group: GraphGroup;
  /** Of the administrators that its members are of. */
  readonly locks: readonly string[];
}

function deletion(readings: Readings, { group, locks }: Doomed, policy: ChangePolicy): ResourceChange {
  const { graph, graphWrites } = readings.client;
  const { minAdmins } = policy;
  const descriptor = canonicalDescriptor(group.descriptor);
  const withdrawal = createWithdrawal(readings, descriptor);
  const name = nameOf(group);
  let chain: Chain = new Map();
  let members: readonly string[] = [];
  let doors: readonly string[] = [];
  let reviewed: readonly string[] = [];

  return {
    summary: `delete ${name}`,
    lock: `group ${descriptor}`,
    restsOn: locks,
    asked: "deletion",
    subject: () => ({ type: "group", id: descriptor }),
    async read(call): Promise<ChangeState> {
      const done = !(await isThere(readings, descriptor, call));
      members = done ? [] : ((await graph.listMembers(descriptor, call)) ?? []).map(canonicalDescriptor);
      return { done, held: { members: members.length }, members: members.length, losing: Math.max(1, members.length) };
    },
    async check(_state, call) {
      await mustBeMade(readings, group, call);
      await guardSelf(readings, { ref: { type: "group", id: descriptor }, descriptor, name }, call);
      chain = await containersOf(readings, descriptor, call);
      const why = policy.level === "privileged" ? undefined : await tierZeroOfGroup(readings, chain, call);
      if (why !== undefined) {
        const told = `delete ${name}: ${why}, which lets its holder take every other right (Tier 0)`;
        throw new ConnectorError(
          "refused",
          `${told}: it needs --provisioning privileged, and a caller with that right`,
        );
      }
      const without = (edge: { readonly member: string; readonly group: string }) =>
        edge.group === descriptor || edge.member === descriptor;
      reviewed = await guardAdministrators(readings, administratorsIn(chain), { without, minAdmins }, call);
      doors = await doorsOf(readings, descriptor, chain, call);
    },
    foretell: (_state, call) => aftermathOf(readings, descriptor, { members, chain }, call),
    async write(_state, call) {
      try {
        // Nothing brings a deleted group back: what it leaves is counted before, as long as it can come back.
        await withdrawal.leave(doors, call);
        const reason = await reviewAdministrators(readings, reviewed, minAdmins, call);
        if (reason !== undefined) throw new ConnectorError("refused", `delete ${name}: ${reason}; it was not deleted`);
        return await graphWrites.deleteGroup(descriptor, call);
      } catch (error) {
        try {
          await withdrawal.comeBack(call);
        } catch (cause) {
          throw notBack(name, error, cause);
        }
        throw error;
      }
    },
  };
}

/** What stood against the deletion, and that the group is not back where it was. */
function notBack(name: string, error: unknown, cause: unknown): unknown {
  if (!isConnectorError(error)) return error;
  const why = isConnectorError(cause) ? cause.message : "internal error";
  const told = `${error.message}; making ${name} a member again of what it was in failed (${why}): do it by hand`;
  return new ConnectorError(error.kind, told, { cause });
}

async function aftermathOf(
  readings: Readings,
  descriptor: string,
  { members, chain }: { readonly members: readonly string[]; readonly chain: Chain },
  call: Call,
): Promise<readonly string[]> {
  const parents = [...chain].filter(([, from]) => from === descriptor).map(([each]) => each);
  const shown = members.slice(0, mostNamed);
  const [known, entries, feeds] = await Promise.all([
    readings.client.graph.lookup([...shown, ...parents], call),
    entriesByNamespace(readings, descriptor, call),
    feedRolesThatEnd(readings, descriptor, call),
  ]);
  const name = (each: string) => known.get(each)?.principalName || known.get(each)?.displayName || each;
  const more = members.length > shown.length ? `, and ${members.length - shown.length} more` : "";
  return [
    members.length === 0 ? "nobody is in it" : `members that lose it: ${shown.map(name).join("; ")}${more}`,
    ...(parents.length === 0 ? [] : [`groups that it is taken out of: ${parents.map(name).join("; ")}`]),
    ...entries,
    ...feeds,
  ];
}

/** A note is for people. */
const mostNamed = 50;
