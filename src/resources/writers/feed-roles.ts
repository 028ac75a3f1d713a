import type { FeedAddress } from "../../azure-devops/feeds.ts";
import type { Call } from "../../call.ts";
import type { ChangeRequest, Writer } from "../../connector/changes.ts";
import { entitlementId, parseEntitlementId, shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { type FeedRole, feedRoleOf, feedRoles, globalFeedRoles } from "../../permissions/feed-roles.ts";
import type { Readings } from "../readings/index.ts";
import { identityOf, subjectsOf } from "./entry-list.ts";
import { type ExclusiveSet, exclusiveChange, type Holding } from "./exclusive.ts";
import { guardHolder } from "./permissions.ts";
import { findPrincipal, type Principal } from "./principals.ts";
import { mustBeReadable } from "./readable.ts";

/** What roles are on: a feed, or all of them. */
interface FeedTarget {
  readonly address: FeedAddress | undefined;
  readonly roles: readonly FeedRole[];
  readonly customSlug: string;
  readonly label: string;
}

/** Roles on one feed. */
export const feedRoleWriter: Writer<Readings> = async (readings, request, policy, call) => {
  await mustBeReadable(readings, "feeds", call);
  const feed = (await readings.feeds.all(call)).get(request.resource.id);
  if (!feed) throw new ConnectorError("not-found", `there is no feed ${shorten(request.resource.id)}: sync again`);
  const address = { id: feed.id, projectId: feed.project?.id };
  const target = { address, roles: feedRoles, customSlug: "custom", label: `feed ${feed.name}` };
  return feedChange(target)(readings, request, policy, call);
};

/** Roles on all feeds, which are entitlements of the organization. */
export const globalFeedRoleWriter: Writer<Readings> = async (readings, request, policy, call) => {
  await mustBeReadable(readings, "feeds", call);
  const { instanceId } = await readings.access.connection(call);
  if (instanceId.toLowerCase() !== request.resource.id) {
    throw new ConnectorError("not-found", `this is not the organization ${shorten(request.resource.id)}`);
  }
  const target = { address: undefined, roles: globalFeedRoles, customSlug: "feeds.custom", label: "all feeds" };
  return feedChange(target)(readings, request, policy, call);
};

const feedChange =
  (target: FeedTarget): Writer<Readings> =>
  async (readings, request, policy, call) => {
    guardHolder(readings, request);
    if (!target.roles.some(({ slug }) => slug === request.slug)) throw unknownRole(request);
    const principal = await findPrincipal(readings, request.principal, call);
    return exclusiveChange(readings, request, principal, feedSet(readings, request, principal, target), policy);
  };

function unknownRole({ resource, slug }: ChangeRequest): ConnectorError {
  const id = shorten(entitlementId(resource, slug));
  return slug.endsWith("custom")
    ? new ConnectorError("refused", `${id} stands for what no role names: give a role in its place`)
    : new ConnectorError("not-found", `there is no entitlement ${id}: sync again`);
}

function feedSet(
  readings: Readings,
  { resource }: ChangeRequest,
  principal: Principal,
  { address, roles, customSlug, label }: FeedTarget,
): ExclusiveSet {
  const { feeds } = readings.client;
  const idOf = (name: string) => {
    const role = feedRoleOf(roles, name);
    return role && entitlementId(resource, role === "custom" ? customSlug : role.slug);
  };
  const roleOfId = (id: string): FeedRole | undefined => {
    const parsed = parseEntitlementId(id);
    const isHere = parsed.resource.type === resource.type && parsed.resource.id === resource.id;
    return isHere ? roles.find(({ slug }) => slug === parsed.slug) : undefined;
  };
  const rankOf = (id: string | undefined) => roles.findIndex(({ slug }) => id && slug === roleOfId(id)?.slug);
  let descriptor: string | undefined;

  return {
    label: (id) => `the role ${roleOfId(id)?.displayName ?? "custom"} on ${label}`,
    lock: `feed ${address?.id ?? "all"}`,
    floor: undefined,
    canGive: (id) => roleOfId(id) !== undefined,
    lowers: (own, after) => own !== undefined && (!roleOfId(own) || rankOf(after) < rankOf(own)),
    async read(call): Promise<Holding> {
      const all = address
        ? await feeds.listPermissions(address, call)
        : (await feeds.globalPermissions(call)).map((each) => ({ ...each, isInheritedRole: false }));
      const descriptors = all.map(({ identityDescriptor }) => ({ descriptor: identityDescriptor }));
      const subjects = await subjectsOf(readings, descriptors, principal, call);
      const held = all.filter(({ identityDescriptor }) => subjects(identityDescriptor) === principal.descriptor);
      const own = held.find(({ isInheritedRole, role }) => !isInheritedRole && idOf(role) !== undefined);
      descriptor = own?.identityDescriptor ?? descriptor;
      const others = new Map<string, string>();
      for (const { role, isInheritedRole } of held) {
        const id = idOf(role);
        if (isInheritedRole && id) others.set(id, "inherited from all feeds of the organization");
      }
      return { own: own && idOf(own.role), others };
    },
    async set(id: string | undefined, call: Call) {
      descriptor ??= await identityOf(readings, principal, call);
      const role = id === undefined ? "none" : (roleOfId(id)?.name ?? "");
      return address
        ? feeds.setPermission(address, descriptor, role, call)
        : feeds.setGlobalPermission(descriptor, role, call);
    },
  };
}
