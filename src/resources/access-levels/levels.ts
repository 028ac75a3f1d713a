import type { LevelToSet } from "../../azure-devops/entitlement-writes.ts";
import type { AccessLevelId } from "../../connector/changes.ts";

/** The licence fields of an access level, wherever they are told. */
export interface LevelFields {
  readonly accountLicenseType?: string | null | undefined;
  /** `licensingSource` of a person, `source` of a summary. */
  readonly source?: string | null | undefined;
  readonly msdnLicenseType?: string | null | undefined;
  readonly gitHubLicenseType?: string | null | undefined;
}

/** An access level: known by where it comes from and which type it is, since names are of the organization's language. */
export interface Level {
  readonly id: string;
  /** In English; of one that is not known here, its id. */
  readonly name: string;
  /** The higher gives more (facts 6.2). */
  readonly rank: number;
}

/** One that can be given. */
interface KnownLevel extends Level {
  readonly id: AccessLevelId;
}

const stakeholderId = "stakeholder";

/** By `<source> <type>` in lower case, as of 2026 (facts 6.1). */
const known = new Map<string, KnownLevel>([
  ["account stakeholder", { id: stakeholderId, name: "Stakeholder", rank: 1 }],
  ["account express", { id: "basic", name: "Basic", rank: 3 }],
  ["github enterprise", { id: "github-enterprise", name: "GitHub Enterprise", rank: 4 }],
  ["account advanced", { id: "basic-test-plans", name: "Basic + Test Plans", rank: 5 }],
  ["msdn eligible", { id: "visual-studio-subscriber", name: "Visual Studio Subscriber", rank: 6 }],
  ["msdn professional", { id: "visual-studio-professional", name: "Visual Studio Professional subscription", rank: 7 }],
  [
    "msdn testprofessional",
    { id: "visual-studio-test-professional", name: "Visual Studio Test Professional subscription", rank: 8 },
  ],
  ["msdn enterprise", { id: "visual-studio-enterprise", name: "Visual Studio Enterprise subscription", rank: 9 }],
]);

/** The levels that have names here, ascending by what they give. */
export const knownLevels: readonly Level[] = [...known.values()];

/**
 * Whether somebody may lose something by having one level in place of another, by their ids: who has no subscription
 * works as a Stakeholder with a level that depends on one (facts 6.2), and a level without a name can be any.
 */
export function isLower(own: string, after: string | undefined): boolean {
  if (own === after) return false;
  const [from, to] = [own, after].map((id) => knownLevels.find((level) => level.id === id));
  if (!from || !to) return true;
  if (from.id === stakeholderId) return false;
  return to.rank < from.rank || needsSubscription(from.id) || needsSubscription(to.id);
}

function needsSubscription(id: string): boolean {
  const { licensingSource } = fieldsOfLevel(id) ?? {};
  return licensingSource !== undefined && licensingSource !== "account";
}

/** The licence fields of a level that has a name here; undefined for others, which cannot be given. */
export function fieldsOfLevel(id: string): LevelToSet | undefined {
  const [key] = [...known].find(([, level]) => level.id === id) ?? [];
  const [source = "", type = ""] = key?.split(" ") ?? [];
  if (source === "") return undefined;
  if (source === "account") return { licensingSource: "account", accountLicenseType: type };
  if (source === "msdn") return { licensingSource: "msdn", accountLicenseType: "none", msdnLicenseType: type };
  return { licensingSource: "gitHub", accountLicenseType: "none", gitHubLicenseType: type };
}

/** The level that licence fields stand for; undefined where they say that there is none. */
export function levelOf({ source, ...fields }: LevelFields): Level | undefined {
  const from = source?.toLowerCase() || "account";
  const type = (told(typeOfSource(from, fields)) ?? told(fields.accountLicenseType))?.toLowerCase();
  // A summary leaves out the type of a licence by GitHub, of which there is one.
  const named = from === "github" ? (type ?? "enterprise") : type;
  if (from === "none" || named === undefined) return undefined;
  const id = `${from}-${named}`.replace(/[^a-z0-9-]/g, "");
  return known.get(`${from} ${named}`) ?? { id, name: id, rank: 2 };
}

function typeOfSource(source: string, fields: LevelFields): string | null | undefined {
  if (source === "msdn") return fields.msdnLicenseType;
  return source === "github" ? fields.gitHubLicenseType : fields.accountLicenseType;
}

function told(type: string | null | undefined): string | undefined {
  return type && type.toLowerCase() !== "none" ? type : undefined;
}

/** Stakeholders cannot use rights on code of private projects; nor can who lost a subscription (facts 6.1, 6.2). */
export function worksAsStakeholder({ level, status }: { readonly level: Level; readonly status: string }): boolean {
  return level.id === stakeholderId || status.toLowerCase() === "expired";
}
