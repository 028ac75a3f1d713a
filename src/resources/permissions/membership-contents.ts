import { compareText } from "../../connector/ids.ts";
import type { PermissionSet, ResourceRef } from "../../connector/model.ts";
import type { Held } from "./held.ts";
import type { PlacedToken, PlaceIndex } from "./place-index.ts";
import type { RoleGroup } from "./role-groups.ts";
import { isRole } from "./rows.ts";

/**
 * What membership of each built-in group gives on projects and the organization: just what no row of theirs tells.
 * Resources on which a group holds the same are told together, since a collection's groups hold the same on most.
 */
export async function membershipContents(
  { ids, tokens }: PlaceIndex,
  roleGroups: ReadonlyMap<string, RoleGroup>,
  reader: (tokens: readonly PlacedToken[]) => Promise<(token: PlacedToken) => readonly Held[]>,
): Promise<ReadonlyMap<string, readonly PermissionSet[]>> {
  const byGroup = new Map<string, Map<string, ResourceRef[]>>();
  for (const type of ["organization", "project"]) {
    for (const id of ids(type)) {
      const own = tokens(type, id).filter(({ place }) => place.inner === "");
      const heldOn = await reader(own);
      for (const [group, permissions] of told(own, heldOn, roleGroups)) {
        const sets = byGroup.get(group) ?? new Map<string, ResourceRef[]>();
        byGroup.set(group, sets);
        const key = [...permissions].sort().join(" ");
        const resources = sets.get(key);
        if (resources) resources.push({ type, id });
        else sets.set(key, [{ type, id }]);
      }
    }
  }
  return new Map([...byGroup].map(([group, sets]) => [group, ordered(sets)]));
}

function told(
  tokens: readonly PlacedToken[],
  heldOn: (token: PlacedToken) => readonly Held[],
  roleGroups: ReadonlyMap<string, RoleGroup>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const token of tokens) {
    for (const held of heldOn(token)) {
      for (const action of held.actions) {
        if (!isRole(token, held, action, { roleGroups })) continue;
        const permissions = found.get(held.subjectId) ?? new Set();
        found.set(held.subjectId, permissions);
        permissions.add(action.slug);
      }
    }
  }
  return found;
}

function ordered(sets: ReadonlyMap<string, readonly ResourceRef[]>): PermissionSet[] {
  return [...sets]
    .map(([key, resources]) => ({ resources, permissions: key.split(" ") }))
    .sort((a, b) => compareText(a.resources[0]?.id ?? "", b.resources[0]?.id ?? ""));
}
