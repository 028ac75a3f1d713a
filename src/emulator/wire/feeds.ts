import type { Feed, FeedView, Upstream } from "../feeds.ts";
import type { Call } from "../router.ts";
import type { Service } from "../service.ts";
import { projectAt } from "../state.ts";
import { wireDate } from "./dates.ts";

/** URL of a feed; that of a project's has the project's id in it. */
export function feedUrl(service: Service, { id, project }: Feed): string {
  const scope = project === undefined ? "" : `/${projectAt(service.state, project).id}`;
  return `${service.baseUrl("feeds")}${scope}/_apis/Packaging/Feeds/${id}`;
}

function wireUpstream({ deleted, id, location, name, protocol }: Upstream): object {
  return {
    id,
    name,
    protocol,
    location,
    displayLocation: location,
    upstreamSourceType: "public",
    status: "ok",
    ...(deleted ? { deletedDate: "2026-09-14T00:00:00Z" } : {}),
  };
}

/** A feed; upstreams that were deleted only when they are asked for, and links unless they are declined. */
export function wireFeed(call: Call, feed: Feed): object {
  const { description, id, name, upstreams, views } = feed;
  const project = feed.project === undefined ? undefined : projectAt(call.state, feed.project);
  const withDeleted = call.query.get("includedeletedupstreams")?.toLowerCase() === "true";
  const withUrls = call.query.get("includeurls")?.toLowerCase() !== "false";
  const url = feedUrl(call, feed);
  const links = {
    self: { href: url },
    packages: { href: `${url}/Packages` },
    permissions: { href: `${url}/Permissions` },
  };
  const sources = upstreams.filter(({ deleted }) => withDeleted || !deleted);
  return {
    description,
    ...(withUrls ? { url, _links: links } : {}),
    hideDeletedPackageVersions: true,
    badgesEnabled: false,
    ...(views[0] ? { defaultViewId: views[0].id } : {}),
    viewId: null,
    viewName: null,
    id,
    name,
    fullyQualifiedName: name,
    fullyQualifiedId: id,
    upstreamEnabled: upstreams.length > 0,
    upstreamSources: sources.map(wireUpstream),
    capabilities: "defaultCapabilities",
    ...(project ? { project: { id: project.id, name: project.name, visibility: project.visibility } } : {}),
    ...(feed.deleted === undefined ? {} : { deletedDate: wireDate(feed.deleted, call.beliefs.dates, 0) }),
  };
}

/** A view of a feed. */
export function wireView(service: Service, feed: Feed, { id, name, type, visibility }: FeedView): object {
  const url = `${feedUrl(service, feed)}/Views/${id}`;
  return { id, name, url, _links: { self: { href: url } }, type, visibility };
}
