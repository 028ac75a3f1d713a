import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import type { EntitlementPath } from "../../azure-devops/entitlement-writes.ts";
import type { Call } from "../../call.ts";
import type { Writer } from "../../connector/changes.ts";
import { entitlementId, parseEntitlementId, shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { fieldsOfLevel, isLower, knownLevels, levelOf } from "../access-levels/levels.ts";
import type { Readings } from "../readings/index.ts";
import { containersOf } from "./containers.ts";
import { type ExclusiveSet, exclusiveChange, type Holding } from "./exclusive.ts";
import { findPrincipal, type Principal, storageKeyOf } from "./principals.ts";
import { guardOwnKey } from "./self.ts";

const slug = "assigned";
const idOfLevel = (id: string) => entitlementId({ type: "access-level", id }, slug);

/** The access level of a person or service principal; everybody has one at most. */
export const accessLevelWriter: Writer<Readings> = async (readings, request, policy, call) => {
  const { resource, principal: ref } = request;
  if (ref.type === "group" || ref.type === "team") {
    const told =
      "groups have access levels by rules, which this connector does not change: change the rule in the organization's settings";
    throw new ConnectorError("refused", told);
  }
  if (ref.type !== "user" && ref.type !== "service-principal") {
    throw new ConnectorError(
      "invalid-request",
      `a ${shorten(ref.type)} has no access level; users and service principals do`,
    );
  }
  if (!fieldsOfLevel(resource.id)) {
    const told = `there is no access level ${shorten(resource.id)} that can be given: ${knownLevels.map(({ id }) => id).join(", ")} can`;
    throw new ConnectorError("not-found", told);
  }
  const principal = await findPrincipal(readings, ref, call);
  const storageKey = await storageKeyOf(readings, principal, call);
  const set = levelSet(readings, principal, storageKey, policy.accessLevelFloor);
  return exclusiveChange(readings, request, principal, set, policy);
};

function levelSet(
  readings: Readings,
  { ref, name, descriptor }: Principal,
  storageKey: string,
  floor: string,
): ExclusiveSet {
  const { client } = readings;
  const { memberEntitlements, entitlementWrites } = client;
  const path: EntitlementPath = ref.type === "user" ? "userentitlements" : "serviceprincipalentitlements";
  const levelOfId = (id: string) => {
    const { resource, slug: own } = parseEntitlementId(id);
    return resource.type === "access-level" && own === slug ? resource.id : "";
  };
  let ruled = false;

  async function entitlementNow(call: Call) {
    const found =
      path === "userentitlements"
        ? await memberEntitlements.getUser(storageKey, call)
        : await memberEntitlements.getServicePrincipal(storageKey, call);
    if (found) return found;
    throw new ConnectorError("not-found", `${name} has no access to the organization: add them first`);
  }

  return {
    label: (id) => `the access level ${knownLevels.find((level) => level.id === levelOfId(id))?.name ?? levelOfId(id)}`,
    lock: `level ${storageKey}`,
    floor: idOfLevel(floor),
    canGive: (id) => fieldsOfLevel(levelOfId(id)) !== undefined,
    lowers: (own, after) => own !== undefined && isLower(levelOfId(own), after && levelOfId(after)),
    async read(call): Promise<Holding> {
      const { accessLevel } = await entitlementNow(call);
      const level = accessLevel && levelOf({ ...accessLevel, source: accessLevel.licensingSource });
      ruled = accessLevel?.assignmentSource?.toLowerCase() === "grouprule";
      return { own: level ? idOfLevel(level.id) : undefined, others: new Map() };
    },
    async guard({ own }, call) {
      // Whether another level gives what this connector needs depends on what nobody tells here.
      await guardOwnKey(readings, storageKey, name, call);
      if (!ruled) return;
      const rules = await rulesFor(client, descriptor, own, call);
      const told = `${name} has their access level by ${rules}: change the rule, or who is in the group`;
      throw new ConnectorError("refused", told);
    },
    async set(id, call) {
      const level = id === undefined ? undefined : fieldsOfLevel(levelOfId(id));
      if (level) return entitlementWrites.setLevel(path, storageKey, level, call);
      throw new ConnectorError("bug", `no licence fields for ${id}`);
    },
  };
}

/** The groups whose rules give a level to somebody, in words; a group of Entra does not tell here who is in it. */
async function rulesFor(
  client: Readings["client"],
  descriptor: string,
  own: string | undefined,
  call: Call,
): Promise<string> {
  const [rules, chain] = await Promise.all([
    client.memberEntitlements.listGroupRules(call),
    containersOf({ client }, descriptor, call),
  ]);
  const giving = rules.filter(({ licenseRule }) => {
    const level = licenseRule && levelOf({ ...licenseRule, source: licenseRule.licensingSource });
    return level && idOfLevel(level.id) === own;
  });
  const sure = giving.filter(({ group }) => chain.has(canonicalDescriptor(group.descriptor)));
  const names = (sure.length > 0 ? sure : giving).map(({ group }) => group.principalName || group.displayName);
  return names.length > 0 ? `the rule of ${names.join(" or ")}` : "a rule of a group";
}
