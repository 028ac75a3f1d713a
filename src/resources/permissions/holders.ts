import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import type { Interner } from "../../permissions/access-table.ts";
import { createShared, type Shared } from "../../shared-load.ts";
import type { IdentityResolver } from "../readings/identities.ts";
import { type Member, resolvedMember, unresolvedMember } from "../readings/member-resolution.ts";

/** Who the identity descriptors of entries are, by their numbers. */
export interface Holders {
  of(who: number): Member;
  all(): readonly Member[];
}

/** Looks up who is not known by the descriptor itself, each once and a hundred a request. */
export async function readHolders(descriptors: Interner, resolver: IdentityResolver, call: Call): Promise<Holders> {
  const texts = Array.from({ length: descriptors.size }, (_, who) => descriptors.text(who));
  const resolved = await resolver.holders(
    texts.filter((text) => subjectOfIdentity(text) === undefined),
    call,
  );
  const members = texts.map((text) => {
    const found = resolved.get(text);
    return !found || "unresolved" in found ? unresolvedMember(text) : resolvedMember(found);
  });
  return {
    of(who) {
      const member = members[who];
      if (!member) throw new RangeError(`no holder with the number ${who}`);
      return member;
    },
    all: () => members,
  };
}

/**
 * What is read of lists and, whenever it is read anew, who its entries are for: holders that are older than the lists
 * would not know all of them.
 */
export function withHolders<T>(lists: Shared<T>, descriptors: Interner, resolver: IdentityResolver) {
  let latest: { readonly of: T; readonly holders: Shared<Holders> } | undefined;
  return {
    index: lists.get,
    async holders(call: Call): Promise<Holders> {
      const of = await lists.get(call);
      if (latest?.of !== of) latest = { of, holders: createShared((own) => readHolders(descriptors, resolver, own)) };
      return latest.holders.get(call);
    },
  };
}
