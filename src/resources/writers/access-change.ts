import type { AccessControlEntry, AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { EntryPlace } from "../../azure-devops/security-writes.ts";
import type { Call } from "../../call.ts";
import type {
  Change,
  ChangeDetails,
  ChangePolicy,
  ChangeRequest,
  ChangeState,
  WriteReceipt,
} from "../../connector/changes.ts";
import { entitlementId } from "../../connector/ids.ts";
import type { Json } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import type { Action } from "../../permissions/actions.ts";
import { commonBits, hasBit, joinBits, withoutBits } from "../../permissions/bits.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { canonicalToken } from "../../permissions/tokens.ts";
import type { Readings } from "../readings/index.ts";
import { guardHolderGroup } from "./built-in.ts";
import { entriesOf, identityOf, readList } from "./entry-list.ts";
import { createEntryWrites } from "./entry-writes.ts";
import { guardGroupDenies } from "./group-denies.ts";
import { otherPaths, remainingOf } from "./other-paths.ts";
import { notesOfOwnGroup } from "./own-groups.ts";
import { mustExist, type Principal } from "./principals.ts";
import { guardSelf } from "./self.ts";
import { type Rung, stayingOf } from "./staying.ts";
import { guardTierZero } from "./tier-zero.ts";
import { tierZeroReview } from "./tier-zero-review.ts";

/** Bits of one token that are given and taken together. */
export interface AccessTarget {
  readonly namespace: Pick<GovernedNamespace, "id" | "separator">;
  readonly token: string;
  readonly actions: readonly Action[];
  /** For people: `Force push on repository web`. */
  readonly label: string;
  /** Held only where all bits are: a part of them is told as something else. */
  readonly whole: boolean;
  /** Bundles that contain one another, ascending, of which this is one. */
  readonly ladder?: readonly Rung[];
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
  request: ChangeRequest,
  principal: Principal,
  target: AccessTarget,
  policy: ChangePolicy,
): Change {
  const { namespace, actions, label, whole, ladder = [] } = target;
  const { kind } = request;
  const lock = `list ${namespace.id} ${canonicalToken(target.token, namespace.separator)}`;
  const all = actions.reduce((sum, { bit }) => sum + bit, 0);
  const staying = stayingOf(request, { list: lock, mask: all, ladder });
  const wanted = withoutBits(withoutBits(all, staying.before), staying.besides);
  const ownId = entitlementId(request.resource, request.slug);
  const place = ladder.findIndex(({ id }) => id === ownId);
  /** Of what was granted here, all that is left is to go; else it is told only where it is whole. */
  let isPartTaken = staying.isKnown || !(whole || ladder.length > 0);
  const isAllowed = (mask: number) => withoutBits(all, mask) === 0;
  const isTouched = (mask: number) => withoutBits(wanted, mask) !== wanted;

  const writes = createEntryWrites(readings, wanted);
  /** By descriptor: reads can be behind what was written. */
  const written = new Map<string, EntryPlace>();

  async function read(call: Call): Promise<EntryState> {
    const list = await readList(readings, namespace.id, target.token, call);
    const own = await entriesOf(readings, list?.entries ?? [], principal, call);
    const allow = joinBits(own.map((entry) => entry.allow));
    const deny = joinBits(own.map((entry) => entry.deny));
    const isPart = kind === "revoke" && rungAbove(allow, deny) !== undefined;
    const held = !isPart && (isPartTaken ? isTouched(allow) : isAllowed(withoutBits(allow, deny)));
    const done = kind === "grant" ? isAllowed(withoutBits(allow, deny)) : !held;
    return { done, held: heldOf(allow, deny), list, own, allow, deny };
  }

  async function grant({ own, list, allow, deny }: EntryState, call: Call): Promise<WriteReceipt> {
    const bits = withoutBits(wanted, withoutBits(allow, deny));
    // Somebody can have an entry under an older name besides: a deny there beats whatever is allowed here.
    const denying = own.filter((entry) => isTouched(entry.deny)).map(({ descriptor }) => descriptor);
    const first = own[0]?.descriptor ?? (await identityOf(readings, principal, call));
    let receipt: WriteReceipt = {};
    for (const descriptor of denying.length > 0 ? denying : [first]) {
      const entry = { ...placeOf(list), descriptor };
      written.set(descriptor, entry);
      receipt = await readings.client.securityWrites.mergeEntry(entry, { allow: bits, deny: 0 }, call);
    }
    return receipt;
  }

  async function revoke({ list, own }: EntryState, call: Call): Promise<WriteReceipt> {
    isPartTaken = true;
    return writes.take({ ...placeOf(list), entries: own }, call);
  }

  function placeOf(list: AccessControlList | undefined) {
    return { namespaceId: namespace.id, token: list?.token ?? target.token };
  }

  async function guardHeight(call: Call): Promise<void> {
    const why = await target.tierZero(call);
    if (why === undefined) return;
    await guardTierZero(readings, policy, principal, `give ${label} to ${principal.name}: ${why}`, call);
  }

  const change: Change = {
    summary: kind === "grant" ? `give ${label} to ${principal.name}` : `take ${label} from ${principal.name}`,
    lock,
    read,
    async check(state, call) {
      guardSystem(actions, label);
      guardHolderGroup(principal, policy);
      if (kind === "revoke") return guardSelf(readings, principal, call);
      mustExist(principal);
      await guardHeight(call);
      guardDeny(state as EntryState);
      const { list } = state as EntryState;
      await guardGroupDenies(readings, principal, { entries: list?.entries ?? [], bits: wanted, label }, call);
    },
    write: (state, call) => (kind === "grant" ? grant(state as EntryState, call) : revoke(state as EntryState, call)),
  };
  if (kind === "grant") {
    const undo: Change["undo"] = async (before, call) => {
      await writes.putBack(written, (before as EntryState).own, call);
      return undefined;
    };
    const mayBeHigh = whole || actions.some(({ tier }) => tier === 0);
    return {
      ...change,
      ...(mayBeHigh ? tierZeroReview(policy, principal, guardHeight, undo) : {}),
      already: async () => ({ bits: { list: lock, mask: all, before: all } }),
      past: (before) => pastOf(before as EntryState),
      details: (before, call) => notesOfGrant(before as EntryState, call),
    };
  }
  return {
    ...change,
    async already(state, call) {
      const { allow, deny } = state as EntryState;
      const above = rungAbove(allow, deny);
      if (above) return { remaining: [`as a part of ${above.displayName}, which took its place`] };
      if (wanted === 0) return { remaining: [`as a part of what was granted besides: ${staying.by.join(", ")}`] };
      const others = await otherPaths(readings, principal, target, call);
      const [path] = others.paths;
      if (path === undefined || !others.areAll) return { remaining: remainingOf(others, target) };
      const told = `${principal.name} has no ${label} of their own to take; they have it ${path}: change it there`;
      throw new ConnectorError("refused", told);
    },
    async details(_before, call) {
      const notes = notesOfStaying();
      return { remaining: remainingOf(await otherPaths(readings, principal, target, call), target), notes };
    },
  };

  async function notesOfGrant({ deny }: EntryState, call: Call): Promise<ChangeDetails> {
    const denied = namesOf(deny);
    const lifted = denied === "" ? [] : [`an explicit deny of ${denied} was taken away`];
    return { notes: [...lifted, ...(await notesOfOwnGroup(readings, principal, call))] };
  }

  function pastOf({ allow, deny }: EntryState): Pick<ChangeDetails, "replaced" | "bits"> {
    // Of the same grant made again after a part of it went, what it brought was not there before it.
    const brought = request.given ? withoutBits(all, request.given.before) : 0;
    const effective = withoutBits(withoutBits(allow, deny), brought);
    const before = commonBits(all, effective);
    // Only the highest bundle is told.
    const held = ladder.findLast(({ mask }) => withoutBits(mask, effective) === 0);
    return { bits: { list: lock, mask: all, before }, ...(held ? { replaced: held.id } : {}) };
  }

  function notesOfStaying(): string[] {
    const { before, besides, rung, isKnown } = staying;
    const told = [withoutBits(before, rung?.mask ?? 0), withoutBits(besides, rung?.mask ?? 0)];
    const [asBefore = "", granted = ""] = told.map((bits) => (whole && bits > 0 ? "a part of it" : namesOf(bits)));
    const isUntold = place > 0 && !isKnown && before === 0;
    return [
      ...(rung ? [`${rung.displayName} was put back`] : []),
      ...(isUntold ? ["what was there before the grant is not told"] : []),
      ...(asBefore === "" ? [] : [`left in place, as before the grant: ${asBefore}`]),
      ...(granted === "" ? [] : [`left in place, since it was granted besides: ${granted}`]),
    ];
  }

  function namesOf(mask: number): string {
    return actions
      .filter(({ bit }) => hasBit(mask, bit))
      .map(({ displayName }) => displayName)
      .join(", ");
  }

  /** The higher bundle that is held: it is told instead of this one. */
  function rungAbove(allow: number, deny: number): Rung | undefined {
    if (place < 0) return undefined;
    return ladder.slice(place + 1).findLast(({ mask }) => withoutBits(mask, withoutBits(allow, deny)) === 0);
  }

  function guardDeny({ deny }: EntryState): void {
    const denied = namesOf(deny);
    if (denied === "" || policy.removesDenies) return;
    throw new ConnectorError(
      "refused",
      `${principal.name} is explicitly denied ${denied} there: take the deny away in Azure DevOps, or allow it with --remove-denies`,
    );
  }
}

function heldOf(allow: number, deny: number): Json {
  return { allow, deny };
}

/** Bits that Azure DevOps sets itself (facts 4.5). */
function guardSystem(actions: readonly Action[], label: string): void {
  if (actions.every(({ system }) => !system)) return;
  throw new ConnectorError("refused", `${label} is set by Azure DevOps itself: nobody can give or take it`);
}
