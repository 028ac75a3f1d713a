import type { FeedPermission, FeedRole, GlobalFeedPermission } from "../feeds.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { Call, Route } from "../router.ts";
import { subjectAt } from "../state.ts";
import { feedOf, wireGlobalPermission, wirePermission } from "./feeds.ts";
import { writing } from "./writing.ts";

const scopes = ["vso.packaging_manage"];
const feedRoles: readonly FeedRole[] = ["none", "reader", "contributor", "administrator", "collaborator"];
const globalRoles: readonly GlobalFeedPermission["role"][] = ["none", "feedCreator", "administrator"];

interface Asked<Role extends string> {
  readonly who: number | string;
  readonly role: Role;
}

/** The identity of an entry: one that is known, or one that stands there already and nobody knows. */
function identityOf(call: Call, descriptor: unknown, held: readonly (number | string)[]): number | string {
  if (typeof descriptor !== "string" || descriptor === "") throw badArgument("Each entry needs an identityDescriptor.");
  const subject = call.lookup.byIdentity(descriptor);
  const who = subject?.index ?? held.find((each) => String(each).toLowerCase() === descriptor.toLowerCase());
  const isKnown = typeof who === "string" || (who !== undefined && subjectAt(call.state, who).known !== "nowhere");
  if (who !== undefined && (isKnown || held.includes(who))) return who;
  throw new Refusal(404, "IdentityNotFoundException", `The identity '${descriptor}' could not be found.`);
}

/** The entries of a body; a role that is custom is made of bits and cannot be given by its name. */
function read<Role extends string>(
  call: Call,
  roles: readonly Role[],
  held: readonly (number | string)[],
): Asked<Role>[] {
  if (!Array.isArray(call.body)) throw badArgument("The body must be a list of permissions.");
  return call.body.map((each: unknown) => {
    const { identityDescriptor, role: name } = isRecord(each) ? each : {};
    const role = roles.find((known) => known.toLowerCase() === String(name).toLowerCase());
    if (role === undefined) throw badArgument(`"${String(name)}" is no role that can be given.`);
    return { who: identityOf(call, identityDescriptor, held), role };
  });
}

const whoOf = ({ who }: { readonly who: number | string }) => who;

/** Sets the roles of some identities; `none` takes theirs away, and nobody loses what is inherited (facts 5.3). */
function setPermissions(call: Call): Reply {
  const feed = feedOf(call);
  const asked = read(call, feedRoles, feed.permissions.map(whoOf));
  let permissions = feed.permissions;
  const set = asked.map(({ role, who }): FeedPermission => {
    const at = permissions.findIndex((each) => each.who === who);
    if (permissions[at]?.inherited) throw badArgument("An inherited role cannot be changed on a feed.");
    const after: FeedPermission = { who, role, inherited: false };
    permissions = permissions.toSpliced(at < 0 ? permissions.length : at, 1, ...(role === "none" ? [] : [after]));
    return after;
  });
  if (JSON.stringify(permissions) !== JSON.stringify(feed.permissions))
    call.changes.setFeedPermissions(feed.id, permissions);
  return okList(set.map((each) => wirePermission(call, each)));
}

function setGlobal(call: Call): Reply {
  const { global } = call.state.feeds;
  const asked = read(call, globalRoles, global.map(whoOf));
  let permissions: readonly GlobalFeedPermission[] = global;
  for (const each of asked) {
    const at = permissions.findIndex(({ who }) => who === each.who);
    permissions = permissions.toSpliced(at < 0 ? permissions.length : at, 1, ...(each.role === "none" ? [] : [each]));
  }
  if (JSON.stringify(permissions) !== JSON.stringify(global)) call.changes.setGlobalFeedPermissions(permissions);
  return okList(asked.map((each) => wireGlobalPermission(call, each)));
}

function route(path: string, location: Route["location"], handle: Route["handle"]): Route {
  return writing({ method: "PATCH", path, location, scopes, handle });
}

/** Giving and taking roles on feeds (facts 5.3, 12.4). */
export const feedWriteRoutes: readonly Route[] = [
  route("_apis/packaging/feeds/{feedId}/permissions", locations.feedPermissions, setPermissions),
  route("{project}/_apis/packaging/feeds/{feedId}/permissions", locations.feedPermissions, setPermissions),
  route("_apis/packaging/globalpermissions", locations.globalPermissions, setGlobal),
];
