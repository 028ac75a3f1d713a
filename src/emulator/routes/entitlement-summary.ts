import type { LevelName } from "../licences.ts";
import { levelNames } from "../licences.ts";
import { badArgument } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call } from "../router.ts";
import type { Entitlement } from "../state.ts";
import { projectAt, subjectAt } from "../state.ts";
import { accessLevel, accessLevels } from "../wire/access-levels.ts";
import { projectReference } from "../wire/references.ts";

/** Five of these are free, and others can be bought (facts 6.2). */
const freeBasic = 5;
const bought: ReadonlySet<string> = new Set(["express", "advanced"]);
/** Seats that were bought and that nobody has. */
const spare = 3;

/** Who holds a level, people and service principals alike, unless it was taken away. */
export function holdersOf(call: Call, level: LevelName): readonly Entitlement[] {
  const { entitledServicePrincipals, entitledUsers } = call.lookup;
  return [...entitledUsers, ...entitledServicePrincipals].flatMap((index) => {
    const { entitlement } = subjectAt(call.state, index);
    return entitlement?.level === level && entitlement.status !== "deleted" ? [entitlement] : [];
  });
}

/** How many of a level can be held, where a number is set; else as many as are wanted can be bought. */
export function seatsOf({ settings }: Call, level: LevelName): number | undefined {
  return level === "express" || level === "advanced" ? settings.seats[level] : undefined;
}

/** Seats of each level. */
function licenses(call: Call): readonly object[] {
  return levelNames.map((name) => {
    const own = holdersOf(call, name);
    const assigned = own.length;
    const wanted = bought.has(name) ? Math.max(assigned, freeBasic) + spare : assigned;
    const total = Math.max(assigned, seatsOf(call, name) ?? wanted);
    const { licenseDisplayName } = accessLevel(call, { level: name, status: "active", assignment: "unknown" });
    return {
      accountLicenseType: accessLevels[name].accountLicenseType,
      msdnLicenseType: accessLevels[name].msdnLicenseType,
      source: accessLevels[name].licensingSource,
      licenseName: licenseDisplayName,
      assigned,
      available: total - assigned,
      includedQuantity: name === "express" ? freeBasic : 0,
      total,
      disabled: own.filter(({ status }) => status === "disabled").length,
      isPurchasable: bought.has(name),
      nextBillingDate: "2026-12-01T00:00:00Z",
      totalAfterNextBillingDate: total,
    };
  });
}

const properties = ["accesslevels", "licenses", "projects", "groups"];

/** Counts of the organization: without `select` all of them, with it only those (SPEC, in words). */
export function entitlementSummary(call: Call): Reply {
  const names = call.query.get("select")?.toLowerCase().split(",").filter(Boolean);
  const unknown = names?.find((name) => !properties.includes(name));
  if (unknown !== undefined) throw badArgument(`"${unknown}" is no property of the summary.`);
  const wants = (name: string) => names === undefined || names.includes(name);
  const level = (name: (typeof levelNames)[number]) =>
    accessLevel(call, { level: name, status: "active", assignment: "unknown" });
  const projects = call.state.projects.filter(({ state }) => state === "wellFormed");
  const groupTypes = ["projectReader", "projectContributor", "projectAdministrator", "projectStakeholder"];
  return ok({
    licenses: wants("licenses") ? licenses(call) : [],
    projectRefs: wants("projects") ? projects.map(({ index }) => projectReference(projectAt(call.state, index))) : [],
    groupOptions: wants("groups")
      ? groupTypes.map((groupType) => ({
          group: { groupType, displayName: groupType.replace("project", "Project ") },
          accessLevel: level(groupType === "projectStakeholder" ? "stakeholder" : "express"),
        }))
      : [],
    availableAccessLevels: wants("accesslevels") ? levelNames.map(level) : [],
    defaultAccessLevel: level("stakeholder"),
  });
}
