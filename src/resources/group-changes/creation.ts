import { canonicalDescriptor, isDescriptor, kindOf } from "../../azure-devops/descriptors.ts";
import type { GroupFields } from "../../azure-devops/graph-writes.ts";
import type { GraphGroup } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { ChangeState } from "../../connector/changes.ts";
import { safeId, shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { CreationRequest, Creator, ResourceChange } from "../../connector/resource-changes.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { isThere, mustBeMade, nameOf } from "./made.ts";
import { storageKeyFor } from "./storage-key.ts";

/** Makes a group of the organization or a project, which is in no other and may do nothing; or renames one. */
export const groupCreator: Creator<Readings> = async (readings, request, _policy, call) => {
  checkTexts(request);
  const isGroup = isDescriptor(request.id) && kindOf(request.id) === "group";
  if (!isGroup) {
    const scope = await scopeOf(readings, request.parent, call);
    const { instanceId } = await readings.access.connection(call);
    return creation(readings, request, { scope, instanceId });
  }
  const group = await readings.client.graph.getGroup(request.id, call);
  if (!group || group.isDeleted) throw new ConnectorError("not-found", `there is no group ${shorten(request.id)}`);
  return update(readings, request, group);
};

function checkTexts({ displayName, description }: CreationRequest): void {
  if (displayName === "") throw new ConnectorError("invalid-request", "the group has no display_name: send one");
  if (displayName.length <= 256 && !/\p{Cc}/u.test(displayName) && description.length <= 2048) return;
  const told = `the name of a group has 256 characters at most, and its description 2048: ${shorten(displayName)}`;
  throw new ConnectorError("invalid-request", told);
}

/** Descriptor of the project; undefined for the organization. */
async function scopeOf({ client, access }: Readings, parent: ResourceRef | undefined, call: Call) {
  if (parent === undefined) return undefined;
  if (parent.type === "organization") {
    const { instanceId } = await access.connection(call);
    if (instanceId.toLowerCase() === parent.id) return undefined;
  }
  // Graph takes a storage key of any kind, and other text for a mistake of ours.
  if (parent.type === "project" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(parent.id)) {
    const scope = await client.graph.getDescriptor(parent.id, call);
    if (scope?.startsWith("scp.")) return scope;
  }
  const told = `there is no ${shorten(`${parent.type} ${parent.id}`)} that a group could be made in; a project or the organization can be its parent`;
  throw new ConnectorError(parent.type === "project" ? "not-found" : "invalid-request", told);
}

function creation(
  readings: Readings,
  { displayName, description, parent }: CreationRequest,
  { scope, instanceId }: { readonly scope: string | undefined; readonly instanceId: string },
): ResourceChange {
  const { graph, graphWrites } = readings.client;
  /** How many groups of this order came to an end before. */
  let ended = 0;
  let isSent = false;
  // Told by the order alone, so that its group is found though the answer was lost, also by who orders it again.
  const storageKey = () => storageKeyFor([instanceId, scope ?? "", displayName, description, `${ended}`]);

  /** A group that was made so and deleted or renamed since is not what is asked for. */
  async function isOfThisOrder(descriptor: string, call: Call): Promise<boolean> {
    if (!(await isThere(readings, descriptor, call))) return false;
    return (await graph.getGroup(descriptor, call))?.displayName === displayName;
  }

  let ref: ResourceRef | undefined;
  return {
    summary: `make the group ${displayName}`,
    lock: `groups of ${scope ?? "organization"}`,
    asked: { displayName, description, parent: parent ? `${parent.type}:${parent.id}` : "organization" },
    subject: () => ref,
    async read(call): Promise<ChangeState> {
      let found = await graph.getDescriptor(storageKey(), call);
      while (found !== undefined && !isSent && !(await isOfThisOrder(found, call))) {
        ended += 1;
        found = await graph.getDescriptor(storageKey(), call);
      }
      ref = found === undefined ? undefined : refOf(found);
      return { done: ref !== undefined, held: ref?.id ?? "nothing" };
    },
    check: async () => undefined,
    foretell: async () => [`the group ${displayName} is made; nobody is in it, and it may do nothing`],
    async write(_state, call) {
      isSent = true;
      const group = { scope, displayName, description, storageKey: storageKey() };
      const { activityId } = await graphWrites.createGroup(group, call);
      return { activityId };
    },
  };
}

function refOf(descriptor: string): ResourceRef {
  return { type: "group", id: safeId(canonicalDescriptor(descriptor)) };
}

function update(readings: Readings, { displayName, description }: CreationRequest, group: GraphGroup): ResourceChange {
  const { graph, graphWrites } = readings.client;
  const { descriptor } = group;
  let fields: GroupFields = {};
  return {
    summary: `change name and description of ${nameOf(group)}`,
    lock: `group ${descriptor}`,
    asked: { displayName, description },
    subject: () => refOf(descriptor),
    async read(call): Promise<ChangeState> {
      const now = await graph.getGroup(descriptor, call);
      const held = { displayName: now?.displayName ?? "", description: now?.description ?? "" };
      fields = {
        ...(held.displayName === displayName ? {} : { displayName }),
        ...(held.description === description ? {} : { description }),
      };
      return { done: Object.keys(fields).length === 0, held };
    },
    check: (_state, call) => mustBeMade(readings, group, call),
    write: (_state, call) => graphWrites.updateGroup(descriptor, fields, call),
  };
}
