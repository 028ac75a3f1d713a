import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { compareText, safeId } from "../../connector/ids.ts";
import type { AccessList, AccessTable, Interner } from "../../permissions/access-table.ts";
import { type Actions, createActions } from "../../permissions/actions.ts";
import { bitsOf } from "../../permissions/bits.ts";
import { expands } from "../../permissions/fold.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import type { TokenOwner } from "../../permissions/own-tokens.ts";
import type { Anchors, Place } from "../../permissions/tokens.ts";
import { nodeProjects } from "./node-projects.ts";
import type { RoleGroup } from "./role-groups.ts";
import type { GovernedType, PermissionSources } from "./sources.ts";

/** A token of a resource, with the table that has its list. */
export interface PlacedToken {
  readonly actions: Actions;
  readonly table: AccessTable;
  readonly place: Place;
  readonly canonical: string;
}

/** A list that belongs to no resource that is reported, and why. */
export interface Unplaced {
  readonly namespace: string;
  readonly token: string;
  readonly entries: number;
  readonly reason: "unreadable-token" | "no-such-resource" | "organization-not-listed";
}

/** Which tokens are about which resource. */
export interface PlaceIndex {
  /** Of the resource itself and of what is inside it; empty where it has no list of its own. */
  tokens(type: string, id: string): readonly PlacedToken[];
  /** Ids of the resources of a type that have lists, ascending. */
  ids(type: string): readonly string[];
  /** A resource as tokens name it. */
  owner(type: GovernedType, id: string): TokenOwner;
  readonly actions: readonly Actions[];
  table(namespaceId: string): AccessTable | undefined;
  readonly anchors: Anchors;
  readonly unplaced: readonly Unplaced[];
  /** Names of the namespaces that the organization has and that are not told as permissions. */
  readonly ungoverned: readonly string[];
}

/** Reads all governed namespaces that the organization has, at once, and sorts their lists by resource. */
export async function readPlaceIndex(
  sources: PermissionSources & { roleGroups(call: Call): Promise<ReadonlyMap<string, RoleGroup>> },
  call: Call,
): Promise<PlaceIndex> {
  const isAbsent = !(await sources.access.readsEntries(call));
  const definitions = isAbsent ? new Map() : await sources.tables.definitions(call);
  const governed = governedNamespaces.filter(
    ({ id, covers }) => definitions.has(id) && (covers !== "organization" || sources.options.syncOrganizations),
  );
  const [connection, projects, repositories, roleGroups, ...tables] = await Promise.all([
    sources.access.connection(call),
    sources.projects.projects(call),
    sources.repositories.all(call),
    sources.roleGroups(call),
    ...governed.map((namespace) => sources.tables.table(namespace, call)),
  ]);
  const collectionId = connection.instanceId.toLowerCase();
  const byName = new Map(projects.map(({ name, id }) => [name.toLowerCase(), id]));
  const roots = nodeProjects(governed, tables, sources.tables.descriptors, roleGroups);
  const anchors: Anchors = {
    collectionId,
    projectNamed: (name) => byName.get(name),
    projectOfNode: (root) => roots.get(root),
  };
  const known = new Set([...projects.map(({ id }) => `project:${id}`), ...[...repositories.keys()].map(repositoryKey)]);
  known.add(`organization:${collectionId}`);

  const byResource = new Map<string, PlacedToken[]>();
  const unplaced: Unplaced[] = [];
  const actions = governed.map((namespace) => createActions(namespace, definitions.get(namespace.id)));
  for (const [index, table] of tables.entries()) {
    const own = actions[index];
    if (!own) continue;
    for (const list of table.lists()) {
      // A list without entries that inherits says nothing.
      if (list.entries.length === 0 && list.inherits) continue;
      const place = own.namespace.readToken(list.canonical, anchors);
      const key = place && `${place.type}:${place.id || collectionId}`;
      if (!place || !key || !known.has(key)) unplaced.push(leftOut(own.namespace, list, place));
      else if (place.type === "organization" && !sources.options.syncOrganizations) {
        unplaced.push(untold(own, list, roleGroups, sources.tables.descriptors));
      } else {
        const token = { actions: own, table, place, canonical: list.canonical };
        const tokens = byResource.get(key);
        if (tokens) tokens.push(token);
        else byResource.set(key, [token]);
      }
    }
  }
  const table = (namespaceId: string) => tables[governed.findIndex(({ id }) => id === namespaceId)];
  const governedIds = new Set(governedNamespaces.map(({ id }) => id));
  const ungoverned = [...definitions.values()].filter(({ id }) => !governedIds.has(id)).map(({ name }) => name.trim());
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const owner = (type: GovernedType, id: string) => ownerOf(type, id, names.get(id), repositories.get(id)?.project.id);
  return { ...createIndex(byResource), owner, actions, table, anchors, unplaced, ungoverned };
}

function ownerOf(type: GovernedType, id: string, name: string | undefined, projectId: string | undefined): TokenOwner {
  return { type, id, ...(name === undefined ? {} : { name }), ...(projectId === undefined ? {} : { projectId }) };
}

const repositoryKey = (id: string) => `repository:${id}`;

/** A list that belongs nowhere, as it is told. */
export function leftOut(
  { slug }: GovernedNamespace,
  { token, entries }: AccessList,
  place: Place | undefined,
): Unplaced {
  const reason = place ? "no-such-resource" : "unreadable-token";
  return { namespace: slug, token, entries: entries.length, reason };
}

/** The organization's list where organizations are not listed; what counts are entries that can do harm to a project. */
export function untold(
  { namespace, of }: Actions,
  { token, entries }: AccessList,
  roleGroups: ReadonlyMap<string, unknown>,
  descriptors: Interner,
): Unplaced {
  const dangerous = entries.filter(({ who, allow }) => {
    const subject = subjectOfIdentity(descriptors.text(who));
    // What built-in groups of the organization may do there, their membership says.
    if (subject !== undefined && roleGroups.has(safeId(subject))) return false;
    return bitsOf(allow).some((bit) => expands(of(bit).tier));
  });
  return { namespace: namespace.slug, token, entries: dangerous.length, reason: "organization-not-listed" };
}

/** Tokens by resource, keyed `<type>:<id>`. */
export function createIndex<T>(byResource: ReadonlyMap<string, readonly T[]>): {
  tokens(type: string, id: string): readonly T[];
  ids(type: string): readonly string[];
} {
  const idsByType = new Map<string, string[]>();
  for (const key of [...byResource.keys()].sort(compareText)) {
    const [type = "", id = ""] = key.split(":");
    const ids = idsByType.get(type);
    if (ids) ids.push(id);
    else idsByType.set(type, [id]);
  }
  return {
    tokens: (type, id) => byResource.get(`${type}:${id}`) ?? [],
    ids: (type) => idsByType.get(type) ?? [],
  };
}
