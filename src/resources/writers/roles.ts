import type { RolePlace } from "../../azure-devops/security-roles.ts";
import type { Call } from "../../call.ts";
import type { ChangeRequest, Writer } from "../../connector/changes.ts";
import { entitlementId, parseEntitlementId, shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { withoutBits } from "../../permissions/bits.ts";
import { hubsOf, scopes } from "../../permissions/role-scopes.ts";
import { customRole, type Role, type RoleScope, roles } from "../../permissions/roles.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import { isRoleType } from "../options.ts";
import type { Readings } from "../readings/index.ts";
import { readingOfType } from "../roles/objects.ts";
import { containersOf } from "./containers.ts";
import { type ExclusiveSet, exclusiveChange, type Holding } from "./exclusive.ts";
import { guardGroupDenies } from "./group-denies.ts";
import { guardHolder } from "./permissions.ts";
import { findPrincipal, type Principal, storageKeyOf } from "./principals.ts";
import { mustBeReadable } from "./readable.ts";
import { type ListBehind, type RolesHere, readListBehind, replaceBits } from "./role-entry.ts";

/** Something on which roles are assigned. */
interface RoleTarget {
  readonly scope: RoleScope;
  readonly resourceId: string;
  /** Of the object, or of the project or organization that has all of a kind. */
  readonly id: string;
  /** Before the role in slugs: "" of an object, the hub and a dot of all of a kind. */
  readonly prefix: string;
  readonly label: string;
}

/** Roles on one object. */
export function objectRoleWriter(type: RoleObjectType): Writer<Readings> {
  return roleWriter(async (readings, { resource }, call) => {
    await mustBeReadable(readings, readingOfType[type], call);
    const object = await readings.roles.find(type, resource.id, call);
    if (!object) throw gone(resource.type, resource.id);
    return { ...objectTarget(type, resource.id), id: resource.id, prefix: "", label: `${type} ${object.name}` };
  });
}

/** Roles on all of a kind of a project or the organization. */
export function hubRoleWriter(of: "project" | "organization", slug: string): Writer<Readings> | undefined {
  const hub = slug.slice(0, slug.indexOf("."));
  const isHub = hubsOf(of, ["agent-pool", "environment", "service-connection", "variable-group", "secure-file"]).some(
    ({ scope }) => scope.hub === hub,
  );
  if (!isHub) return undefined;
  return roleWriter(async (readings, { resource }, call) => {
    const found = hubsOf(of, readings.options.optionalTypes.filter(isRoleType)).find(({ scope }) => scope.hub === hub);
    if (!found || !(await exists(readings, of, resource.id, call))) throw gone(resource.type, resource.id);
    const { scope, title } = found;
    const resourceId = of === "organization" ? "0" : scope === scopes.library ? `${resource.id}$0` : resource.id;
    return { scope, resourceId, id: resource.id, prefix: `${hub}.`, label: title.toLowerCase() };
  });
}

async function exists({ access, projects }: Readings, of: string, id: string, call: Call): Promise<boolean> {
  if (of === "organization") return (await access.connection(call)).instanceId.toLowerCase() === id;
  return (await projects.projects(call)).some((project) => project.id === id);
}

/** Where an object's roles are assigned (facts 5.2). */
function objectTarget(type: RoleObjectType, id: string): Pick<RoleTarget, "scope" | "resourceId"> {
  const at = id.indexOf("_");
  const shared = at < 0;
  switch (type) {
    case "agent-pool":
      return shared ? { scope: scopes.pool, resourceId: id } : { scope: scopes.queue, resourceId: id };
    case "environment":
      return { scope: scopes.environment, resourceId: id };
    case "service-connection":
      return shared
        ? { scope: scopes.collectionEndpoint, resourceId: `collection_${id}` }
        : { scope: scopes.endpoint, resourceId: id };
    case "variable-group":
    case "secure-file": {
      const scope = type === "variable-group" ? scopes.variableGroup : scopes.secureFile;
      if (!shared) return { scope, resourceId: `${id.slice(0, at)}$${id.slice(at + 1)}` };
      const told = `no public API changes the roles on a ${type} as the organization has it: change them in a project that uses it`;
      throw new ConnectorError("refused", told);
    }
  }
}

function gone(type: string, id: string): ConnectorError {
  return new ConnectorError("not-found", `there is no ${type} ${shorten(id)}, or it has no roles: sync again`);
}

type FindTarget = (readings: Readings, request: ChangeRequest, call: Call) => Promise<RoleTarget>;

function roleWriter(findTarget: FindTarget): Writer<Readings> {
  return async (readings, request, policy, call) => {
    guardHolder(readings, request);
    const target = await findTarget(readings, request, call);
    if (!roleOf(request, target)) throw unknownRole(request, target);
    const principal = await findPrincipal(readings, request.principal, call);
    const identityId = await storageKeyOf(readings, principal, call);
    const place = { scope: target.scope.id, resourceId: target.resourceId, identityId };
    const here = { scope: target.scope, id: target.id, masks: await readings.roles.masks(target.scope, call) };
    const set = roleSet(readings, request, principal, { target, place, here });
    return exclusiveChange(readings, request, principal, set, policy);
  };
}

/** The role of a slug that can be given there; slugs of parts of a hub, and of what no role names, are none. */
function roleOf({ slug }: Pick<ChangeRequest, "slug">, { prefix, scope }: RoleTarget): Role | undefined {
  const role = slug.startsWith(prefix) ? roles.find((each) => each.slug === slug.slice(prefix.length)) : undefined;
  return role && scope.masks[role.slug] ? role : undefined;
}

function unknownRole({ resource, slug }: ChangeRequest, { label }: RoleTarget): ConnectorError {
  const id = shorten(entitlementId(resource, slug));
  const parts = slug.split(".");
  if (parts.length !== 2 && roles.some((role) => role.slug === parts.at(-1))) {
    const why = parts.length === 1 ? `${label} has no such role` : `roles on one of ${label} are changed there`;
    return new ConnectorError("refused", `${id} cannot be changed here: ${why}; look at its security in Azure DevOps`);
  }
  return slug.endsWith("custom")
    ? new ConnectorError("refused", `${id} stands for permissions that no role names: give a role in its place`)
    : new ConnectorError("not-found", `there is no entitlement ${id} that can be changed: sync again`);
}

/** What is changed, in the words of both interfaces: of roles, and of the lists behind them. */
interface RoleAt {
  readonly target: RoleTarget;
  readonly place: RolePlace;
  readonly here: RolesHere;
}

function roleSet(
  readings: Readings,
  { kind, resource, slug }: ChangeRequest,
  principal: Principal,
  { target, place, here }: RoleAt,
): ExclusiveSet {
  const { securityRoles } = readings.client;
  const idOf = (role: string) => entitlementId(resource, `${target.prefix}${role}`);
  const roleOfId = (id: string): Role | undefined => {
    const parsed = parseEntitlementId(id);
    const isHere = parsed.resource.type === resource.type && parsed.resource.id === resource.id;
    return isHere ? roleOf(parsed, target) : undefined;
  };
  const slugOf = (name: string) =>
    roles.find((each) => each.name.toLowerCase() === name.replaceAll(" ", "").toLowerCase())?.slug ?? customRole;
  /** Undefined for what no role names. */
  const maskOf = (id: string): number | undefined => {
    const role = roleOfId(id);
    return role && here.masks[role.slug];
  };
  const label = (id: string) => `the role ${roleOfId(id)?.displayName ?? "custom"} on ${target.label}`;
  const wanted = entitlementId(resource, slug);
  let behind: ListBehind | undefined;
  let isListMissing = false;

  return {
    label,
    lock: `roles ${place.scope} ${place.resourceId}`,
    floor: undefined,
    canGive: (id: string) => roleOfId(id) !== undefined,
    lowers(own, after) {
      const lost = own === undefined ? 0 : maskOf(own);
      return lost === undefined || withoutBits(lost, after === undefined ? 0 : (maskOf(after) ?? 0)) > 0;
    },
    async read(call): Promise<Holding> {
      const [all, list] = await Promise.all([
        securityRoles.listAssignments(place.scope, place.resourceId, call),
        readListBehind(readings, here, principal, call),
      ]);
      behind = list;
      isListMissing = !list.isThere && all.some(({ access }) => access === "assigned");
      const mine = all.filter(({ identity }) => identity.id.toLowerCase() === place.identityId);
      const others = new Map<string, string>();
      for (const { role, access } of mine) {
        if (access === "inherited") others.set(idOf(slugOf(role.name)), "inherited from all of its kind");
      }
      for (const [id, by] of await throughGroups(all, call)) if (!others.has(id)) others.set(id, by);
      const assigned = mine.find(({ access }) => access === "assigned");
      const { role, unnamed = [], denied = [] } = list.own ?? {};
      const own = role ?? (assigned ? slugOf(assigned.role.name) : unnamed.length > 0 ? customRole : undefined);
      return { own: own && idOf(own), others, unnamed, denied };
    },
    async guard(_holding, call) {
      if (kind !== "grant") return;
      if (isListMissing) {
        const told = `what a role on ${target.label} would take the place of cannot be read, since no access control list of it is found`;
        throw new ConnectorError("refused", `${told}: give it in Azure DevOps`);
      }
      const given = { entries: behind?.entries ?? [], bits: maskOf(wanted) ?? 0, label: label(wanted) };
      await guardGroupDenies(readings, principal, given, call);
    },
    async set(id, call) {
      const { own } = behind ?? {};
      // Taking a role takes the entry behind it, and whatever stands in it besides.
      if (kind === "revoke" && own && own.unnamed.length + own.denied.length > 0) {
        const bits = { from: maskOf(wanted) ?? 0, to: id === undefined ? 0 : (maskOf(id) ?? 0) };
        return replaceBits(readings, own, bits, call);
      }
      return id === undefined
        ? securityRoles.unassign(place, call)
        : securityRoles.assign(place, roleOfId(id)?.name ?? "", call);
    },
  };

  /** Roles of groups that the principal is in, by storage key. */
  async function throughGroups(
    all: Awaited<ReturnType<typeof securityRoles.listAssignments>>,
    call: Call,
  ): Promise<ReadonlyMap<string, string>> {
    const groups = [...(await containersOf(readings, principal.descriptor, call)).keys()].slice(1);
    const known = await readings.client.graph.lookup(groups, call);
    const names = new Map(
      [...known.values()].map(({ originId, principalName }) => [originId?.toLowerCase(), principalName]),
    );
    const found = new Map<string, string>();
    for (const { identity, role } of all) {
      const name = names.get(identity.id.toLowerCase());
      if (name) found.set(idOf(slugOf(role.name)), `through ${name}`);
    }
    return found;
  }
}
