import { canonicalDescriptor, isEntraGroup, kindOf, prefixOf } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { type Chain, closure, containersOf } from "./containers.ts";
import type { Principal } from "./principals.ts";
import { firstDeny } from "./tier-zero.ts";

/** Fails for whatever would take something from the connector's own identity, itself or by a group that it is in. */
export async function guardSelf(readings: Readings, { descriptor, name }: Principal, call: Call): Promise<void> {
  const self = await selfOf(readings, call);
  if (self.descriptor === undefined) throw unknownSelf();
  if (descriptor === self.descriptor) {
    throw new ConnectorError("refused", `${name} is the identity of this connector itself: ${remedy}`);
  }
  if (kindOf(descriptor) !== "group") return;
  if (isEntraGroup(descriptor) && (await readings.access.absence("identities", call))) {
    const told = `whether the identity of this connector is in ${name} cannot be told without the scope Identity (Read)`;
    throw new ConnectorError("refused", `${told}: give it to the token`);
  }
  const isKnown = (await containersOf(readings, self.descriptor, call)).has(descriptor);
  if (isKnown || (await isInWithinEntra(readings, self.descriptor, descriptor, call)))
    throw new ConnectorError("refused", `the identity of this connector is in ${name}: ${remedy}`);
}

/** Azure DevOps tells of groups of Entra late, and of no group in one: Microsoft Graph is asked where it can be. */
async function isInWithinEntra(
  { client, entraGroups }: Readings,
  self: string,
  group: string,
  call: Call,
): Promise<boolean> {
  if (!entraGroups) return false;
  const below = await closure(group, async (each) => {
    return prefixOf(each) === "vssgp" ? ((await client.graph.listMembers(each, call)) ?? []) : [];
  });
  const ofEntra = [...below.keys()].filter(isEntraGroup);
  if (ofEntra.length === 0) return false;
  const known = await client.graph.lookup([self, ...ofEntra], call);
  const objectIdOf = (descriptor: string) => known.get(descriptor)?.originId?.toLowerCase();
  const own = objectIdOf(self);
  if (own === undefined) throw unknownSelf();
  const groupIds = ofEntra.map(objectIdOf).filter((each) => each !== undefined);
  const members = await entraGroups.listMembers(groupIds, "transitive", call);
  return [...members.values()].some((each) => each?.some(({ id }) => id === own));
}

/** Which of its tokens the connector signs in with is not told: so it revokes none that is its own identity's. */
export async function guardOwnTokens(readings: Readings, owner: string, call: Call): Promise<void> {
  const self = await ownDescriptor(readings, call);
  if (self === undefined) throw unknownSelf();
  if (owner !== self) return;
  const told = "it is of the identity of this connector itself, and may be what it signs in with";
  throw new ConnectorError("refused", `${told}: ${remedy}`);
}

const remedy = "no option allows taking anything from it; let a person do this in Azure DevOps";

interface Self {
  /** Storage key, in lower case. */
  readonly id: string;
  readonly descriptor: string | undefined;
}

async function selfOf({ access, client }: Readings, call: Call): Promise<Self> {
  const { authenticatedUser } = await access.connection(call);
  const id = authenticatedUser.id.toLowerCase();
  const descriptor = authenticatedUser.subjectDescriptor || (await client.graph.getDescriptor(id, call));
  return { id, descriptor: descriptor && canonicalDescriptor(descriptor) };
}

/** Fails for the connector's own identity by its storage key, however its descriptor is spelled. */
export async function guardOwnKey(readings: Readings, storageKey: string, name: string, call: Call): Promise<void> {
  const { id } = await selfOf(readings, call);
  if (id === storageKey.toLowerCase()) {
    throw new ConnectorError("refused", `${name} is the identity of this connector itself: ${remedy}`);
  }
}

/** Subject descriptor of the connector's own identity, where it is told. */
export async function ownDescriptor(readings: Readings, call: Call): Promise<string | undefined> {
  return (await selfOf(readings, call)).descriptor;
}

function unknownSelf(): ConnectorError {
  const told = "Azure DevOps does not tell who this connector is, so nothing is taken from anybody";
  return new ConnectorError("refused", `${told}: give the token the scope Graph (Read)`);
}

/** Fails for a membership by which a deny would take something from the connector's own identity. */
export async function guardOwnDenies(
  readings: Readings,
  { descriptor, name }: Principal,
  groups: Chain,
  call: Call,
): Promise<void> {
  const self = await ownDescriptor(readings, call);
  if (self === undefined) return;
  if (descriptor !== self && kindOf(descriptor) !== "group") return;
  const own = await containersOf(readings, self, call);
  if (!own.has(descriptor) && !(await isInWithinEntra(readings, self, descriptor, call))) return;
  const gained = [...groups.keys()].filter((each) => !own.has(each));
  const denied = await firstDeny(readings, gained, call);
  if (denied === undefined) return;
  const who =
    descriptor === self
      ? `${name} is the identity of this connector itself`
      : `the identity of this connector is in ${name}`;
  throw new ConnectorError("refused", `${who}, and the group is denied ${denied}: ${remedy}`);
}
