import { compareGrants } from "../connector/keyset.ts";
import type { EntitlementDefinition, Grant, ResourceRef } from "../connector/model.ts";

/** Types that can be a member of a group or team. */
const memberTypes = ["user", "group", "team", "service-principal", "service-account", "unknown-identity"];

/** The membership that every group and team has. */
export function memberEntitlement(of: "group" | "team", memberTypesListed: readonly string[]): EntitlementDefinition {
  return {
    slug: "member",
    displayName: "Member",
    description: `Direct or nested membership of the ${of}.`,
    purpose: "assignment",
    grantableTo: memberTypesListed,
  };
}

/** Member types, without teams where teams are reported as groups. */
export function memberTypesOf({ syncTeams }: { readonly syncTeams: boolean }): readonly string[] {
  return memberTypes.filter((type) => syncTeams || type !== "team");
}

const containers = new Set(["group", "team"]);

/** Grants of one slug to principals; who is a member of a principal that has members holds the grant too. */
export function grantsTo(slug: string, principals: readonly ResourceRef[]): Grant[] {
  return principals.map((principal) =>
    containers.has(principal.type) ? { slug, principal, throughSlug: "member" } : { slug, principal },
  );
}

/** Fewer are sorted anew faster than all of them are kept. */
const worthKeeping = 500;

/**
 * Remembers the ordered grants made from one list of principals: a listing comes back to the same resource for each
 * page, and must not sort ten thousand members anew each time.
 */
export function createGrantCache() {
  const cache = new WeakMap<readonly ResourceRef[], readonly Grant[]>();
  return (key: readonly ResourceRef[], make: () => Grant[]): readonly Grant[] => {
    const known = cache.get(key);
    if (known) return known;
    const grants = make().sort(compareGrants);
    if (grants.length >= worthKeeping) cache.set(key, grants);
    return grants;
  };
}
