import type { Call } from "../../call.ts";
import { allAtOnce, defineResource } from "../../connector/handler.ts";
import { compareGrants } from "../../connector/keyset.ts";
import type { EntitlementDefinition, Grant, Json, Resource, ResourceRef } from "../../connector/model.ts";
import { memberTypesOf } from "../membership-grants.ts";
import type { SyncOptions } from "../options.ts";
import type { Readings } from "../readings/index.ts";
import { accessLevelWriter } from "../writers/access-levels.ts";
import type { HeldLevel, LevelRule, ListedLevel } from "./reading.ts";

const slug = "assigned";

/** What people may use of the organization, by licence: everybody has one level at most. */
export const accessLevelResource = (options: SyncOptions) =>
  defineResource<Readings>({
    type: {
      id: "access-level",
      displayName: "Access level",
      description: "A licence for the organization, with its seats and who has it.",
      traits: ["license-profile"],
    },
    entitlements: [],
    ownEntitlements: {
      async of({ accessLevels }, id, _whole, call) {
        const level = (await accessLevels.all(call)).get(id);
        return level && [assigned(level, memberTypesOf(options))];
      },
    },
    list: (readings) =>
      allAtOnce(async (call) => {
        const [levels, organization] = await Promise.all([
          readings.accessLevels.all(call),
          readings.organization(call),
        ]);
        return [...levels.values()].map((level) => toResource(level, organization));
      }),
    async get(readings, id, call) {
      const [levels, organization] = await Promise.all([readings.accessLevels.all(call), readings.organization(call)]);
      const level = levels.get(id);
      return level && toResource(level, organization);
    },
    writer: (asked) => (asked === slug ? accessLevelWriter : undefined),
    grants: {
      resourceIds: async ({ accessLevels }, call) => [...(await accessLevels.all(call)).keys()],
      has: async ({ accessLevels }, id, call) => (await accessLevels.all(call)).has(id),
      async of(readings, id, _whole, call) {
        const { accessLevels } = readings;
        if (!(await accessLevels.all(call)).has(id)) return undefined;
        const [held, rules] = await Promise.all([accessLevels.held(call), accessLevels.rules(call)]);
        const own = rules.filter(({ level }) => level.id === id);
        return (await levelGrants(held.get(id) ?? [], own, readings, call)).sort(compareGrants);
      },
    },
  });

/** Groups get one for their members, by a rule. */
const licensable = new Set(["user", "service-principal", "group", "team"]);

/** One group of entitlements for the whole type, since whoever gets one level loses the other. */
function assigned({ name, rank }: ListedLevel, memberTypes: readonly string[]): EntitlementDefinition {
  return {
    slug,
    displayName: `Access level ${name}`,
    description: `The licence ${name}. Everybody has one access level at most.`,
    purpose: "assignment",
    grantableTo: memberTypes.filter((type) => licensable.has(type)),
    exclusion: { group: slug, order: rank, ofType: true },
  };
}

function toResource(
  { id, name, purchased, used, fields }: ListedLevel,
  organization: ResourceRef | undefined,
): Resource {
  return {
    type: "access-level",
    id,
    displayName: name,
    parent: organization,
    license: { name, purchasedSeats: purchased, consumedSeats: used, seatSlug: slug },
    profile: {
      licensing_source: fields.source,
      account_license_type: fields.accountLicenseType,
      msdn_license_type: fields.msdnLicenseType,
      github_license_type: fields.gitHubLicenseType,
      seats: purchased,
      seats_used: used,
    },
  };
}

/** Who has a level, and the groups whose rules give it. When it was last used stands on the user: it is of no level's use. */
async function levelGrants(
  held: readonly HeldLevel[],
  rules: readonly LevelRule[],
  { principals, permissions }: Readings,
  call: Call,
): Promise<Grant[]> {
  const directory = await principals(call);
  const applied = rules.filter(({ status }) => status.toLowerCase() === "applied").map(({ groupId }) => groupId);
  const ruled = applied.length > 0 && held.some(({ byRule }) => byRule);
  const containers = ruled ? await permissions.containers(call) : undefined;
  const refText = (id: string) => `${directory.ref(id).type}:${directory.ref(id).id}`;
  const people = held.map(({ subjectId, byRule, status }): Grant => {
    const around = byRule ? containers?.around(subjectId) : undefined;
    const groups = applied.filter((groupId) => around?.has(groupId)).map(refText);
    const source: Json = byRule ? { kind: "group-rule", ...(groups.length > 0 ? { groups } : {}) } : { kind: "direct" };
    return {
      slug,
      principal: directory.ref(subjectId),
      metadata: { risk_tier: "T3", sources: [source], ...(status.toLowerCase() === "active" ? {} : { status }) },
      ...(byRule ? { immutable: "given by a rule of a group: change the rule, or who is in the group" } : {}),
    };
  });
  const groups = rules.map(({ groupId, level, status, extensions }): Grant => {
    const sources: Json = [{ kind: "group-rule" }];
    const more = extensions.length > 0 ? { extensions } : {};
    const metadata = { risk_tier: "T3", sources, kind: "group-rule", licence: level.name, status, expandable: false };
    return { slug, principal: directory.ref(groupId), metadata: { ...metadata, ...more } };
  });
  return [...people, ...groups];
}
