import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { subjectAt } from "../../src/emulator/index.ts";
import type { Exchange } from "./exchanges.ts";

/** One request of each kind to every documented route of access levels. */
export function entitlementExchanges(emulator: Emulator, user: Subject): readonly Exchange[] {
  const without = emulator.state.groups.find((index) => !emulator.state.ruleGroups.includes(index));
  const group = subjectAt(emulator.state, without ?? -1);
  const { licenceRules } = emulator.state;
  const inProjects = licenceRules.find(({ projects }) => projects.length > 0) ?? licenceRules[0];
  const rule = subjectAt(emulator.state, inProjects?.group ?? group.index);
  const get = (path: string, extra: Partial<Exchange> = {}): Exchange => {
    return { area: "memberEntitlementManagement", method: "GET", path, version: "7.1", ...extra };
  };
  return [
    get("userentitlements"),
    get("userentitlements", { query: { $filter: "userType eq 'guest'", select: "license", $orderBy: "name" } }),
    get("userentitlements", { query: { select: "all" } }),
    get("userentitlements/{userId}", { params: { userId: user.storageKey } }),
    get("memberentitlements", { version: "7.1-preview.2" }),
    ...emulator.state.servicePrincipals.map((index) =>
      get("serviceprincipalentitlements/{servicePrincipalId}", {
        params: { servicePrincipalId: subjectAt(emulator.state, index).storageKey },
        version: "7.1-preview.1",
      }),
    ),
    get("groupentitlements"),
    get("groupentitlements/{groupId}", { params: { groupId: rule.storageKey } }),
    get("groupentitlements/{groupId}", { params: { groupId: group.storageKey } }),
    get("GroupEntitlements/{groupId}/members", { params: { groupId: rule.storageKey }, query: { maxResults: "5" } }),
    get("userentitlementsummary"),
    get("userentitlementsummary", { query: { select: "Licenses" } }),
  ];
}
