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
import { entitlementId, shorten } from "../../connector/ids.ts";
import type { Json } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import { type Action, hasBit, joinBits, withoutBits } from "../../permissions/actions.ts";
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

/** A bundle, by the id of its entitlement. */
export interface Rung {
  readonly id: string;
  readonly displayName: string;
  readonly mask: number;
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
  { kind, resource, slug, previous, kept = 0 }: ChangeRequest,
  principal: Principal,
  target: AccessTarget,
  policy: ChangePolicy,
): Change {
  const { namespace, actions, label, whole, ladder = [] } = target;
  const ownId = entitlementId(resource, slug);
  const place = ladder.findIndex(({ id }) => id === ownId);
  const below = kind === "revoke" ? rungBelow(previous) : undefined;
  const all = actions.reduce((sum, { bit }) => sum + bit, 0);
  /** A revoke leaves what was there before the grant. */
  const wanted = withoutBits(withoutBits(all, below?.mask ?? 0), kept);
  if (wanted === 0) throw nothingAdded(label);
  const isWhole = whole || ladder.length > 0;
  /** From then on, what is left of it is to go too. */
  let isBegun = false;
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
    const held = !isPart && (isWhole && !isBegun ? isAllowed(withoutBits(allow, deny)) : isTouched(allow));
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
      const entry = { namespaceId: namespace.id, token: list?.token ?? target.token, descriptor };
      written.set(descriptor, entry);
      receipt = await readings.client.securityWrites.mergeEntry(entry, { allow: bits, deny: 0 }, call);
    }
    return receipt;
  }

  async function revoke(state: EntryState, call: Call): Promise<WriteReceipt> {
    isBegun = true;
    return writes.take(entriesIn(state), call);
  }

  const entriesIn = ({ list, own }: EntryState) => {
    return { namespaceId: namespace.id, token: list?.token ?? target.token, entries: own };
  };

  async function guardHeight(call: Call): Promise<void> {
    const why = await target.tierZero(call);
    if (why === undefined) return;
    await guardTierZero(readings, policy, principal, `give ${label} to ${principal.name}: ${why}`, call);
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
      details: (before, call) => granted(before as EntryState, call),
    };
  }
  return {
    ...change,
    async already(state, call) {
      const { allow, deny } = state as EntryState;
      const above = rungAbove(allow, deny);
      if (above) return { remaining: [`as a part of ${above.displayName}, which took its place`] };
      const others = await otherPaths(readings, principal, target, call);
      const [path] = others.paths;
      if (path === undefined || !others.areAll) return { remaining: remainingOf(others, target) };
      const told = `${principal.name} has no ${label} of their own to take; they have it ${path}: change it there`;
      throw new ConnectorError("refused", told);
    },
    async details(_before, call) {
      const left = below ? `${below.displayName} was put back` : "what was there before the grant is not told";
      const stays = whole && kept > 0 ? "a part of it" : namesOf(withoutBits(kept, below?.mask ?? 0));
      const notes = [
        ...(place > 0 && (below || stays === "") ? [left] : []),
        ...(stays === "" ? [] : [`left in place, as before the grant: ${stays}`]),
      ];
      return { remaining: remainingOf(await otherPaths(readings, principal, target, call), target), notes };
    },
  };

  /** The bundle that a grant took the place of, since only the highest one is told. */
  async function granted({ allow, deny }: EntryState, call: Call): Promise<ChangeDetails> {
    const effective = withoutBits(allow, deny);
    const held = ladder.findLast(({ mask }) => withoutBits(mask, effective) === 0);
    const denied = namesOf(deny);
    const notes = [
      ...(denied === "" ? [] : [`an explicit deny of ${denied} was taken away`]),
      ...(await notesOfOwnGroup(readings, principal, call)),
    ];
    const there = withoutBits(all, withoutBits(all, withoutBits(effective, held?.mask ?? 0)));
    return { notes, ...(held ? { replaced: held.id } : {}), ...(there > 0 ? { kept: there } : {}) };
  }

  function namesOf(mask: number): string {
    return actions
      .filter(({ bit }) => hasBit(mask, bit))
      .map(({ displayName }) => displayName)
      .join(", ");
  }

  function rungBelow(id: string | undefined): Rung | undefined {
    const below = id === undefined ? -1 : ladder.findIndex((rung) => rung.id === id);
    if (id === undefined || (below >= 0 && below < place)) return ladder[below];
    const told = `the grant's metadata names ${shorten(id)} as what was there before, which is not below ${shorten(ownId)}`;
    throw new ConnectorError("invalid-request", told);
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

function nothingAdded(label: string): ConnectorError {
  const told = `the grant's metadata says that all of ${label} was there before the grant, so that it gave nothing`;
  return new ConnectorError("invalid-request", told);
}

function heldOf(allow: number, deny: number): Json {
  return { allow, deny };
}

/** Bits that Azure DevOps sets itself (facts 4.5). */
function guardSystem(actions: readonly Action[], label: string): void {
  if (actions.every(({ system }) => !system)) return;
  throw new ConnectorError("refused", `${label} is set by Azure DevOps itself: nobody can give or take it`);
}
