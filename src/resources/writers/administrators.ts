import { kindOf } from "../../azure-devops/descriptors.ts";
import type { UserEntitlement } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "./built-in.ts";
import { type Chain, closure } from "./containers.ts";

/** A membership that is to end. */
export interface Edge {
  readonly member: string;
  readonly group: string;
}

/** The groups of administrators, of the organization or a project, among the groups that a group is in. */
export function administratorsIn(chain: Chain): string[] {
  return [...chain.keys()].filter((each) => builtInOf(each) === "administrators");
}

/** Locks of whatever can take people from administrators: of two at once, each would count on whom the other takes. */
export function administratorsLocks(chain: Chain): string[] {
  return administratorsIn(chain).map((each) => `administrators ${each}`);
}

/**
 * Fails when the end of memberships leaves too few administrators, counted through nesting. Gives the groups that have
 * enough without them, to be looked at again afterwards.
 */
export async function guardAdministrators(
  readings: Readings,
  groups: readonly string[],
  { without, minAdmins }: { readonly without: (edge: Edge) => boolean; readonly minAdmins: number },
  call: Call,
): Promise<readonly string[]> {
  const enough: string[] = [];
  for (const group of groups) {
    const after = await enabledPeople(readings, group, minAdmins, without, call);
    if (after >= minAdmins) {
      enough.push(group);
      continue;
    }
    // Where there were too few before, what takes nobody away may be done.
    const before = await enabledPeople(readings, group, after + 1, () => false, call);
    if (before > after) throw new ConnectorError("refused", await tooFew(readings, group, after, minAdmins, call));
  }
  return enough;
}

/** Why too few administrators are left now, if so. */
export async function reviewAdministrators(
  readings: Readings,
  groups: readonly string[],
  minAdmins: number,
  call: Call,
): Promise<string | undefined> {
  for (const group of groups) {
    const left = await enabledPeople(readings, group, minAdmins, () => false, call);
    if (left < minAdmins) return tooFew(readings, group, left, minAdmins, call);
  }
  return undefined;
}

async function tooFew({ client }: Readings, descriptor: string, left: number, minAdmins: number, call: Call) {
  const group = await client.graph.getGroup(descriptor, call);
  const name = group?.principalName || descriptor;
  return `${name} would be left with ${left} enabled ${left === 1 ? "person" : "people"}, and --min-admins is ${minAdmins}: add another one first, or lower --min-admins`;
}

/** How many enabled people are in a group, nested or not; it stops counting at `enough`. */
async function enabledPeople(
  readings: Readings,
  group: string,
  enough: number,
  without: (edge: Edge) => boolean,
  call: Call,
): Promise<number> {
  const { client } = readings;
  const everybody = await closure(group, async (each) => {
    if (kindOf(each) !== "group") return [];
    return ((await client.graph.listMembers(each, call)) ?? []).filter((member) => !without({ member, group: each }));
  });
  const people = [...everybody.keys()].filter((each) => kindOf(each) === "user");
  const known = await client.graph.lookup(people, call);
  const candidates = people.filter((each) => known.get(each) && !known.get(each)?.isDeletedInOrigin);
  const first = candidates.slice(0, maxAlone);
  let count = 0;
  for (let at = 0; at < first.length && count < enough; at += enough) {
    const enabled = await mapFew(first.slice(at, at + enough), (each) => isEnabled(client, each, call));
    count += enabled.filter(Boolean).length;
  }
  const rest = candidates.slice(maxAlone);
  if (count >= enough || rest.length === 0) return count;
  // Of many who may all be disabled, the listing tells in fewer requests.
  const listed = await readings.subjects.all(call);
  return count + rest.filter((each) => isActive(listed.get(safeId(each))?.entitlement)).length;
}

/** So many people are asked for one by one. */
const maxAlone = 20;

const isActive = (entitlement: Pick<UserEntitlement, "accessLevel"> | undefined): boolean =>
  entitlement?.accessLevel?.status?.toLowerCase() === "active";

/** An access level that is active; where levels cannot be read, being active in the organization has to do. */
async function isEnabled(client: Readings["client"], descriptor: string, call: Call): Promise<boolean> {
  try {
    const storageKey = await client.graph.getStorageKey(descriptor, call);
    const entitlement = storageKey && (await client.memberEntitlements.getUser(storageKey, call));
    return entitlement ? isActive(entitlement) : false;
  } catch (error) {
    if (isConnectorError(error, "forbidden", "unauthenticated")) return client.graph.isActive(descriptor, call);
    throw error;
  }
}
