import type { Feed, FeedView } from "../../azure-devops/feeds.ts";
import type { Call } from "../../call.ts";
import { allAtOnce, defineResource } from "../../connector/handler.ts";
import { compareText } from "../../connector/ids.ts";
import { compareGrants } from "../../connector/keyset.ts";
import type { EntitlementDefinition, Resource, ResourceRef } from "../../connector/model.ts";
import { feedRoles } from "../../permissions/feed-roles.ts";
import { memberTypesOf } from "../membership-grants.ts";
import type { SyncOptions } from "../options.ts";
import { tierMeanings } from "../permissions/entitlements.ts";
import type { Readings } from "../readings/index.ts";
import { customDefinition } from "../roles/hub-entitlements.ts";
import { feedRoleWriter } from "../writers/feed-roles.ts";
import { type FeedGrantContext, feedGrants } from "./grants.ts";

/** Feeds of packages, each with who has which role on it. */
export function feedResource(options: SyncOptions) {
  return defineResource<Readings>({
    type: {
      id: "feed",
      displayName: "Feed",
      description: "An artifact feed of the organization or a project.",
      traits: [],
    },
    entitlements: feedEntitlements(memberTypesOf(options).filter((type) => type !== "unknown-identity")),
    list: (readings) =>
      allAtOnce(async (call) => {
        const [feeds, asResource] = await Promise.all([readings.feeds.all(call), resourceMaker(readings, call)]);
        return [...feeds.values()].map(asResource);
      }),
    async get(readings, id, call) {
      const [feed, asResource] = await Promise.all([find(readings, id, call), resourceMaker(readings, call)]);
      return feed && asResource(feed);
    },
    canonical: async (_readings, ref) => ({ ...ref, id: ref.id.toLowerCase() }),
    writer: () => feedRoleWriter,
    grants: {
      resourceIds: async ({ feeds }, call) => [...(await feeds.all(call)).keys()],
      has: async (readings, id, call) => (await find(readings, id, call)) !== undefined,
      async of(readings, id, whole, call) {
        if (!whole && !(await find(readings, id, call))) return undefined;
        const [holdings, context] = await Promise.all([
          readings.feeds.holdings(call),
          feedGrantContext(readings, call),
        ]);
        return feedGrants(holdings.get(id) ?? [], feedRoles, { ...context, customSlug: "custom" }).sort(compareGrants);
      },
    },
  });
}

async function find({ feeds }: Readings, id: string, call: Call): Promise<Feed | undefined> {
  return (await feeds.all(call)).get(id);
}

function feedEntitlements(principalTypes: readonly string[]): EntitlementDefinition[] {
  const base = { purpose: "permission", grantableTo: principalTypes } as const;
  const own = feedRoles.map(({ slug, displayName, tier }, order): EntitlementDefinition => {
    const description = `The role ${displayName}. ${tierMeanings[tier]}.`;
    return { ...base, slug, displayName, description, exclusion: { group: "role", order: order + 1 } };
  });
  return [...own, { ...base, slug: "custom", ...customDefinition("") }].sort((a, b) => compareText(a.slug, b.slug));
}

/** What a grant on a feed is told with. */
export async function feedGrantContext(readings: Readings, call: Call): Promise<Omit<FeedGrantContext, "customSlug">> {
  const [directory, roleGroups, { instanceId }] = await Promise.all([
    readings.principals(call),
    readings.permissions.roleGroups(call),
    readings.access.connection(call),
  ]);
  return { directory, roleGroups, organization: { type: "organization", id: instanceId.toLowerCase() } };
}

async function resourceMaker(readings: Readings, call: Call): Promise<(feed: Feed) => Resource> {
  const [views, organization] = await Promise.all([readings.feeds.views(call), readings.organization(call)]);
  return (feed) => toResource(feed, views.get(feed.id) ?? [], organization);
}

/** From the narrowest to the widest circle of who may read packages through a view (facts 5.3). */
const visibilities = ["private", "collection", "organization", "aadTenant"];

function toResource(feed: Feed, views: readonly FeedView[], organization: ResourceRef | undefined): Resource {
  const { id, name, description, project, isReadOnly, upstreamEnabled } = feed;
  const ranks = views.map(({ visibility }) => visibilities.indexOf(visibility ?? ""));
  return {
    type: "feed",
    id,
    displayName: name,
    description: description || undefined,
    parent: project ? { type: "project", id: project.id } : organization,
    profile: {
      project: project?.name,
      scope: project ? "project" : "organization",
      read_only: isReadOnly,
      upstream_enabled: upstreamEnabled,
      views: views
        .map((view) => `${view.name}: ${view.visibility ?? "unknown"}`)
        .sort(compareText)
        .join(", "),
      widest_view: visibilities[Math.max(...ranks, -1)],
    },
  };
}
