import type { Language } from "../options.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import type { RoleDefinition } from "../role-definitions.ts";
import { roleLocations as locations } from "../role-locations.ts";
import type { RoleScope, RoleTarget } from "../role-scopes.ts";
import { roleScopes } from "../role-scopes.ts";
import { createRoleTokens } from "../role-tokens.ts";
import type { Call, Route } from "../router.ts";
import type { AccessEntry, AccessList, Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { identityReference } from "../wire/references.ts";
import { inAnyOrder } from "./listings.ts";

/** What people read in place of a name; the name itself never changes. */
const titles = {
  en: { ServiceAccount: "Service Account", assigned: "Assigned", inherited: "Inherited" },
  de: {
    Reader: "Leser",
    User: "Benutzer",
    Creator: "Ersteller",
    ServiceAccount: "Dienstkonto",
    assigned: "Zugewiesen",
    inherited: "Geerbt",
  },
} as const satisfies Record<Language, Readonly<Record<string, string>>>;

function titleOf({ settings }: Call, name: string): string {
  const own: Readonly<Record<string, string>> = titles[settings.language];
  return own[name] ?? name;
}

function wireRole(call: Call, scope: RoleScope, { allow, description, name }: RoleDefinition): object {
  return {
    displayName: titleOf(call, name),
    name,
    allowPermissions: allow,
    denyPermissions: 0,
    identifier: `${scope.id}.${name}`,
    description,
    scope: scope.id,
  };
}

/** The service says in words alone that there is no such scope (facts 5.1). */
export function scopeOf(call: Call): RoleScope {
  const asked = call.param("scopeId");
  const found = roleScopes.find(({ id }) => id === asked.toLowerCase());
  if (found) return found;
  throw new Refusal(404, "SecurityRoleScopeNotFoundException", `The security role scope '${asked}' does not exist.`);
}

function definitions(call: Call): Reply {
  const scope = scopeOf(call);
  return okList(scope.roles.map((role) => wireRole(call, scope, role)));
}

/** Who holds which role on a resource, by an entry of its own or of all of its kind. */
export interface Assignment {
  readonly who: Subject;
  readonly role: RoleDefinition;
  readonly access: "assigned" | "inherited";
}

/** The identity of an entry, when it still has the storage key that these bodies name it by (facts 2.2). */
function holderOf(call: Call, { who }: AccessEntry): Subject | undefined {
  const subject = typeof who === "number" ? subjectAt(call.state, who) : undefined;
  return subject?.known === "nowhere" ? undefined : subject;
}

/** The role that an entry is: all of its bits and none denied. Other entries are no role, and do not show. */
function assignments(
  call: Call,
  list: AccessList | undefined,
  access: Assignment["access"],
  roles: readonly RoleDefinition[],
): Assignment[] {
  return (list?.entries ?? []).flatMap((entry) => {
    const role = roles.find(({ allow }) => allow === entry.allow && entry.deny === 0);
    const who = holderOf(call, entry);
    return role && who ? [{ who, role, access }] : [];
  });
}

/** Where the assignments of the resource stand that a path names. */
export function roleTarget(call: Call, scope: RoleScope): RoleTarget {
  const asked = call.param("resourceId");
  const target = scope.target(createRoleTokens(call.beliefs), asked);
  if (target) return target;
  throw badArgument(`"${asked}" is no resource of the scope ${scope.id}.`);
}

/** Those of the resource, and of all of its kind those that it inherits; one role an identity (facts 5.1, 5.2). */
function assignmentsOf(call: Call, scope: RoleScope): readonly Assignment[] {
  const target = roleTarget(call, scope);
  const lists = call.state.accessLists.get(scope.namespace ?? "");
  const own = lists?.get(target.token.toLowerCase());
  const hub = target.hub === undefined || own?.inherit === false ? undefined : lists?.get(target.hub.toLowerCase());
  const assigned = assignments(call, own, "assigned", scope.roles);
  const held = new Set(assigned.map(({ who }) => who.index));
  // Whoever creates things of the kind holds nothing on one of them: the scope of a resource has no such role.
  const inherited = assignments(call, hub, "inherited", scope.hubRoles).flatMap((each) => {
    const role = scope.roles.find(({ name }) => name === each.role.name);
    return role && !held.has(each.who.index) ? [{ ...each, role }] : [];
  });
  return [...assigned, ...inherited];
}

/** Whether an identity's role on the resource of a path comes from all of its kind. */
export function inheritedRoleOf(call: Call, scope: RoleScope, { index }: Subject): boolean {
  return assignmentsOf(call, scope).some(({ access, who }) => access === "inherited" && who.index === index);
}

function roleAssignments(call: Call): Reply {
  const scope = scopeOf(call);
  const all = inAnyOrder(call, assignmentsOf(call, scope));
  return okList(all.map((each) => wireAssignment(call, scope, each)));
}

/** An assignment as bodies have it. */
export function wireAssignment(call: Call, scope: RoleScope, { access, role, who }: Assignment): object {
  const { displayName, id, uniqueName } = identityReference(call, who);
  return {
    identity: { displayName, id, uniqueName },
    role: wireRole(call, scope, role),
    access,
    accessDisplayName: titleOf(call, access),
  };
}

const path = "_apis/securityroles/scopes/{scopeId}";

/** Roles of a scope and who holds them, another view of the access control lists (facts 5.1). */
export function roleRoutes(scopes: readonly string[]): readonly Route[] {
  const get = (end: string, location: Route["location"], handle: Route["handle"]): Route => {
    return { method: "GET", path: `${path}/${end}`, location, scopes, handle };
  };
  return [
    get("roledefinitions", locations.roleDefinitions, definitions),
    get("roleassignments/resources/{resourceId}", locations.roleAssignments, roleAssignments),
  ];
}
