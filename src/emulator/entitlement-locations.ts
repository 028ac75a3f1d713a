import type { Location } from "./locations.ts";
import { define, preview, released } from "./locations.ts";

const entitlement = define("MemberEntitlementManagement", ["vsaex"]);

/** Where access levels are (REC OPTIONS bodies; GO, Python SDK). */
export const entitlementLocations = {
  userEntitlements: entitlement(
    "387f832c-dbf2-4643-88e9-c1aa94dbb737",
    "UserEntitlements",
    "_apis/{resource}/{userDescriptor}",
    released,
    5,
    "4.1",
  ),
  userEntitlement: entitlement(
    "8480c6eb-ce60-47e9-88df-eca3c801638b",
    "UserEntitlements",
    "_apis/{resource}/{userId}",
    released,
    5,
    "4.1",
  ),
  memberEntitlements: entitlement(
    "1e8cabfb-1fda-461e-860f-eeeae54d06bb",
    "MemberEntitlements",
    "_apis/{resource}/{memberId}",
    preview,
    3,
    "3.1",
  ),
  servicePrincipalEntitlement: entitlement(
    "1d491a66-190b-43ae-86b8-9c2688c55186",
    "ServicePrincipalEntitlements",
    "_apis/{resource}/{servicePrincipalId}",
    preview,
    1,
    "7.1",
  ),
  servicePrincipalEntitlements: entitlement(
    "f03dbf50-80f8-41b7-8ca2-65b6a178caba",
    "ServicePrincipalEntitlements",
    "_apis/{resource}",
    preview,
    1,
    "7.1",
  ),
  groupEntitlements: entitlement(
    "9bce1f43-2629-419f-8f6c-7503be58a4f3",
    "GroupEntitlements",
    "_apis/{resource}/{groupDescriptor}",
    released,
    1,
    "3.1",
  ),
  groupEntitlement: entitlement(
    "2280bffa-58a2-49da-822e-0764a1bb44f7",
    "GroupEntitlements",
    "_apis/{resource}/{groupId}",
    released,
    1,
    "3.1",
  ),
  groupEntitlementMembers: entitlement(
    "45a36e53-5286-4518-aa72-2d29f7acc5d8",
    "Members",
    "_apis/GroupEntitlements/{groupId}/{resource}/{memberId}",
    released,
    2,
    "3.1",
  ),
  entitlementSummary: entitlement(
    "5ae55b13-c9dd-49d1-957e-6e76c152e3d9",
    "UserEntitlementSummary",
    "_apis/{resource}",
    released,
    2,
    "4.1",
  ),
} as const satisfies Record<string, Location>;
