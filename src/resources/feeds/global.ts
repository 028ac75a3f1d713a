import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import type { EntitlementDefinition, Grant } from "../../connector/model.ts";
import { globalFeedRoles } from "../../permissions/feed-roles.ts";
import { memberTypesOf } from "../membership-grants.ts";
import { tierMeanings } from "../permissions/entitlements.ts";
import type { Readings } from "../readings/index.ts";
import { customDefinition } from "../roles/hub-entitlements.ts";
import { feedGrants } from "./grants.ts";
import { feedGrantContext } from "./resource.ts";

const customSlug = "feeds.custom";

/** Who may make feeds, and who administers all of them: rights on the organization. */
export async function globalFeedGrants(readings: Readings, call: Call): Promise<Grant[]> {
  const [holdings, context] = await Promise.all([readings.feeds.global(call), feedGrantContext(readings, call)]);
  return feedGrants(holdings, globalFeedRoles, { ...context, customSlug });
}

/** The roles on all feeds, ascending by slug; none where feeds cannot be read. */
export async function globalFeedEntitlements(
  readings: Readings,
  call: Call,
): Promise<readonly EntitlementDefinition[]> {
  const { access, options } = readings;
  if (await access.absence("feeds", call)) return [];
  const held = new Set((await globalFeedGrants(readings, call)).map(({ slug }) => slug));
  const grantableTo = memberTypesOf(options).filter((type) => type !== "unknown-identity");
  const base = { purpose: "permission", grantableTo } as const;
  const own = globalFeedRoles.flatMap(({ slug, displayName, tier }, order): EntitlementDefinition[] => {
    if (options.skipUnusedRoles && tier > 1 && !held.has(slug)) return [];
    const description = `${displayName} of the organization. ${tierMeanings[tier]}.`;
    return [{ ...base, slug, displayName, description, exclusion: { group: "feeds", order: order + 1 } }];
  });
  if (held.has(customSlug)) own.push({ ...base, slug: customSlug, ...customDefinition("All feeds: ") });
  return own.sort((a, b) => compareText(a.slug, b.slug));
}
