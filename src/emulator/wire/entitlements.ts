import type { UserEntitlement } from "../../azure-devops/types.ts";
import type { Service } from "../service.ts";
import type { Subject } from "../state.ts";
import { accessLevel } from "./access-levels.ts";
import { neverDate, wireDate } from "./dates.ts";
import { extension, groupAssignments, projectEntitlements } from "./group-entitlements.ts";
import { graphServicePrincipal, graphUser } from "./subjects.ts";

/** Lists of an entitlement that are empty unless they are selected (facts 3.4). */
export type Selected = ReadonlySet<"extensions" | "projects" | "grouprules">;

/** All of them, which is what one entitlement is answered with. */
export const everything: Selected = new Set(["extensions", "projects", "grouprules"]);

function common(service: Service, subject: Subject, selected: Selected) {
  const { dates, entitlementIdCase } = service.beliefs;
  const { entitlement, index } = subject;
  const extensions = entitlement?.extensions ?? [];
  return {
    extensions: selected.has("extensions") ? extensions.map(({ assignment, id }) => extension(id, assignment)) : [],
    id: entitlementIdCase === "upper" ? subject.storageKey.toUpperCase() : subject.storageKey,
    accessLevel: accessLevel(service, entitlement),
    lastAccessedDate: wireDate(entitlement?.lastAccess ?? 0, dates, index),
    dateCreated: entitlement ? wireDate(entitlement.created, dates, index + 1) : neverDate(dates, index),
    projectEntitlements: selected.has("projects") ? projectEntitlements(service, subject) : [],
    groupAssignments: selected.has("grouprules") ? groupAssignments(service, subject) : [],
  };
}

/** A row of userentitlements; a service principal among them looks like a user (facts 15.3). */
export function userEntitlement(service: Service, subject: Subject, selected: Selected): UserEntitlement {
  return { user: graphUser(service, subject), ...common(service, subject, selected) };
}

/** A row of memberentitlements, which hold users and service principals alike. */
export function memberEntitlement(service: Service, subject: Subject, selected: Selected): object {
  const member =
    subject.kind === "service-principal" ? graphServicePrincipal(service, subject) : graphUser(service, subject);
  return { member, ...common(service, subject, selected) };
}

/** The entitlement of one service principal. */
export function servicePrincipalEntitlement(service: Service, subject: Subject): object {
  return { servicePrincipal: graphServicePrincipal(service, subject), ...common(service, subject, everything) };
}
