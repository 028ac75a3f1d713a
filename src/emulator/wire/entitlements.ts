import type { AccessLevel, UserEntitlement } from "../../azure-devops/types.ts";
import type { Service } from "../service.ts";
import type { Entitlement, Subject } from "../state.ts";
import { neverDate, wireDate } from "./dates.ts";
import { graphServicePrincipal, graphUser } from "./subjects.ts";

type LevelFields = Pick<
  AccessLevel,
  "licensingSource" | "accountLicenseType" | "msdnLicenseType" | "gitHubLicenseType" | "licenseDisplayName"
>;

function level(source: string, account: string, msdn: string, shown: string, gitHub = "none"): LevelFields {
  return {
    licensingSource: source,
    accountLicenseType: account,
    msdnLicenseType: msdn,
    gitHubLicenseType: gitHub,
    licenseDisplayName: shown,
  };
}

/** Access levels by the names that the seed uses (facts 6.1). */
export const accessLevels: Readonly<Record<string, LevelFields>> = {
  express: level("account", "express", "none", "Basic"),
  stakeholder: level("account", "stakeholder", "none", "Stakeholder"),
  advanced: level("account", "advanced", "none", "Basic + Test Plans"),
  subscriber: level("msdn", "none", "enterprise", "Visual Studio Enterprise subscription"),
  eligible: level("msdn", "none", "eligible", "Visual Studio Subscriber"),
  github: level("gitHub", "none", "none", "GitHub Enterprise", "enterprise"),
};

/** The access level of an entitlement; without one, what `none` looks like. */
export function accessLevel(entitlement: Entitlement | undefined): AccessLevel {
  const fields = accessLevels[entitlement?.level ?? ""] ?? level("none", "none", "none", "");
  return {
    ...fields,
    status: entitlement?.status ?? "none",
    statusMessage: "",
    assignmentSource: entitlement?.assignment ?? "none",
  };
}

/** What entitlements of every kind share; lists that nobody selected are empty (facts 3.4). */
function common(service: Service, subject: Subject) {
  const { dates, entitlementIdCase } = service.beliefs;
  const { entitlement, index } = subject;
  return {
    extensions: [],
    id: entitlementIdCase === "upper" ? subject.storageKey.toUpperCase() : subject.storageKey,
    accessLevel: accessLevel(entitlement),
    lastAccessedDate: wireDate(entitlement?.lastAccess ?? 0, dates, index),
    dateCreated: entitlement ? wireDate(entitlement.created, dates, index + 1) : neverDate(dates, index),
    projectEntitlements: [],
    groupAssignments: [],
  };
}

/** A row of userentitlements; a service principal among them looks like a user (facts 15.3). */
export function userEntitlement(service: Service, subject: Subject): UserEntitlement {
  return { user: graphUser(service, subject), ...common(service, subject) };
}

/** A row of memberentitlements, which hold users and service principals alike. */
export function memberEntitlement(service: Service, subject: Subject): object {
  const member =
    subject.kind === "service-principal" ? graphServicePrincipal(service, subject) : graphUser(service, subject);
  return { member, ...common(service, subject) };
}

/** The entitlement of one service principal. */
export function servicePrincipalEntitlement(service: Service, subject: Subject): object {
  return { servicePrincipal: graphServicePrincipal(service, subject), ...common(service, subject) };
}
