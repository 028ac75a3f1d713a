import { canonicalDescriptor, isDescriptor, kindOf } from "../../azure-devops/descriptors.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { ChangePolicy, ChangeState } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import type { Remover, ResourceChange } from "../../connector/resource-changes.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { administratorsIn, guardAdministrators } from "../writers/administrators.ts";
import { type Chain, containersOf } from "../writers/containers.ts";
import { entriesByNamespace } from "../writers/entries-by-namespace.ts";
import { guardSelf } from "../writers/self.ts";
import { tierZeroOfGroup } from "../writers/tier-zero.ts";
import { mustBeMade, nameOf } from "./made.ts";

/** Deletes a group that people made; nothing brings back who was in it and what it was in (facts 2.7). */
export const groupRemover: Remover<Readings> = async (readings, resource, policy, call) => {
  const { id } = resource;
  if (!isDescriptor(id) || kindOf(id) !== "group") {
    throw new ConnectorError("invalid-request", `${shorten(id)} is no id of a group: take ids from the listings`);
  }
  const group = await readings.client.graph.getGroup(id, call);
  return deletion(readings, group ?? { descriptor: id, isDeleted: true }, policy);
};

function deletion(readings: Readings, group: GraphGroup, policy: ChangePolicy): ResourceChange {
  const { graph, graphWrites } = readings.client;
  const descriptor = canonicalDescriptor(group.descriptor);
  const name = nameOf(group);
  let chain: Chain = new Map();
  let members: readonly string[] = [];

  return {
    summary: `delete ${name}`,
    lock: `group ${descriptor}`,
    asked: "deletion",
    subject: () => ({ type: "group", id: descriptor }),
    async read(call): Promise<ChangeState> {
      const done = !(await exists(readings, descriptor, call));
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
      const { minAdmins } = policy;
      const without = (edge: { readonly member: string; readonly group: string }) =>
        edge.group === descriptor || edge.member === descriptor;
      await guardAdministrators(readings, administratorsIn(chain), { without, minAdmins }, call);
    },
    foretell: (_state, call) => aftermathOf(readings, descriptor, { members, chain }, call),
    write: (_state, call) => graphWrites.deleteGroup(descriptor, call),
  };
}

/** A deleted group can still be fetched, and need not say that it is deleted; it is not active any more (facts 2.7). */
async function exists({ client }: Readings, descriptor: string, call: Call): Promise<boolean> {
  const group = await client.graph.getGroup(descriptor, call);
  return group !== undefined && !group.isDeleted && (await client.graph.isActive(descriptor, call));
}

async function aftermathOf(
  readings: Readings,
  descriptor: string,
  { members, chain }: { readonly members: readonly string[]; readonly chain: Chain },
  call: Call,
): Promise<readonly string[]> {
  const parents = [...chain].filter(([, from]) => from === descriptor).map(([each]) => each);
  const shown = members.slice(0, mostNamed);
  const [known, entries] = await Promise.all([
    readings.client.graph.lookup([...shown, ...parents], call),
    entriesByNamespace(readings, descriptor, call),
  ]);
  const name = (each: string) => known.get(each)?.principalName || known.get(each)?.displayName || each;
  const more = members.length > shown.length ? `, and ${members.length - shown.length} more` : "";
  return [
    members.length === 0 ? "nobody is in it" : `members that lose it: ${shown.map(name).join("; ")}${more}`,
    ...(parents.length === 0 ? [] : [`groups that it is taken out of: ${parents.map(name).join("; ")}`]),
    ...entries,
  ];
}

/** A note is for people. */
const mostNamed = 50;
