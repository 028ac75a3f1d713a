import type { Call } from "../../call.ts";
import type { Change, ChangePolicy, ChangeRequest, ChangeState, WriteReceipt } from "../../connector/changes.ts";
import { entitlementId, shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { guardHolderGroup } from "./built-in.ts";
import { mustExist, type Principal } from "./principals.ts";
import { guardSelf } from "./self.ts";

/** What somebody has of a set of entitlements of which everybody has one at most. */
export interface Holding {
  /** Id of the entitlement that is theirs; undefined for none. */
  readonly own: string | undefined;
  /** By what they have entitlements of the set besides, in words, by entitlement id. */
  readonly others: ReadonlyMap<string, string>;
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
  /** The higher gives more. */
  readonly rank: (id: string) => number;
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

  const rankOf = (id: string | undefined) => (id === undefined ? -1 : set.rank(id));

  async function read(call: Call): Promise<ExclusiveState> {
    const holding = await set.read(call);
    const done = kind === "grant" ? holding.own === wanted : holding.own !== wanted;
    const lowers = !done && rankOf(after) < rankOf(holding.own);
    return { done, held: holding.own ?? "nothing", lowers, holding };
  }

  async function check({ holding, lowers }: ExclusiveState, call: Call): Promise<void> {
    guardHolderGroup(principal, policy);
    await set.guard?.(holding, call);
    if (kind === "grant") mustExist(principal);
    if (kind === "grant" && holding.own !== undefined && !set.canGive(holding.own)) {
      const told = `${principal.name} has ${label(holding.own)}, which could not be put back: take it away in Azure DevOps first`;
      throw new ConnectorError("refused", told);
    }
    if (after === wanted && kind === "revoke") throw nothingLower(label(wanted));
    if (lowers) await guardSelf(readings, principal, call);
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
    write: (_state, call) => set.set(after, call),
    async details(before) {
      const { own, others } = (before as ExclusiveState).holding;
      if (kind === "grant") return { replaced: own };
      const by = others.get(wanted);
      const left = after === undefined ? "nothing of its kind" : label(after);
      const note =
        previous === undefined
          ? `what was there before the grant is not told, so ${left} is left`
          : `${left} was put back, as it was before the grant`;
      return { notes: [note], ...(by === undefined ? {} : { remaining: [`${label(wanted)} ${by}`] }) };
    },
  };
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
