import { withMembers } from "../closures.ts";
import type { LevelName, LicenceRule, ProjectGrant, UserExtension } from "../licences.ts";
import type { Entitlement, Subject } from "../state.ts";
import type { Builder } from "./builder.ts";
import type { People } from "./memberships.ts";

type Form = Pick<LicenceRule, "level" | "extensions" | "status">;

/** What the rules say, one after another. Those that were never applied give nothing to anybody. */
const forms: readonly Form[] = [
  { level: "express", extensions: ["ms.feed"], status: "applied" },
  { level: "advanced", extensions: [], status: "applied" },
  { level: "stakeholder", extensions: [], status: "applied" },
  { level: "express", extensions: [], status: "applied" },
  { level: "advanced", extensions: ["ms.vss-testmanager-web"], status: "incompatible" },
  { level: "express", extensions: [], status: "applyPending" },
];

/** Better levels come first; a subscription is never given by a rule (facts 6.2). */
const ranking: readonly LevelName[] = ["advanced", "express", "stakeholder"];

const groupTypes: Readonly<Record<string, ProjectGrant["groupType"]>> = {
  Contributors: "projectContributor",
  Readers: "projectReader",
  "Project Administrators": "projectAdministrator",
};

/** What the group is a member of already: the rule put it there. */
function projectsOf(builder: Builder, group: number): ProjectGrant[] {
  return builder.subject(group).memberOf.flatMap((index) => {
    const { displayName, group: parent } = builder.subject(index);
    const groupType = groupTypes[displayName];
    return groupType && parent?.project !== undefined ? [{ project: parent.project, groupType }] : [];
  });
}

/** Seeds the rules, once everybody is in their groups. */
export function seedLicenceRules(builder: Builder, people: People): LicenceRule[] {
  if (builder.settings.beliefs.groupRules === "none") return [];
  const { entra, made } = people;
  const groups = [
    ...entra.slice(0, 2),
    ...made.slice(1, 2),
    ...made.slice(0, 1),
    ...entra.slice(2, 3),
    ...made.slice(2, 3),
  ];
  const persons = new Set(people.users);
  return groups.map((group, at): LicenceRule => {
    const form = forms[at] ?? { level: "express", extensions: [], status: "unableToApply" };
    const applied = form.status === "applied";
    return {
      ...form,
      group,
      projects: projectsOf(builder, group),
      lastExecuted: applied ? Date.UTC(2026, 9, 30, 3, at) : 0,
      people: new Set([...withMembers(builder.subjects, [group])].filter((index) => persons.has(index))),
    };
  });
}

function extensionsOf(index: number, own: readonly LicenceRule[]): readonly UserExtension[] {
  const ruled = [...new Set(own.flatMap((rule) => rule.extensions))];
  const direct = index % 9 === 4 ? ["ms.feed"] : index % 31 === 6 ? ["ms.vss-testmanager-web"] : [];
  return [
    ...direct.map((id): UserExtension => ({ id, assignment: "unknown" })),
    ...ruled.filter((id) => !direct.includes(id)).map((id): UserExtension => ({ id, assignment: "groupRule" })),
  ];
}

/** Whom a rule gave their level holds the best one of all rules that reach them; everybody else's is direct. */
function ruled(entitlement: Entitlement, own: readonly LicenceRule[]): Pick<Entitlement, "level" | "assignment"> {
  const best = ranking.find((level) => own.some((rule) => rule.level === level));
  if (entitlement.assignment !== "groupRule" || best === undefined)
    return { level: entitlement.level, assignment: "unknown" };
  return { level: best, assignment: "groupRule" };
}

function withRules(subject: Subject, rules: readonly LicenceRule[]): Subject {
  const { entitlement } = subject;
  if (!entitlement) return subject;
  const own = rules.filter((rule) => rule.status === "applied" && rule.people.has(subject.index));
  const extensions = extensionsOf(subject.index, own);
  return {
    ...subject,
    entitlement: { ...entitlement, ...ruled(entitlement, own), ...(extensions.length > 0 ? { extensions } : {}) },
  };
}

/** Makes the access levels of people what the rules make them. */
export function applyLicenceRules({ subjects }: Builder, people: People, rules: readonly LicenceRule[]): void {
  for (const index of [...people.users, ...people.servicePrincipals]) {
    const subject = subjects[index];
    if (subject) subjects[index] = withRules(subject, rules);
  }
}
