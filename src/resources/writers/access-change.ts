import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { AccessControlEntry, AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest, ChangeState, WriteReceipt } from "../../connector/changes.ts";
import type { Json } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import { type Action, hasBit, withoutBits } from "../../permissions/actions.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { canonicalToken } from "../../permissions/tokens.ts";
import type { Readings } from "../readings/index.ts";
import { guardHolderGroup } from "./built-in.ts";
import { containersOf } from "./containers.ts";
import { entriesOf, identityOf, readList } from "./entry-list.ts";
import { otherPaths } from "./other-paths.ts";
import { mustExist, type Principal } from "./principals.ts";
import { guardSelf } from "./self.ts";
import { guardTierZero } from "./tier-zero.ts";

/** Bits of one token that are given and taken together. */
export interface AccessTarget {
  readonly namespace: Pick<GovernedNamespace, "id" | "separator">;
  readonly token: string;
  readonly actions: readonly Action[];
  /** For people: `Force push on repository web`. */
  readonly label: string;
  /** Held only where all bits are: a part of them is told as something else. */
  readonly whole: boolean;
  /** By what holding it lets its holder take every other right, if so. */
  readonly tierZero: (call: Call) => Promise<string | undefined>;
}

interface EntryState extends ChangeState {
  readonly list: AccessControlList | undefined;
  readonly own: readonly AccessControlEntry[];
  readonly allow: number;
  readonly deny: number;
}

/** Gives or takes bits of one entry: nothing else in the list is touched (facts 4.6). */
export function accessChange(
  readings: Readings,
  { kind }: ChangeRequest,
  principal: Principal,
  target: AccessTarget,
  policy: ChangePolicy,
): Change {
  const { namespace, actions, label, whole } = target;
  const wanted = actions.reduce((sum, { bit }) => sum + bit, 0);
  const isAllowed = (mask: number) => withoutBits(wanted, mask) === 0;
  const isTouched = (mask: number) => withoutBits(wanted, mask) !== wanted;

  async function read(call: Call): Promise<EntryState> {
    const list = await readList(readings, namespace.id, target.token, call);
    const own = await entriesOf(readings, list?.entries ?? [], principal, call);
    const allow = joined(own.map((entry) => entry.allow));
    const deny = joined(own.map((entry) => entry.deny));
    const held = whole ? isAllowed(withoutBits(allow, deny)) : isTouched(allow);
    const done = kind === "grant" ? isAllowed(withoutBits(allow, deny)) : !held;
    return { done, held: heldOf(allow, deny), list, own, allow, deny };
  }

  async function grant({ own, list, allow, deny }: EntryState, call: Call): Promise<WriteReceipt> {
    const bits = withoutBits(wanted, withoutBits(allow, deny));
    const descriptor = own[0]?.descriptor ?? (await identityOf(readings, principal, call));
    const place = { namespaceId: namespace.id, token: list?.token ?? target.token, descriptor };
    return readings.client.securityWrites.mergeEntry(place, { allow: bits, deny: 0 }, call);
  }

  async function revoke({ own, list }: EntryState, call: Call): Promise<WriteReceipt> {
    let receipt: WriteReceipt = {};
    for (const { descriptor, allow, deny } of own) {
      const place = { namespaceId: namespace.id, token: list?.token ?? target.token, descriptor };
      const given = withoutBits(wanted, withoutBits(wanted, allow));
      const contradicted = withoutBits(given, withoutBits(given, deny));
      const { clearBits, mergeEntry } = readings.client.securityWrites;
      // Clearing takes a deny of the same bit too, which is not what a revoke is for.
      if (contradicted > 0) receipt = await mergeEntry(place, { allow: 0, deny: contradicted }, call);
      const rest = withoutBits(given, contradicted);
      if (rest > 0) receipt = await clearBits(place, rest, call);
    }
    return receipt;
  }

  const change: Change = {
    summary: kind === "grant" ? `give ${label} to ${principal.name}` : `take ${label} from ${principal.name}`,
    lock: `list ${namespace.id} ${canonicalToken(target.token, namespace.separator)}`,
    read,
    async check(state, call) {
      guardSystem(actions, label);
      guardHolderGroup(principal, policy);
      if (kind === "revoke") return guardSelf(readings, principal, call);
      mustExist(principal);
      const why = await target.tierZero(call);
      if (why !== undefined) guardTierZero(policy, principal, `give ${label} to ${principal.name}: ${why}`);
      guardDeny(state as EntryState);
      await guardGroups(state as EntryState, call);
    },
    write: (state, call) => (kind === "grant" ? grant(state as EntryState, call) : revoke(state as EntryState, call)),
  };
  if (kind === "grant") return change;
  const remaining = (call: Call) => otherPaths(readings, principal, target, call);
  return {
    ...change,
    async already(_state, call) {
      const [path] = await remaining(call);
      if (path === undefined) return;
      const told = `${principal.name} has no ${label} of their own to take; they have it ${path}: change it there`;
      throw new ConnectorError("refused", told);
    },
    details: async (_before, call) => ({ remaining: await remaining(call) }),
  };

  /** A deny of a group in the same list beats what its members are allowed (facts 4.5). */
  async function guardGroups({ list }: EntryState, call: Call): Promise<void> {
    const denying = list?.entries.filter(({ deny }) => isTouched(deny)) ?? [];
    if (denying.length === 0) return;
    const { graph } = readings.client;
    const chain = await containersOf(readings, principal.descriptor, call);
    const groups = denying.map(({ descriptor }) => subjectOfIdentity(descriptor) ?? "");
    const denied = groups.find((each) => each !== principal.descriptor && chain.has(each));
    if (denied === undefined) return;
    const name = (await graph.getGroup(denied, call))?.principalName || denied;
    throw new ConnectorError(
      "refused",
      `it would have no effect: ${principal.name} is in ${name}, which is denied ${label}: take the deny away in Azure DevOps, or them out of the group`,
    );
  }

  function guardDeny({ deny }: EntryState): void {
    const denied = actions.filter(({ bit }) => hasBit(deny, bit)).map(({ displayName }) => displayName);
    if (denied.length === 0 || policy.removesDenies) return;
    throw new ConnectorError(
      "refused",
      `${principal.name} is explicitly denied ${denied.join(", ")} there: take the deny away in Azure DevOps, or allow it with --remove-denies`,
    );
  }
}

function joined(masks: readonly number[]): number {
  return masks.reduce((all, mask) => all + withoutBits(mask, all), 0);
}

function heldOf(allow: number, deny: number): Json {
  return { allow, deny };
}

/** Bits that Azure DevOps sets itself (facts 4.5). */
function guardSystem(actions: readonly Action[], label: string): void {
  if (actions.every(({ system }) => !system)) return;
  throw new ConnectorError("refused", `${label} is set by Azure DevOps itself: nobody can give or take it`);
}
