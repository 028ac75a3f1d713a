import { compareText } from "../../connector/ids.ts";
import type { EntitlementDefinition } from "../../connector/model.ts";
import type { Action, Actions } from "../../permissions/actions.ts";
import { type Bundle, bundles, isCustom } from "../../permissions/fold.ts";
import type { GovernedNamespace, Tier } from "../../permissions/namespace.ts";
import type { Row } from "./rows.ts";
import type { GovernedType, PermissionOptions } from "./sources.ts";

/** What each tier means, for descriptions and documents. */
export const tierMeanings: Readonly<Record<Tier, string>> = {
  0: "T0, control plane: whoever holds it can give themselves more",
  1: "T1, production or secrets",
  2: "T2, contributes",
  3: "T3, reads",
};

/**
 * The entitlements of one resource: what can be asked for on any of its type, and what somebody holds on it. What
 * nobody holds is left out on request, but never a bundle or what can do harm.
 */
export function entitlementsOf(
  type: GovernedType,
  actions: readonly Actions[],
  rows: readonly Row[],
  { permissionDetail, skipUnusedRoles }: PermissionOptions,
  grantableTo: readonly string[],
  /** Why nobody can be given what is of a namespace, on the resource itself. */
  whyImmutable: (namespace: GovernedNamespace) => string | undefined,
): readonly EntitlementDefinition[] {
  const bySlug = new Map<string, EntitlementDefinition>();
  const put = (definition: Omit<EntitlementDefinition, "purpose" | "grantableTo">, immutable?: string) => {
    if (bySlug.has(definition.slug)) return;
    const why = immutable === undefined ? {} : { immutable };
    bySlug.set(definition.slug, { ...definition, ...why, purpose: "permission", grantableTo });
  };
  if (type === "repository" && permissionDetail === "standard")
    for (const bundle of bundles) put(bundleDefinition(bundle));
  for (const { namespace, known } of actions) {
    const covered = namespace.covers === type || (namespace.covers === "repository" && type !== "repository");
    if (!covered) continue;
    const immutable = whyImmutable(namespace);
    for (const action of known) {
      const unheld = permissionDetail === "all" && !skipUnusedRoles;
      if (action.tier <= 1 || unheld) put(actionDefinition(action, namespace.title), immutable);
    }
  }
  for (const row of rows) {
    const { actions: of, place } = row.token;
    put(heldDefinition(row), place.inner === "" ? whyImmutable(of.namespace) : undefined);
  }
  return [...bySlug.values()].sort((a, b) => compareText(a.slug, b.slug));
}

function bundleDefinition({ slug, displayName, tier, permissions }: Bundle) {
  const description = `${permissions.length} permissions of a repository, held together. ${tierMeanings[tier]}.`;
  return { slug, displayName, description, contents: [{ permissions }] };
}

function actionDefinition({ slug, displayName, tier }: Action, title: string) {
  return { slug, displayName, description: `${title}: ${displayName}. ${tierMeanings[tier]}.` };
}

function heldDefinition({ told, token }: Row) {
  const { slug, permissions, tier } = told;
  const where = token.place.label === "" ? "" : ` on ${token.place.label}`;
  const bundle = bundles.find((each) => each.slug === slug);
  if (bundle) return bundleDefinition(bundle);
  if (isCustom(slug)) {
    return {
      slug,
      displayName: `Other permissions${where}`,
      description: `Whatever somebody holds of tiers 2 and 3${where} besides; each grant names it. ${tierMeanings[2]}.`,
      immutable: "stands for several permissions: with --permission-detail all each is an entitlement of its own",
    };
  }
  const { namespace, of } = token.actions;
  const action =
    [...token.actions.known].find((known) => known.slug === permissions[0]) ?? of(bitOf(permissions[0] ?? ""));
  const { title } = namespace;
  const displayName = `${action.displayName}${where}`;
  return { slug, displayName, description: `${title}: ${displayName}. ${tierMeanings[tier]}.` };
}

/** The bit that a made-up slug stands for. */
function bitOf(slug: string): number {
  return Number(slug.slice(slug.lastIndexOf("_") + 1));
}
