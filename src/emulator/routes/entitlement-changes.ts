import type { LevelName } from "../licences.ts";
import { levelNames } from "../licences.ts";
import { isRecord } from "../records.ts";
import type { Call } from "../router.ts";
import type { Entitlement, Subject } from "../state.ts";
import { groupOf, subjectAt } from "../state.ts";
import { accessLevels } from "../wire/access-levels.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { holdersOf, seatsOf } from "./entitlement-summary.ts";
import { checkLeaving } from "./membership-rules.ts";

/** An error that is told in a body with status 200 (facts 3.4). */
export interface MemberError {
  readonly key: number;
  readonly value: string;
}

/** What one operation came to. */
export type Result = MemberError | undefined;

/** Errors by the keys that clients have seen; texts as issues of the Terraform provider quote them (TF #86, #1036, #1384). */
export const memberErrors = {
  nobodyNamed: {
    key: 5000,
    value: "The Id, OriginId, or User.PrincipalName must be set. The Principal Name is usually an email address.",
  },
  notAssigned: (level: string, id: string): MemberError => ({
    key: 5005,
    value: `Failed to assign license Account-${level} to identity with id ${id}.`,
  }),
  forbidden: { key: 5032, value: "You do not have the permission to add users to the organization." },
  outsideDirectory: {
    key: 5102,
    value:
      "You are trying to invite a user from outside your directory, but something went wrong. Please contact Azure DevOps support.",
  },
} as const;

/** The level that a body asks for; what it leaves out is `account`, or nothing (SPEC examples). */
function levelOf(value: unknown): LevelName | undefined {
  const {
    accountLicenseType = "none",
    gitHubLicenseType = "none",
    licensingSource = "account",
    msdnLicenseType = "none",
  } = isRecord(value) ? value : {};
  return levelNames.find((name) => {
    const level = accessLevels[name];
    return (
      level.licensingSource === licensingSource &&
      level.accountLicenseType === accountLicenseType &&
      level.msdnLicenseType === msdnLicenseType &&
      level.gitHubLicenseType === gitHubLicenseType
    );
  });
}

const shown = (value: unknown) => String(isRecord(value) ? (value.accountLicenseType ?? "none") : "none");

/** Whether one more can hold a level. */
function isFree(call: Call, level: LevelName, held: Entitlement | undefined): boolean {
  const seats = seatsOf(call, level);
  return seats === undefined || held?.level === level || holdersOf(call, level).length < seats;
}

/** Gives a level directly; a level of a rule is another matter (facts 6.2, 12.2). */
export function setLevel(call: Call, { index, storageKey }: Subject, value: unknown, status: string): Result {
  const { entitlement } = subjectAt(call.state, index);
  const level = levelOf(value);
  if (!level || !isFree(call, level, entitlement)) return memberErrors.notAssigned(shown(value), storageKey);
  if (entitlement?.assignment === "groupRule") {
    if (call.beliefs.ruledLevel === "failed") return memberErrors.notAssigned(shown(value), storageKey);
    if (call.beliefs.ruledLevel === "overridden") return undefined;
  }
  const made: Entitlement = {
    status,
    lastAccess: 0,
    created: Date.now(),
    ...entitlement,
    level,
    assignment: "unknown",
  };
  if (entitlement?.level !== level || entitlement.assignment !== "unknown") call.changes.setEntitlement(index, made);
  return undefined;
}

/** Adds an extension, or takes it away (facts 6.2). */
export function setExtension(call: Call, { index }: Subject, id: string, isHeld: boolean): Result {
  const { entitlement } = subjectAt(call.state, index);
  if (!entitlement) return undefined;
  const before = entitlement.extensions ?? [];
  const others = before.filter((extension) => extension.id !== id);
  if (isHeld === others.length < before.length) return undefined;
  const extensions = isHeld ? [...others, { id, assignment: "unknown" } as const] : others;
  call.changes.setEntitlement(index, { ...entitlement, extensions });
  return undefined;
}

/** Groups that the types of a project's access stand for (facts 6.2). */
const groupTypes: Readonly<Record<string, string>> = {
  projectReader: "Readers",
  projectContributor: "Contributors",
  projectAdministrator: "Project Administrators",
};

/** Puts somebody into the group of a project; whatever else they are in there stays. */
export function addToProject(call: Call, { index }: Subject, id: string, value: unknown): Result {
  const group = isRecord(value) && isRecord(value.group) ? value.group : {};
  const name = groupTypes[String(group.groupType)];
  const project = call.lookup.project(canonicalGuid(id) ?? "");
  const found = call.state.subjects.find(
    (each) => each.group?.kind === "default" && each.group.project === project?.index && each.displayName === name,
  );
  if (!project || !found)
    return { key: 5101, value: `The project ${id} has no group of the type ${String(group.groupType)}.` };
  call.changes.join(found.index, index);
  return undefined;
}

/** Takes somebody out of every group of a project that they are directly in. */
export function removeFromProject(call: Call, subject: Subject, id: string): Result {
  const project = call.lookup.project(canonicalGuid(id) ?? "");
  for (const at of [...subject.memberOf]) {
    const group = subjectAt(call.state, at);
    if (!project || groupOf(group).project !== project.index) continue;
    checkLeaving(call, subject, group);
    call.changes.leave(at, subject.index);
  }
  return undefined;
}
