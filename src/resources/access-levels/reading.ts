import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor } from "../../azure-devops/descriptors.ts";
import type { EntitlementSummary } from "../../azure-devops/entitlement-schemas.ts";
import type { UserEntitlement } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { compareText, safeId } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { Access } from "../readings/access.ts";
import { listedMember, type Member } from "../readings/member-resolution.ts";
import type { SubjectReading } from "../readings/subjects.ts";
import { type Level, type LevelFields, levelOf, worksAsStakeholder } from "./levels.ts";

/** The access level of a person or service, with what is told of it. */
export interface HeldLevel {
  readonly subjectId: string;
  readonly level: Level;
  readonly status: string;
  /** Given by a rule of a group, and not to the person. */
  readonly byRule: boolean;
}

/** A rule that gives the members of a group an access level. */
export interface LevelRule {
  readonly groupId: string;
  readonly level: Level;
  readonly status: string;
  readonly extensions: readonly string[];
}

/** An access level of the organization, with its seats where they are told. */
export interface ListedLevel extends Level {
  readonly purchased: number | undefined;
  readonly used: number | undefined;
  readonly fields: LevelFields;
}

/** Access levels, who has which and by what; nothing where entitlements cannot be read. */
export interface AccessLevelReading {
  /** Levels that the organization tells of, and those that somebody has, ascending by id. */
  all(call: Call): Promise<ReadonlyMap<string, ListedLevel>>;
  /** By level. */
  held(call: Call): Promise<ReadonlyMap<string, readonly HeldLevel[]>>;
  rules(call: Call): Promise<readonly LevelRule[]>;
  /** Whoever can use what a Stakeholder can, by the level or since a subscription ended. */
  stakeholders(call: Call): Promise<ReadonlySet<string>>;
  /** Groups of rules, which need not be in any listing. */
  holders(call: Call): Promise<readonly Member[]>;
}

export interface AccessLevelSources {
  readonly client: AzureDevOpsClient;
  readonly access: Access;
  readonly subjects: SubjectReading;
}

export function createAccessLevelReading(
  { client, access, subjects }: AccessLevelSources,
  life: SharedOptions,
): AccessLevelReading {
  const { memberEntitlements } = client;

  const bySubject = createShared(async (call: Call) => {
    const found = new Map<string, HeldLevel>();
    for (const { id, entitlement } of (await subjects.all(call)).values()) {
      const held = entitlement && heldLevel(id, entitlement);
      if (held) found.set(id, held);
    }
    return found;
  }, life);

  const byLevel = createShared(
    async (call: Call) => Map.groupBy((await bySubject.get(call)).values(), ({ level }) => level.id),
    life,
  );

  const rules = createShared(async (call: Call): Promise<readonly LevelRule[]> => {
    if (await access.absence("member-entitlements", call)) return [];
    return (await memberEntitlements.listGroupRules(call)).flatMap(({ group, licenseRule, extensionRules, status }) => {
      const level = licenseRule && levelOf({ ...licenseRule, source: licenseRule.licensingSource });
      if (!level) return [];
      const extensions = extensionRules.flatMap(({ name, id }) => name || id || []);
      return [
        { groupId: safeId(canonicalDescriptor(group.descriptor)), level, status: status ?? "unknown", extensions },
      ];
    });
  }, life);

  const all = createShared(async (call: Call) => {
    if (await access.absence("member-entitlements", call)) return new Map<string, ListedLevel>();
    const [summary, held, ofRules] = await Promise.all([
      memberEntitlements.summary(call),
      bySubject.get(call),
      rules.get(call),
    ]);
    const found = new Map(listedLevels(summary));
    for (const { level } of [...held.values(), ...ofRules]) {
      if (!found.has(level.id)) found.set(level.id, { ...level, purchased: undefined, used: undefined, fields: {} });
    }
    return new Map([...found].sort(([a], [b]) => compareText(a, b)));
  }, life);

  return {
    all: all.get,
    held: byLevel.get,
    rules: rules.get,
    async stakeholders(call) {
      const held = [...(await bySubject.get(call)).values()];
      return new Set(held.filter((each) => worksAsStakeholder(each)).map(({ subjectId }) => subjectId));
    },
    holders: async (call) => (await rules.get(call)).map(({ groupId }) => listedMember(groupId)),
  };
}

function heldLevel(subjectId: string, { accessLevel }: UserEntitlement): HeldLevel | undefined {
  const level = accessLevel && levelOf({ ...accessLevel, source: accessLevel.licensingSource });
  const status = accessLevel?.status ?? "unknown";
  // Who was removed gave back the seat; the listing tells of it for a while.
  if (!level || status.toLowerCase() === "deleted") return undefined;
  return { subjectId, level, status, byRule: accessLevel.assignmentSource?.toLowerCase() === "grouprule" };
}

function* listedLevels({ licenses, availableAccessLevels }: EntitlementSummary): Generator<[string, ListedLevel]> {
  for (const { licensingSource, licenseDisplayName, ...fields } of availableAccessLevels) {
    const level = levelOf({ ...fields, source: licensingSource });
    if (level) yield [level.id, listed(level, licenseDisplayName, { ...fields, source: licensingSource })];
  }
  for (const { licenseName, total, assigned, ...fields } of licenses) {
    const level = levelOf(fields);
    if (level) yield [level.id, { ...listed(level, licenseName, fields), purchased: total, used: assigned }];
  }
}

function listed(level: Level, name: string | null | undefined, fields: LevelFields): ListedLevel {
  const { source, accountLicenseType, msdnLicenseType, gitHubLicenseType } = fields;
  const own = { source, accountLicenseType, msdnLicenseType, gitHubLicenseType };
  return { ...level, name: name || level.name, purchased: undefined, used: undefined, fields: own };
}
