import type { Grant, Json, ResourceRef } from "../../connector/model.ts";
import { type FeedRole, feedRoleOf } from "../../permissions/feed-roles.ts";
import { expands } from "../../permissions/fold.ts";
import type { Tier } from "../../permissions/namespace.ts";
import type { RoleGroup } from "../permissions/role-groups.ts";
import type { Principals } from "../readings/principals.ts";
import type { FeedHolding } from "./reading.ts";

export interface FeedGrantContext {
  readonly directory: Principals;
  readonly roleGroups: ReadonlyMap<string, RoleGroup>;
  /** Where inherited roles come from. */
  readonly organization: ResourceRef;
  /** Of what no role's name says. */
  readonly customSlug: string;
}

/** Who has which role, one grant for each role and principal, whatever it has it by. */
export function feedGrants(
  holdings: readonly FeedHolding[],
  roles: readonly FeedRole[],
  context: FeedGrantContext,
): Grant[] {
  const held = holdings.flatMap(({ holder, role: name, inherited }) => {
    const role = feedRoleOf(roles, name);
    if (role === undefined) return [];
    const told = role === "custom" ? { slug: context.customSlug, tier: unknownTier, name } : role;
    return [{ subjectId: holder.subjectId, inherited, told, isCustom: role === "custom" }];
  });
  const same = Map.groupBy(held, ({ subjectId, told }) => `${told.slug} ${subjectId}`);
  return [...same.values()].flatMap((each) => feedGrant(each, context));
}

/** What a role gives whose name is not known is told nowhere: it can be all. */
const unknownTier: Tier = 1;

interface HeldRole {
  readonly subjectId: string;
  readonly inherited: boolean;
  readonly told: Pick<FeedRole, "slug" | "tier" | "name">;
  readonly isCustom: boolean;
}

function feedGrant(same: readonly HeldRole[], { directory, roleGroups, organization }: FeedGrantContext): Grant[] {
  const [first] = same;
  if (!first) return [];
  const { subjectId, told, isCustom } = first;
  const principal = directory.ref(subjectId);
  const isGroup = principal.type === "group" || principal.type === "team";
  const everybody = roleGroups.get(subjectId)?.everybody ?? false;
  const direct = same.some(({ inherited }) => !inherited);
  const inherited = same.some((each) => each.inherited);
  const sources: Json[] = [
    ...(direct ? [{ kind: "direct" }] : []),
    ...(inherited ? [{ kind: "inherited", from: `${organization.type}:${organization.id}` }] : []),
  ];
  const immutable = everybody
    ? "a group that holds everybody: Azure DevOps keeps its members and its permissions"
    : direct
      ? undefined
      : "inherited from all feeds of the organization: change it there";
  const grant: Grant = {
    slug: told.slug,
    principal,
    ...(isGroup && expands(told.tier) && !everybody ? { throughSlug: "member" } : {}),
    metadata: {
      risk_tier: `T${told.tier}`,
      sources,
      ...(isCustom ? { role: same.map((each) => each.told.name) } : {}),
    },
    ...(immutable === undefined ? {} : { immutable }),
  };
  return [grant];
}
