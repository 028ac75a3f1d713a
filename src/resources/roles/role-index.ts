import type { Call } from "../../call.ts";
import { createActions } from "../../permissions/actions.ts";
import { type RoleNamespace, type RolePlace, roleNamespaces } from "../../permissions/role-namespaces.ts";
import type { Anchors, RoleObjectType } from "../../permissions/tokens.ts";
import { createIndex, leftOut, type PlacedToken, type Unplaced, untold } from "../permissions/place-index.ts";
import { readingOfType } from "./objects.ts";
import type { RoleSources } from "./sources.ts";

/** A token of something that has roles. */
export interface RoleToken extends PlacedToken {
  readonly place: RolePlace;
}

/** Which lists are about which resource: an object, or the project or organization that has all of a kind. */
export interface RoleIndex {
  tokens(type: string, id: string): readonly RoleToken[];
  /** Ids of the resources of a type that have lists, ascending. */
  ids(type: string): readonly string[];
  readonly anchors: Anchors;
  readonly unplaced: readonly Unplaced[];
  /** False where the token may not read lists, so that a missing one says nothing. */
  readonly isRead: boolean;
}

/** Reads the namespaces of the types that are listed, each at once, and sorts their lists by resource. */
export async function readRoleIndex(sources: RoleSources, call: Call): Promise<RoleIndex> {
  const { access, tables, types, syncOrganizations } = sources;
  const isAbsent = types.length === 0 || !(await access.readsEntries(call));
  const definitions = isAbsent ? new Map() : await tables.definitions(call);
  const namespaces = roleNamespaces.filter(
    (namespace) => definitions.has(namespace.id) && namespace.types.some((type) => types.includes(type)),
  );
  const [collectionId, roleGroups, known, ...lists] = await Promise.all([
    collectionIdOf(sources, call),
    sources.roleGroups(call),
    knownPlaces(sources, namespaces, call),
    ...namespaces.map((namespace) => tables.table(namespace, call)),
  ]);
  const anchors: Anchors = { collectionId, projectNamed: () => undefined, projectOfNode: () => undefined };
  const byResource = new Map<string, RoleToken[]>();
  const unplaced: Unplaced[] = [];
  for (const [index, namespace] of namespaces.entries()) {
    const table = lists[index];
    if (!table) continue;
    const actions = createActions(namespace, definitions.get(namespace.id));
    for (const list of table.lists()) {
      // A list without entries that inherits says nothing.
      if (list.entries.length === 0 && list.inherits) continue;
      const place = namespace.readPlace(list.canonical);
      const verdict = place ? known(place) : "unknown";
      if (!place || verdict === "unknown") unplaced.push(leftOut(namespace, list, place));
      if (!place || verdict !== "known") continue;
      if (place.type === "organization" && !syncOrganizations) {
        unplaced.push(untold(actions, list, roleGroups, tables.descriptors));
        continue;
      }
      const key = `${place.type}:${place.id || collectionId}`;
      const token = { actions, table, place, canonical: list.canonical };
      const tokens = byResource.get(key);
      if (tokens) tokens.push(token);
      else byResource.set(key, [token]);
    }
  }
  return { ...createIndex(byResource), anchors, unplaced, isRead: !isAbsent };
}

async function collectionIdOf({ access, types }: RoleSources, call: Call): Promise<string> {
  return types.length === 0 ? "" : (await access.connection(call)).instanceId.toLowerCase();
}

/** Whether a place is reported: objects of types that are left out, or that cannot be listed, are not asked about. */
async function knownPlaces(
  { access, objects, projects, types }: RoleSources,
  namespaces: readonly RoleNamespace[],
  call: Call,
): Promise<(place: RolePlace) => "known" | "unknown" | "left-out"> {
  if (namespaces.length === 0) return () => "left-out";
  const read = types.map(async (type) => {
    const absence = await access.absence(readingOfType[type], call);
    return [type, absence ? undefined : idsOf(type, await objects.all(type, call))] as const;
  });
  const [listed, ids] = await Promise.all([projects.projects(call), Promise.all(read)]);
  const projectIds = new Set(listed.map(({ id }) => id));
  const byType = new Map<string, ReadonlySet<string> | undefined>(ids);
  return ({ type, id }) => {
    if (type === "organization") return "known";
    if (type === "project") return projectIds.has(id) ? "known" : "unknown";
    const known = byType.get(type);
    if (!known) return "left-out";
    return known.has(id) ? "known" : "unknown";
  };
}

/** Kinds of which a project can let others use what it has; who decides that has roles on the object itself. */
const shareable: ReadonlySet<RoleObjectType> = new Set(["service-connection", "variable-group", "secure-file"]);

function idsOf(type: RoleObjectType, objects: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const ids = [...objects.keys()];
  return new Set(shareable.has(type) ? [...ids, ...ids.map(sharedId)] : ids);
}

/** The id of the object itself, without the project that uses it. */
export function sharedId(id: string): string {
  return id.slice(id.indexOf("_") + 1);
}
