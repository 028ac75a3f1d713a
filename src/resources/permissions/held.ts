import { kindOf } from "../../azure-devops/descriptors.ts";
import type { AccessList } from "../../permissions/access-table.ts";
import type { Action } from "../../permissions/actions.ts";
import { bitsOf, hasBit } from "../../permissions/bits.ts";
import { decide, denyBinds } from "../../permissions/effective.ts";
import type { Containers } from "./containers.ts";
import type { Holders } from "./holders.ts";
import type { PlacedToken } from "./place-index.ts";

/** What a subject holds on one token by an entry of its own, there or above. */
export interface Held {
  readonly subjectId: string;
  readonly actions: readonly Action[];
  /** Bits of those that an entry on the token itself gives. */
  readonly directBits: ReadonlySet<number>;
  /** Bits that an entry of its own on the token denies; administrators hold some of them all the same. */
  readonly deniedBits: ReadonlySet<number>;
  /** Of a group: what some of its members lack, since a deny touches them. */
  readonly pinned: readonly Action[];
  /** Who of its members really holds what is pinned. */
  readonly people: readonly { readonly subjectId: string; readonly action: Action }[];
}

export interface HeldContext {
  readonly holders: Holders;
  /** Asked for only where a deny is near. */
  readonly containers: Containers | undefined;
  /** Subject id of the group Project Collection Administrators. */
  readonly administrators: string | undefined;
  /** Whether what is inherited from the tokens above is told as well. */
  readonly withInherited: (token: PlacedToken) => boolean;
}

/** True when a deny on the way to a token speaks of a right that an entry on the token gives. */
export function isContested({ table, canonical }: PlacedToken): boolean {
  return table.chain(canonical).some(({ entries }) => entries.some(({ deny }) => deny !== 0));
}

/** Who holds what by the entries on one token, after every deny that counts there; nobody twice. */
export function heldOn(token: PlacedToken, context: HeldContext): Held[] {
  const { table, canonical, actions } = token;
  const chain = table.chain(canonical);
  const own = chain.filter((list) => list.canonical === canonical);
  const denied = deniedBits(chain);
  const direct = bitsBySubject(own, "allow", context.holders);
  const refused = bitsBySubject(own, "deny", context.holders);
  const allowed = context.withInherited(token) ? bitsBySubject(chain, "allow", context.holders) : direct;
  const all: Held[] = [];
  for (const [subjectId, allow] of allowed) {
    const directBits = new Set(direct.get(subjectId));
    const deniedBits = new Set(refused.get(subjectId));
    const held: Held = {
      subjectId,
      directBits,
      deniedBits,
      ...sortOut(subjectId, allow, denied, chain, actions, context),
    };
    if (held.actions.length > 0 || held.people.length > 0) all.push(held);
  }
  return all;
}

type Contest = Pick<Held, "actions" | "pinned" | "people">;

function sortOut(
  subjectId: string,
  allow: readonly number[],
  denied: ReadonlySet<number>,
  chain: readonly AccessList[],
  { namespace, of }: PlacedToken["actions"],
  context: HeldContext,
): Contest {
  const actions: Action[] = [];
  const pinned: Action[] = [];
  const people: Held["people"][number][] = [];
  for (const bit of allow) {
    const action = of(bit);
    if (!denied.has(bit) || !context.containers) {
      actions.push(action);
      continue;
    }
    const question = questionFor(bit, chain, denyBinds(namespace, action.name), context);
    const isGroup = kindOf(subjectId) === "group";
    const members = isGroup ? context.containers.people(subjectId) : new Set<string>();
    const holds = (member: string) => decide(question.about(member)).held;
    if (!holds(subjectId)) {
      // What a deny takes from a group it does not take from administrators of the collection among its members.
      for (const member of members) if (holds(member)) people.push({ subjectId: member, action });
      continue;
    }
    actions.push(action);
    // A deny that a nearer list overrules, or that does not bind an administrator, takes nothing from anybody.
    const lacks = (member: string) => question.isDenied(member) && !holds(member);
    if (!members.values().some(lacks)) continue;
    pinned.push(action);
    for (const member of members) if (!lacks(member)) people.push({ subjectId: member, action });
  }
  return { actions, pinned, people };
}

function questionFor(
  bit: number,
  chain: readonly AccessList[],
  denyBindsAdministrators: boolean,
  { holders, containers, administrators }: HeldContext,
) {
  const deniers = chain.flatMap(({ entries }) =>
    entries.filter(({ deny }) => hasBit(deny, bit)).map(({ who }) => holders.of(who).subjectId),
  );
  return {
    about(subjectId: string) {
      const around = containers?.around(subjectId) ?? new Set([subjectId]);
      const isAdministrator = administrators !== undefined && around.has(administrators);
      const concerns = (who: number) => around.has(holders.of(who).subjectId);
      return { chain, bit, concerns, isAdministrator, denyBindsAdministrators };
    },
    isDenied: (subjectId: string) => deniers.some((denier) => containers?.people(denier).has(subjectId)),
  };
}

function deniedBits(chain: readonly AccessList[]): ReadonlySet<number> {
  const bits = new Set<number>();
  for (const { entries } of chain) {
    for (const { deny } of entries) for (const bit of bitsOf(deny)) bits.add(bit);
  }
  return bits;
}

/** Two descriptors can be one subject; what either of them is allowed or denied on a token, the subject is. */
function bitsBySubject(
  lists: readonly AccessList[],
  side: "allow" | "deny",
  holders: Holders,
): ReadonlyMap<string, readonly number[]> {
  const masks = new Map<string, readonly number[]>();
  for (const { entries } of lists) {
    for (const entry of entries) {
      if (entry[side] === 0) continue;
      const { subjectId } = holders.of(entry.who);
      const bits = [...bitsOf(entry[side])];
      const known = masks.get(subjectId);
      masks.set(subjectId, known ? [...new Set([...known, ...bits])].sort((a, b) => a - b) : bits);
    }
  }
  return masks;
}
