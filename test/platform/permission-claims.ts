import { createHash } from "node:crypto";
import { descriptorOf, type OrganizationState, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { type Action, type Actions, createActions } from "../../src/permissions/actions.ts";
import { bundles } from "../../src/permissions/fold.ts";
import type { GovernedNamespace } from "../../src/permissions/namespace.ts";
import { governedNamespaces } from "../../src/permissions/namespaces.ts";
import { tokenSlug } from "../../src/permissions/slugs.ts";
import { type Anchors, canonicalToken, type Place } from "../../src/permissions/tokens.ts";
import type { Row } from "./syncer.ts";

/** A list of a resource that is listed, and what its entitlements are named after. */
export interface ListedPlace {
  readonly namespace: GovernedNamespace;
  readonly actions: Actions;
  readonly token: string;
  readonly place: Place;
  /** `type:id`. */
  readonly resource: string;
  readonly entries: readonly { readonly who: number | string; readonly allow: number; readonly deny: number }[];
}

/** Every list of a governed namespace that is about a listed resource or something inside it. */
export function placesOf(state: OrganizationState): ListedPlace[] {
  const rootOf = new Map(state.classification.map(({ id, project }) => [id, state.projects[project]?.id]));
  const anchors: Anchors = {
    collectionId: state.collectionId,
    projectNamed: (name) => state.projects.find((project) => project.name.toLowerCase() === name)?.id,
    projectOfNode: (root) => rootOf.get(root),
  };
  const listed = new Set([
    ...state.projects.map(({ id }) => `project:${id}`),
    ...state.repositories.map(({ id }) => `repository:${id}`),
    `organization:${state.collectionId}`,
  ]);
  return governedNamespaces.flatMap((namespace) => {
    const bits = state.namespaces.find(({ id }) => id === namespace.id)?.bits ?? [];
    const named = bits.map(({ name, bit }) => ({ bit, name, displayName: name }));
    const actions = createActions(namespace, { id: namespace.id, systemBits: 0, actions: named });
    return [...(state.accessLists.get(namespace.id)?.values() ?? [])].flatMap(({ token, entries }) => {
      const place = namespace.readToken(canonicalToken(token, namespace.separator), anchors);
      const resource = place && `${place.type}:${place.id || state.collectionId}`;
      if (!place || resource === undefined || !listed.has(resource)) return [];
      return [{ namespace, actions, token, place, resource, entries }];
    });
  });
}

/** Names a permission on a resource, or on what is inside it. */
export function keyOf(resource: string, inside: string, permission: string): string {
  return `${resource} ${inside} ${permission}`;
}

/** The hash that stands for what is inside a resource in slugs; "" for the resource itself. */
export function insideOf({ place }: Pick<ListedPlace, "place">): string {
  return place.inner === "" ? "" : tokenSlug(place.inner);
}

/** An allow of tiers 0 and 1 by an entry for somebody known. */
export interface HarmfulEntry {
  readonly at: ListedPlace;
  readonly who: Subject;
  readonly action: Action;
}

export function harmfulEntries(state: OrganizationState, places: readonly ListedPlace[]): HarmfulEntry[] {
  return places.flatMap((at) =>
    at.entries.flatMap(({ who, allow }) => {
      if (typeof who === "string") return [];
      const held = at.actions.known.filter(({ bit, tier }) => tier <= 1 && (allow & bit) !== 0);
      return held.map((action) => ({ at, who: subjectAt(state, who), action }));
    }),
  );
}

/** Whoever is in a group at any depth and is no group; of somebody else, themselves. */
export function peopleOf(state: OrganizationState, { index }: Subject): readonly Subject[] {
  const found = new Set([index]);
  for (const at of found) for (const member of subjectAt(state, at).group?.members ?? []) found.add(member);
  return [...found].map((at) => subjectAt(state, at)).filter(({ group }) => !group);
}

/** Who holds what after expansion, by entitlement and, unfolded, by permission; principals as the platform stores them. */
export function holdersAfter(rows: readonly Row[]): {
  readonly byEntitlement: ReadonlyMap<string, ReadonlySet<string>>;
  readonly byPermission: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const byEntitlement = new Map<string, Set<string>>();
  const byPermission = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, principal: string) => {
    const known = map.get(key);
    if (known) known.add(principal);
    else map.set(key, new Set([principal]));
  };
  for (const row of rows) {
    if (row.kind !== "grant") continue;
    add(byEntitlement, row.entitlement, row.principal);
    const colon = row.entitlement.lastIndexOf(":");
    const resource = row.entitlement.slice(0, colon);
    for (const { inside, permission } of unfolded(row.entitlement.slice(colon + 1))) {
      add(byPermission, keyOf(resource, inside, permission), row.principal);
    }
  }
  return { byEntitlement, byPermission };
}

/** The permissions that a slug stands for; of what is left over only the metadata tells, and it is of tiers 2 and 3. */
function unfolded(slug: string): readonly { inside: string; permission: string }[] {
  const bundle = bundles.find((each) => each.slug === slug);
  if (bundle) return bundle.permissions.map((permission) => ({ inside: "", permission }));
  const [namespace = "", second = "", third] = slug.split(".");
  if (third !== undefined) return [{ inside: second, permission: `${namespace}.${third}` }];
  return second === "" ? [] : [{ inside: "", permission: slug }];
}

/** How the platform names a subject, whichever type it is reported as. */
export function createRefs(state: OrganizationState) {
  const teams = new Map(state.teams.map(({ group, id }) => [group, id]));
  const idOf = (subject: Subject): string => {
    const team = teams.get(subject.index);
    if (team !== undefined) return team;
    if (subject.known !== "nowhere" || subject.group) return descriptorOf(subject);
    return `ukn.${createHash("sha256").update(subject.identity).digest("base64url")}`;
  };
  const byId = new Map(state.subjects.map((subject) => [idOf(subject), subject]));
  return {
    idOf,
    /** Undefined for those who are in no list of subjects, known by the descriptor of an entry alone. */
    subjectOf: (ref: string) => byId.get(ref.slice(ref.indexOf(":") + 1)),
    /** Whether one of these principals is the subject. */
    has: (principals: ReadonlySet<string> | undefined, subject: Subject) => {
      const id = idOf(subject);
      return principals?.values().some((ref) => ref.slice(ref.indexOf(":") + 1) === id) ?? false;
    },
  };
}
