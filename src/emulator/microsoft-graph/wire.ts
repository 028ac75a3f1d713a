import type { DirectoryObject } from "../entra/directory.ts";

type Wire = Readonly<Record<string, unknown>>;

function propertiesOf(object: DirectoryObject): Wire {
  const { displayName, id } = object;
  if (object.kind === "user") {
    const { isGuest, mail, principalName } = object;
    const userType = isGuest ? "Guest" : "Member";
    return { id, displayName, mail, userPrincipalName: principalName, accountEnabled: true, userType };
  }
  if (object.kind === "servicePrincipal") {
    const servicePrincipalType = object.isManagedIdentity ? "ManagedIdentity" : "Application";
    return { id, appId: object.clientId, displayName, servicePrincipalType, accountEnabled: true };
  }
  const { description, isAssignableToRole, membershipRule, onPremisesSyncEnabled } = object;
  return {
    id,
    displayName,
    description,
    groupTypes: membershipRule === null ? [] : ["DynamicMembership"],
    isAssignableToRole: isAssignableToRole || null,
    mail: null,
    mailEnabled: false,
    membershipRule,
    membershipRuleProcessingState: membershipRule === null ? null : "On",
    onPremisesSyncEnabled: onPremisesSyncEnabled || null,
    securityEnabled: true,
    visibility: null,
  };
}

/** Properties of people that come only when they are asked for (learn.microsoft.com/graph/api/user-get). */
const onDemand: ReadonlySet<string> = new Set(["accountEnabled", "userType"]);

/** The properties that were asked for, or those that come by themselves. */
function selected(properties: Wire, kind: DirectoryObject["kind"], select: readonly string[] | undefined): Wire {
  const isWanted = (name: string) => (select ? select.includes(name) : kind !== "user" || !onDemand.has(name));
  return Object.fromEntries(Object.entries(properties).filter(([name]) => isWanted(name)));
}

/** An object by itself, as `$metadata` calls its set. */
export function entityOf(object: DirectoryObject, select: readonly string[] | undefined, base: string): Wire {
  const set = `${object.kind}s`;
  const context = `${base}/$metadata#${set}${select ? `(${select.join(",")})` : ""}/$entity`;
  return { "@odata.context": context, ...selected(propertiesOf(object), object.kind, select) };
}

/**
 * An object among others. Of one that the token may not read there is the id alone, and null for the rest
 * (learn.microsoft.com/graph/permissions-overview, limited information).
 */
export function memberOf(object: DirectoryObject, select: readonly string[] | undefined, isReadable: boolean): Wire {
  const properties = selected(propertiesOf(object), object.kind, select);
  const shown = Object.entries(properties).map(([name, value]) => [name, isReadable || name === "id" ? value : null]);
  return { "@odata.type": `#microsoft.graph.${object.kind}`, ...Object.fromEntries(shown) };
}
