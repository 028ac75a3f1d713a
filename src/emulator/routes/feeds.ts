import type { Feed, FeedPermission, GlobalFeedPermission } from "../feeds.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { feedUrl, wireFeed, wireView } from "../wire/feeds.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { projectOf } from "./core.ts";
import { inAnyOrder } from "./listings.ts";

/** Any of these reads feeds (facts 9.2). */
const scopes = ["vso.packaging", "vso.packaging_write", "vso.packaging_manage"];
const roles = ["custom", "none", "reader", "contributor", "administrator", "collaborator"];

const isTrue = (call: Call, name: string) => call.query.get(name)?.toLowerCase() === "true";

/** Index of the project of the path; undefined when the path has none. */
function projectIndex(call: Call): number | undefined {
  return call.param("project") === "" ? undefined : projectOf(call, "project").index;
}

/** With a project its own feeds, without one those of the organization and of every project (facts 5.3). */
function feeds(call: Call): Reply {
  const role = call.query.get("feedrole");
  if (role !== undefined && !roles.includes(role.toLowerCase())) throw badArgument(`"${role}" is no role of a feed.`);
  const project = projectIndex(call);
  const found = call.state.feeds.feeds.filter(
    (feed) => feed.deleted === undefined && (project === undefined || feed.project === project),
  );
  return okList(inAnyOrder(call, found).map((feed) => wireFeed(call, feed)));
}

/** By id, or by name: a feed of a project is found under its project alone, any other without one (facts 5.3). */
export function feedOf(call: Call, withDeleted = false): Feed {
  const asked = call.param("feedId");
  const id = canonicalGuid(asked);
  const project = projectIndex(call);
  const matches = (feed: Feed) =>
    id === undefined || withDeleted ? feed.name.toLowerCase() === asked.toLowerCase() : feed.id === id;
  const found = call.state.feeds.feeds.find(
    (feed) => feed.project === project && (withDeleted || feed.deleted === undefined) && matches(feed),
  );
  if (found) return found;
  throw new Refusal(404, "FeedIdNotFoundException", `The feed with ID '${asked}' doesn't exist.`);
}

function subjectOf(call: Call, who: number | string): Subject | undefined {
  return typeof who === "number" ? subjectAt(call.state, who) : undefined;
}

/** By identity descriptor; the storage key only when it is asked for, and of whom it is known (facts 5.3). */
function holder(call: Call, who: number | string) {
  const subject = subjectOf(call, who);
  const known = subject?.known === "nowhere" ? undefined : subject;
  const identityDescriptor = subject?.identity ?? String(who);
  return {
    known,
    fields: { identityDescriptor, ...(known && isTrue(call, "includeids") ? { identityId: known.storageKey } : {}) },
  };
}

/** A permission as bodies have it. */
export function wirePermission(call: Call, { inherited, role, who }: FeedPermission): object {
  const { fields, known } = holder(call, who);
  const name = known?.group ? known.principalName : known?.displayName;
  return { role, ...fields, displayName: name ?? null, isInheritedRole: inherited };
}

function permissions(call: Call): Reply {
  const feed = feedOf(call, isTrue(call, "includedeletedfeeds"));
  const wanted = call.query.get("identitydescriptor")?.toLowerCase();
  const direct = isTrue(call, "excludeinheritedpermissions");
  const found = feed.permissions.filter(
    ({ inherited, who }) =>
      !(direct && inherited) &&
      (wanted === undefined || holder(call, who).fields.identityDescriptor.toLowerCase() === wanted),
  );
  return okList(inAnyOrder(call, found).map((each) => wirePermission(call, each)));
}

function globalPermissions(call: Call): Reply {
  const all = inAnyOrder(call, call.state.feeds.global);
  return okList(all.map((each) => wireGlobalPermission(call, each)));
}

/** A right over all feeds as bodies have it. */
export function wireGlobalPermission(call: Call, { role, who }: GlobalFeedPermission): object {
  return { role, ...holder(call, who).fields };
}

function views(call: Call): Reply {
  const feed = feedOf(call);
  return okList(inAnyOrder(call, feed.views).map((view) => wireView(call, feed, view)));
}

function oneView(call: Call): Reply {
  const feed = feedOf(call);
  const asked = call.param("viewId");
  const view = feed.views.find(
    ({ id, name }) => id === canonicalGuid(asked) || name.toLowerCase() === asked.toLowerCase(),
  );
  if (view) return ok(wireView(call, feed, view));
  throw new Refusal(
    404,
    "FeedViewNotFoundException",
    `The view '${asked}' of the feed ${feedUrl(call, feed)} doesn't exist.`,
  );
}

function get(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return { method: "GET", path, location, scopes, handle };
}

/** The same routes below the organization and below a project. */
function inScope(prefix: string): readonly Route[] {
  const path = `${prefix}_apis/packaging/feeds`;
  return [
    get(path, locations.feeds, feeds),
    get(`${path}/{feedId}`, locations.feeds, (call) => ok(wireFeed(call, feedOf(call)))),
    get(`${path}/{feedId}/permissions`, locations.feedPermissions, permissions),
    get(`${path}/{feedId}/views`, locations.feedViews, views),
    get(`${path}/{feedId}/views/{viewId}`, locations.feedViews, oneView),
  ];
}

/** Feeds, who may do what with them, and their views (facts 5.3). */
export const feedRoutes: readonly Route[] = [
  ...inScope(""),
  ...inScope("{project}/"),
  get("_apis/packaging/globalpermissions", locations.globalPermissions, globalPermissions),
];
