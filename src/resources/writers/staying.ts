import type { ChangeRequest } from "../../connector/changes.ts";
import { entitlementId, shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { commonBits, joinBits, withoutBits } from "../../permissions/bits.ts";

/** A bundle, by the id of its entitlement. */
export interface Rung {
  readonly id: string;
  readonly displayName: string;
  readonly mask: number;
}

/** What of some bits is left when a grant of them is revoked. */
export interface Staying {
  /** Was there before the grant. */
  readonly before: number;
  /** Was granted besides, and is not revoked. */
  readonly besides: number;
  /** Entitlements that were granted besides. */
  readonly by: readonly string[];
  /** The bundle that is left. */
  readonly rung: Rung | undefined;
  /** Whether the connector knows the grant, or has no more than what its metadata tells. */
  readonly isKnown: boolean;
}

interface RevokedBits {
  /** Identifies the list that they are in. */
  readonly list: string;
  readonly mask: number;
  /** Bundles that contain one another, ascending. */
  readonly ladder: readonly Rung[];
}

/** Fails with `invalid-request` for metadata that no grant of the connector has. */
export function stayingOf(request: ChangeRequest, { list, mask, ladder }: RevokedBits): Staying {
  const { kind, resource, slug, previous, kept = 0, given } = request;
  const own = entitlementId(resource, slug);
  const place = ladder.findIndex(({ id }) => id === own);
  const within = (bits: number) => commonBits(mask, bits);
  if (kind === "grant") return { before: 0, besides: 0, by: [], rung: undefined, isKnown: false };
  if (given) {
    const others = given.others.filter((each) => each.list === list && within(each.mask) > 0);
    const before = within(given.before);
    const besides = withoutBits(within(joinBits(others.map((each) => each.mask))), before);
    const left = joinBits([before, besides]);
    const rung = ladder.slice(0, Math.max(place, 0)).findLast((each) => withoutBits(each.mask, left) === 0);
    return { before, besides, by: others.map(({ id }) => id), rung, isKnown: true };
  }
  const below = previous === undefined ? -1 : ladder.findIndex(({ id }) => id === previous);
  if (previous !== undefined && (below < 0 || below >= place)) {
    const told = `the grant's metadata names ${shorten(previous)} as what was there before, which is not below ${shorten(own)}`;
    throw new ConnectorError("invalid-request", told);
  }
  const rung = ladder[below];
  const before = joinBits([within(kept), rung?.mask ?? 0]);
  if (withoutBits(mask, before) > 0) return { before, besides: 0, by: [], rung, isKnown: false };
  const told = `the grant's metadata says that all of ${shorten(own)} was there before the grant, so that it gave nothing`;
  throw new ConnectorError("invalid-request", told);
}
