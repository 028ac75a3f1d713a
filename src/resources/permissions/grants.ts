import type { Grant, Json } from "../../connector/model.ts";
import type { AccessList } from "../../permissions/access-table.ts";
import { bitsOf } from "../../permissions/bits.ts";
import { bundles } from "../../permissions/fold.ts";
import type { Anchors } from "../../permissions/tokens.ts";
import type { IsBlocked } from "../access-levels/blocked.ts";
import type { Principals } from "../readings/principals.ts";
import type { Holders } from "./holders.ts";
import type { RoleGroup } from "./role-groups.ts";
import type { Row } from "./rows.ts";

export interface GrantContext {
  readonly directory: Principals;
  readonly holders: Holders;
  readonly roleGroups: ReadonlyMap<string, RoleGroup>;
  readonly anchors: Anchors;
  readonly isBlocked: IsBlocked;
}

/** A row as a grant, with where it comes from and what it can do. */
export function grantOf(row: Row, context: GrantContext): Grant {
  const { told, subjectId, expandable } = row;
  const principal = context.directory.ref(subjectId);
  const hasMembers = principal.type === "group" || principal.type === "team";
  const immutable = whyImmutable(row, context.roleGroups.get(subjectId));
  return {
    slug: told.slug,
    principal,
    ...(hasMembers && expandable ? { throughSlug: "member" } : {}),
    metadata: metadataOf(row, hasMembers, context),
    ...(immutable === undefined ? {} : { immutable }),
  };
}

function metadataOf(
  row: Row,
  hasMembers: boolean,
  { directory, isBlocked, ...context }: GrantContext,
): NonNullable<Grant["metadata"]> {
  const { told, direct, via, system, expandable, subjectId, token } = row;
  const inherited = direct || via.length === 0 ? inheritedFrom(row, context) : [];
  const sources: Json[] = [
    ...(direct ? [{ kind: "direct" }] : []),
    ...inherited.map((from) => ({ kind: "inherited", from })),
  ];
  const groups = via.map((id) => directory.ref(id)).map(({ type, id }) => `${type}:${id}`);
  // The slug of one permission ends as the permission does, also where it is about a part of the resource.
  const single = told.permissions.length === 1 && told.slug.endsWith(actionOf(told.permissions[0] ?? ""));
  // What a bundle consists of stands on its entitlement.
  const named = single || bundles.some(({ slug }) => slug === told.slug);
  const pinned = hasMembers && told.tier <= 1 && !expandable;
  const blocked = token.actions.namespace.needsLicence && isBlocked(subjectId, token.place);
  return shared({
    risk_tier: `T${told.tier}`,
    sources,
    ...(named ? {} : { permissions: told.permissions }),
    ...(groups.length > 0 ? { via: groups, effective: true } : {}),
    ...(pinned ? { expandable: false } : {}),
    ...(system ? { system: true } : {}),
    ...(blocked ? { blocked_by: "access_level" } : {}),
  });
}

/** What follows the namespace in `<namespace>.<action>`. */
function actionOf(permission: string): string {
  return permission.slice(permission.indexOf("."));
}

/** The resources above from which the same subject has some of it too. */
function inheritedFrom(
  { token, told, subjectId }: Row,
  { holders, anchors }: Pick<GrantContext, "holders" | "anchors">,
): string[] {
  const above = token.table.chain(token.canonical).filter(({ canonical }) => canonical !== token.canonical);
  const places: string[] = [];
  for (const list of above) {
    if (!allows(list, subjectId)) continue;
    const place = token.actions.namespace.readToken(list.canonical, anchors);
    if (!place) continue;
    const inside = place.inner === "" ? "" : ` (${place.label})`;
    places.push(`${place.type}:${place.id || anchors.collectionId}${inside}`);
  }
  return places;

  function allows({ entries }: AccessList, id: string): boolean {
    return entries.some(({ who, allow }) => {
      if (holders.of(who).subjectId !== id) return false;
      for (const bit of bitsOf(allow)) if (told.permissions.includes(token.actions.of(bit).slug)) return true;
      return false;
    });
  }
}

function whyImmutable({ direct, system, via }: Row, group: RoleGroup | undefined): string | undefined {
  if (group?.everybody) return "a group that holds everybody: Azure DevOps keeps its members and its permissions";
  if (!direct && via.length === 0) return "inherited: change it where its sources say that it is set";
  if (!direct)
    return `held through ${via.length > 1 ? `${via.length} groups` : "a group"}: change the membership there`;
  if (system) return "set by Azure DevOps itself";
  return undefined;
}

/** Most grants say one of a few things of themselves; equal metadata is one object, so that it is encoded once. */
const known = new Map<string, WeakRef<NonNullable<Grant["metadata"]>>>();

function shared(metadata: NonNullable<Grant["metadata"]>): NonNullable<Grant["metadata"]> {
  const key = JSON.stringify(metadata);
  const same = known.get(key)?.deref();
  if (same) return same;
  known.set(key, new WeakRef(metadata));
  if (known.size > maxShared) known.clear();
  return metadata;
}

const maxShared = 10_000;
