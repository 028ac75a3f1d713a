import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest, ChangeState, WriteReceipt } from "../../connector/changes.ts";
import { entitlementId, shorten } from "../../connector/ids.ts";
import type { Json } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { guardHolderGroup } from "./built-in.ts";
import { notesOfOwnGroup } from "./own-groups.ts";
import { mustExist, type Principal } from "./principals.ts";
import { guardSelf } from "./self.ts";

/** What somebody has of a set of entitlements of which everybody has one at most. */
export interface Holding {
  /** Id of the entitlement that is theirs; undefined for none. */
  readonly own: string | undefined;
  /** By what they have entitlements of the set besides, in words, by entitlement id. */
  readonly others: ReadonlyMap<string, string>;
  /** What stands with it and is none of the set: giving another one in its place takes it. */
  readonly unnamed?: readonly string[];
  /** What is explicitly denied with it, which is taken away likewise. */
  readonly denied?: readonly string[];
}

/** A set of entitlements of which everybody has one at most: the roles on something, the access levels. */
export interface ExclusiveSet {
  /** For people, of an entitlement id. */
  readonly label: (id: string) => string;
  readonly lock: string;
  /** What a revoke leaves where nothing is known of what was there before; undefined for nothing. */
  readonly floor: string | undefined;
  /** Whether an id is of an entitlement of the set that can be given. */
  readonly canGive: (id: string) => boolean;
  /** Whether somebody loses something by having one in place of another; undefined is nothing. */
  readonly lowers: (own: string | undefined, after: string | undefined) => boolean;
  /** Fails for what cannot be changed where it is. */
  readonly guard?: (holding: Holding, call: Call) => Promise<void>;
  read(call: Call): Promise<Holding>;
  /** Gives an entitlement in place of any other; undefined takes it away. */
  set(id: string | undefined, call: Call): Promise<WriteReceipt>;
}

interface ExclusiveState extends ChangeState {
  readonly holding: Holding;
}

/** Gives one of a set in place of another, and gives back what was there before. */
export function exclusiveChange(
  readings: Readings,
  { kind, resource, slug, previous }: ChangeRequest,
  principal: Principal,
  set: ExclusiveSet,
  policy: ChangePolicy,
): Change {
  const wanted = entitlementId(resource, slug);
  const { label, floor } = set;
  guardPrevious(previous, wanted, set);
  const after = kind === "grant" ? wanted : (previous ?? floor);
  const summary =
    kind === "grant" ? `give ${label(wanted)} to ${principal.name}` : `take ${label(wanted)} from ${principal.name}`;

  /** From then on, what was there before is to be there again. */
  let isBegun = false;

  async function read(call: Call): Promise<ExclusiveState> {
    const holding = await set.read(call);
    const isAfter = holding.own === after || (after === undefined && !set.canGive(holding.own ?? ""));
    const done = kind === "grant" ? holding.own === wanted : isBegun ? isAfter : holding.own !== wanted;
    return { done, held: heldOf(holding), lowers: !done && set.lowers(holding.own, after), holding };
  }

  async function check({ holding, lowers }: ExclusiveState, call: Call): Promise<void> {
    guardHolderGroup(principal, policy);
    await set.guard?.(holding, call);
    if (kind === "grant") mustExist(principal);
    if (lowers) await guardSelf(readings, principal, call);
    if (kind === "grant") guardReplaced(holding);
    if (after === wanted && kind === "revoke") throw nothingLower(label(wanted));
  }

  /** What a grant takes the place of comes back with its revoke: so it must be such as can. */
  function guardReplaced({ own, unnamed = [], denied = [] }: Holding): void {
    const isNamed = own === undefined || set.canGive(own);
    const lost =
      unnamed.length > 0 ? `what no role names there (${unnamed.join(", ")})` : isNamed ? undefined : label(own);
    if (lost !== undefined) {
      const told = `${principal.name} has ${lost}, which could not be put back: take it away in Azure DevOps first`;
      throw new ConnectorError("refused", told);
    }
    if (denied.length > 0 && !policy.removesDenies) {
      const told = `${principal.name} is explicitly denied ${denied.join(", ")} there, which would be taken away`;
      throw new ConnectorError(
        "refused",
        `${told}: take the deny away in Azure DevOps first, or allow it with --remove-denies`,
      );
    }
  }

  return {
    summary,
    lock: set.lock,
    read,
    check: (state, call) => check(state as ExclusiveState, call),
    async already(state) {
      const by = (state as ExclusiveState).holding.others.get(wanted);
      if (kind === "grant" || by === undefined) return undefined;
      throw new ConnectorError("refused", `${principal.name} has ${label(wanted)} ${by}: change it there`);
    },
    async write(_state, call) {
      isBegun = true;
      return set.set(after, call);
    },
    ...(kind === "grant" ? { past: (before) => ({ replaced: (before as ExclusiveState).holding.own }) } : {}),
    async details(before, call) {
      const { others, unnamed = [], denied = [] } = (before as ExclusiveState).holding;
      const lifted = denied.length > 0 ? [`an explicit deny of ${denied.join(", ")} was taken away`] : [];
      if (kind === "grant") return { notes: [...lifted, ...(await notesOfOwnGroup(readings, principal, call))] };
      const by = others.get(wanted);
      const left = after === undefined ? "nothing of its kind" : label(after);
      const note =
        previous === undefined
          ? `what was there before the grant is not told, so ${left} is left`
          : `${left} was put back, as it was before the grant`;
      const kept = unnamed.length > 0 ? [`${unnamed.join(", ")} stays, which no role names`] : [];
      return { notes: [note, ...kept], ...(by === undefined ? {} : { remaining: [`${label(wanted)} ${by}`] }) };
    },
  };
}

function heldOf({ own = "nothing", unnamed = [], denied = [] }: Holding): Json {
  return unnamed.length + denied.length === 0 ? own : { own, unnamed, denied };
}

/** What a grant says of its past comes from outside. */
function guardPrevious(previous: string | undefined, wanted: string, { canGive }: ExclusiveSet): void {
  if (previous === undefined || (previous !== wanted && canGive(previous))) return;
  const told = `the grant's metadata names ${shorten(previous)} as what was there before, which cannot be put back in place of ${shorten(wanted)}`;
  throw new ConnectorError("invalid-request", told);
}

function nothingLower(label: string): ConnectorError {
  const told = `${label} is what a revoke leaves (--access-level-floor), so there is nothing lower: delete the user to take it`;
  return new ConnectorError("refused", told);
}
