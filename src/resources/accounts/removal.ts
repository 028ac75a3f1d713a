import { canonicalDescriptor, isDescriptor, isEntraGroup, projectOfDomain } from "../../azure-devops/descriptors.ts";
import type { EntitlementPath } from "../../azure-devops/entitlement-writes.ts";
import type { Call } from "../../call.ts";
import type { ChangePolicy, ChangeState } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { Remover, ResourceChange } from "../../connector/resource-changes.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import { fieldsOfLevel, levelOf } from "../access-levels/levels.ts";
import type { Readings } from "../readings/index.ts";
import {
  administratorsIn,
  administratorsLocks,
  guardAdministrators,
  reviewAdministrators,
} from "../writers/administrators.ts";
import { builtInOf } from "../writers/built-in.ts";
import { type Chain, containersOf } from "../writers/containers.ts";
import { ownerOf } from "../writers/owner.ts";
import { findPrincipal, type Principal } from "../writers/principals.ts";
import { guardOwnKey, guardSelf } from "../writers/self.ts";
import { accountKeys } from "./account-keys.ts";
import { aftermathOf } from "./aftermath.ts";

/** Takes a person or service principal out of the organization: access level and memberships go. */
export const accountRemover: Remover<Readings> = async (readings, resource, policy, call) => {
  if (!policy.accounts.deprovisions) {
    const told = `users and service principals are not removed from the organization: allow it with --deprovisioning`;
    throw new ConnectorError("refused", told);
  }
  const principal = await findPrincipal(readings, resource, call);
  const { descriptor } = principal;
  const storageKey = isDescriptor(descriptor) ? await readings.client.graph.getStorageKey(descriptor, call) : undefined;
  if (storageKey === undefined) return nothingLeft(resource);
  const locks = administratorsLocks(await containersOf(readings, descriptor, call));
  return removal(readings, { principal, storageKey, locks }, policy);
};

function nothingLeft(resource: ResourceRef): ResourceChange {
  return {
    summary: `remove ${resource.type} ${shorten(resource.id)}`,
    lock: `account ${resource.id}`,
    asked: "removal",
    subject: () => resource,
    read: async () => ({ done: true, held: "nothing" }),
    check: async () => undefined,
    write: async () => ({}),
  };
}

interface AccountState extends ChangeState {
  /** Id of the access level that it would get back. */
  readonly levelId: string | undefined;
  readonly extensions: readonly string[];
}

interface Leaver {
  readonly principal: Principal;
  readonly storageKey: string;
  /** Of the administrators that they are of. */
  readonly locks: readonly string[];
}

function removal(
  readings: Readings,
  { principal, storageKey, locks }: Leaver,
  { minAdmins }: ChangePolicy,
): ResourceChange {
  const { graph, memberEntitlements, entitlementWrites } = readings.client;
  const { ref, descriptor, name, subject } = principal;
  const isUser = ref.type === "user";
  const path: EntitlementPath = isUser ? "userentitlements" : "serviceprincipalentitlements";
  let chain: Chain = new Map();
  let direct: readonly string[] = [];
  let reviewed: readonly string[] = [];

  return {
    summary: `remove ${name} from the organization`,
    lock: `account ${ref.id}`,
    restsOn: [...locks, ...accountKeys(subject?.principalName, subject?.mailAddress, subject?.originId)],
    asked: "removal",
    subject: () => ref,
    async read(call): Promise<AccountState> {
      const { getUser, getServicePrincipal } = memberEntitlements;
      const user = isUser ? await getUser(storageKey, call) : undefined;
      const { accessLevel } = (isUser ? user : await getServicePrincipal(storageKey, call)) ?? {};
      const extensions = (user?.extensions ?? []).map(({ id, name }) => name || id || "one without a name");
      const status = accessLevel?.status?.toLowerCase() ?? "none";
      const holds = status !== "none" && status !== "deleted";
      const level = accessLevel && levelOf({ ...accessLevel, source: accessLevel.licensingSource });
      const done = !holds && !(await graph.isActive(descriptor, call));
      const held = holds ? { level: level?.id ?? "unknown", status } : "no access level";
      return { done, held, levelId: level?.id, extensions };
    },
    // Reads can be behind what took it.
    saysSo: (error) => isConnectorError(error, "not-found"),
    async check(_state, call) {
      await guardSelf(readings, principal, call);
      await guardOwnKey(readings, storageKey, name, call);
      chain = await containersOf(readings, descriptor, call);
      direct = ((await graph.listContainers(descriptor, call)) ?? []).map(canonicalDescriptor);
      const without = ({ member }: { readonly member: string }) => member === descriptor;
      reviewed = await guardAdministrators(readings, administratorsIn(chain), { without, minAdmins }, call);
      await guardOwner(readings, principal, direct, call);
    },
    foretell: (_state, call) => aftermathOf(readings, principal, chain, direct, call),
    write: (_state, call) => entitlementWrites.remove(path, storageKey, call),
    review: (call) => reviewAdministrators(readings, reviewed, minAdmins, call),
    async undo(before, call) {
      const { levelId, extensions } = before as AccountState;
      const level = fieldsOfLevel(levelId ?? "");
      const objectId = principal.subject?.originId;
      if (!level || !objectId) throw new ConnectorError("refused", "nobody can give their access level back");
      await entitlementWrites.add({ path, objectId }, level, call);
      for (const group of direct.filter((each) => isOwnGroup(each))) await graph.addMember(descriptor, group, call);
      return [
        ...(isUser ? [tokensEnd] : []),
        ...(extensions.length > 0 ? [`extensions: ${extensions.join(", ")}`] : []),
      ];
    },
  };
}

/** Upstream ends them with the account, and nothing makes them good again (facts 8.1). */
const tokensEnd = "personal access tokens and SSH keys of theirs, which they have to make anew";

/** Of groups that Azure DevOps does not fill itself, nor Microsoft Entra. */
function isOwnGroup(descriptor: string): boolean {
  return !isEntraGroup(descriptor) && builtInOf(descriptor) !== "everybody";
}

/**
 * Fails for the owner of the organization, who is always in its administrators. Where a token is not told who that is,
 * whoever is in them has to leave them first, which Azure DevOps refuses to the owner (facts 12.1).
 */
async function guardOwner(readings: Readings, principal: Principal, direct: readonly string[], call: Call) {
  const owner = await ownerOf(readings, call);
  const { descriptor, name } = principal;
  if (descriptor === owner) {
    throw new ConnectorError("refused", `${name} owns the organization: change the owner first; no option allows it`);
  }
  if (owner !== undefined) return;
  for (const each of direct.filter((group) => builtInOf(group) === "administrators")) {
    const group = await readings.client.graph.getGroup(each, call);
    if (projectOfDomain(group?.domain) !== undefined) continue;
    const told = `${name} is in ${group?.principalName || each}, of whom one owns the organization and must stay`;
    throw new ConnectorError("refused", `${told}: take that membership first, which Azure DevOps refuses to the owner`);
  }
}
