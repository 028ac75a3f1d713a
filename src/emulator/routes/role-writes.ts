import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { RoleDefinition } from "../role-definitions.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { RoleScope } from "../role-scopes.ts";
import type { Call, Route } from "../router.ts";
import type { AccessList, Subject } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { identityReference } from "../wire/references.ts";
import { securityWriteScopes, storeList } from "./access-writes.ts";
import { inheritedRoleOf, roleTarget, scopeOf, wireAssignment } from "./roles.ts";
import { writing } from "./writing.ts";

/** What a request is about: a scope with lists behind it, and the list of one resource. */
interface Resource {
  readonly scope: RoleScope;
  readonly namespace: string | undefined;
  readonly list: AccessList;
}

function resourceOf(call: Call): Resource {
  const scope = scopeOf(call);
  const { token } = roleTarget(call, scope);
  const list = call.state.accessLists.get(scope.namespace ?? "")?.get(token.toLowerCase());
  return { scope, namespace: scope.namespace, list: list ?? { token, inherit: true, entries: [] } };
}

/** By storage key, or by the name that bodies give it (facts 5.1). */
function identityOf(call: Call, value: unknown): Subject | undefined {
  const { uniqueName, userId } = isRecord(value) ? value : { userId: value, uniqueName: undefined };
  const key = typeof userId === "string" ? canonicalGuid(userId) : undefined;
  const byKey = key === undefined ? undefined : call.lookup.byStorageKey(key);
  const name = typeof uniqueName === "string" ? uniqueName.toLowerCase() : undefined;
  const byName = (subject: Subject) => identityReference(call, subject).uniqueName.toLowerCase() === name;
  const found = byKey ?? (name === undefined ? undefined : call.state.subjects.find(byName));
  return found?.known === "nowhere" ? undefined : found;
}

function roleOf({ roles }: RoleScope, value: unknown): RoleDefinition | undefined {
  const name = isRecord(value) ? value.roleName : undefined;
  return roles.find((role) => role.name.toLowerCase() === String(name).toLowerCase());
}

/** One role an identity: whatever stood in the list for it is gone, and the rest stays (facts 5.1). */
function assign(call: Call, { list, namespace, scope }: Resource, who: Subject, role: RoleDefinition): object {
  const { allow, deny } = list.entries.find((entry) => entry.who === who.index) ?? { allow: 0, deny: 0 };
  if (namespace !== undefined && (allow !== role.allow || deny !== 0)) {
    call.changes.setEntry(namespace, list.token, who.index, { allow: role.allow, deny: 0 });
  }
  return wireAssignment(call, scope, { who, role, access: "assigned" });
}

function unknownIdentity(name: string): Refusal {
  return new Refusal(404, "IdentityNotFoundException", `The identity with identifier '${name}' could not be found.`);
}

function setOne(call: Call): Reply {
  const resource = resourceOf(call);
  const asked = call.param("userId");
  const who = identityOf(call, asked);
  const role = roleOf(resource.scope, call.body);
  if (!role) throw badArgument(`The scope ${resource.scope.id} has no such role.`);
  if (!who || resource.namespace === undefined) throw unknownIdentity(asked);
  return ok(assign(call, resource, who, role));
}

/** Sets each that can be set, and tells those alone: 200 with nothing in it is no success (facts 5.1). */
function setMany(call: Call): Reply {
  if (!Array.isArray(call.body)) throw badArgument("The body must be a list of assignments.");
  const asked: readonly unknown[] = call.body;
  const applied = asked.flatMap((each) => {
    const resource = resourceOf(call);
    const who = identityOf(call, each);
    const role = roleOf(resource.scope, each);
    return who && role && resource.namespace !== undefined ? [assign(call, resource, who, role)] : [];
  });
  return okList(applied);
}

/** What is inherited stands in another list, and cannot be taken away here (facts 5.1). */
function unassign(call: Call, { list, namespace, scope }: Resource, who: Subject | undefined): void {
  const entries = list.entries.filter((entry) => entry.who !== who?.index);
  if (entries.length < list.entries.length && namespace !== undefined) {
    storeList(call, namespace, { ...list, entries });
    return;
  }
  if (!who || !inheritedRoleOf(call, scope, who) || call.beliefs.inheritedRoleRemoval === "ignored") return;
  throw badArgument(`The role of ${who.displayName} on this resource is inherited and cannot be removed here.`);
}

function removeOne(call: Call): Reply {
  unassign(call, resourceOf(call), identityOf(call, call.param("userId")));
  return { status: 200 };
}

/** Removes the roles of some identities; or, told so in the query, cuts the resource off from what it inherits. */
function patch(call: Call): Reply {
  const inherit = call.query.get("inheritpermissions")?.toLowerCase();
  const { list, namespace } = resourceOf(call);
  if (inherit !== undefined) {
    const isSame = list.inherit === (inherit === "true");
    if (namespace !== undefined && !isSame)
      call.changes.setList(namespace, list.token, { ...list, inherit: inherit === "true" });
    return { status: 200 };
  }
  if (!Array.isArray(call.body)) throw badArgument("The body must be a list of ids.");
  for (const id of call.body) unassign(call, resourceOf(call), identityOf(call, id));
  return { status: 200 };
}

const path = "_apis/securityroles/scopes/{scopeId}/roleassignments/resources/{resourceId}";

function route(method: string, end: string, handle: Route["handle"]): Route {
  const location = locations.roleAssignments;
  return writing({ method, path: `${path}${end}`, location, scopes: securityWriteScopes, handle });
}

/** Giving and taking roles, which writes the lists behind them (facts 5.1, 12.4). */
export const roleWriteRoutes: readonly Route[] = [
  route("PUT", "", setMany),
  route("PATCH", "", patch),
  route("PUT", "/{userId}", setOne),
  route("DELETE", "/{userId}", removeOne),
];
