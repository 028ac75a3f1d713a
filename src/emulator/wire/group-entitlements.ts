import { withContainers } from "../closures.ts";
import type { LicenceRule, ProjectGrant } from "../licences.ts";
import type { Service } from "../service.ts";
import type { Subject } from "../state.ts";
import { projectAt, subjectAt } from "../state.ts";
import { accessLevel, extensionNames } from "./access-levels.ts";
import { wireDate } from "./dates.ts";
import { projectReference } from "./references.ts";
import { graphGroup } from "./subjects.ts";

type Source = "unknown" | "groupRule";

const groupNames: Readonly<Record<ProjectGrant["groupType"], string>> = {
  projectReader: "Project Readers",
  projectContributor: "Project Contributors",
  projectAdministrator: "Project Administrators",
};

function projectEntitlement(service: Service, { groupType, project }: ProjectGrant, assignmentSource: Source): object {
  return {
    projectRef: projectReference(projectAt(service.state, project)),
    group: { groupType, displayName: groupNames[groupType] },
    isProjectPermissionInherited: false,
    projectPermissionInherited: "notInherited",
    teamRefs: [],
    assignmentSource,
  };
}

/** The rule of a group; what it gives is assigned by itself, hence `unknown`, which is direct (facts 6.1). */
export function groupEntitlement(service: Service, rule: LicenceRule): object {
  const subject = subjectAt(service.state, rule.group);
  const { dates } = service.beliefs;
  return {
    id: subject.storageKey,
    group: graphGroup(service, subject),
    licenseRule: accessLevel(service, { level: rule.level, status: "active", assignment: "unknown" }),
    extensionRules: rule.extensions.map((id) => extension(id, "unknown")),
    projectEntitlements: rule.projects.map((grant) => projectEntitlement(service, grant, "unknown")),
    status: rule.status,
    ...(rule.lastExecuted > 0 ? { lastExecuted: wireDate(rule.lastExecuted, dates, rule.group) } : {}),
  };
}

/** An extension of a person or a rule (facts 6.2). */
export function extension(id: string, assignmentSource: Source): object {
  return { id, name: extensionNames[id] ?? id, assignmentSource, source: "account" };
}

/** The rules that reach a person, whether or not another one, or nobody, decides the level. */
export function groupAssignments(service: Service, { index }: Subject): readonly object[] {
  const rules = service.state.licenceRules.filter(({ people, status }) => status === "applied" && people.has(index));
  return rules.map((rule) => groupEntitlement(service, rule));
}

const types: Readonly<Record<string, ProjectGrant["groupType"]>> = {
  "Project Administrators": "projectAdministrator",
  Contributors: "projectContributor",
  Readers: "projectReader",
};
const ranking = Object.values(types);

/** The projects that a person is in: the most that groups at any depth give, one row a project. */
export function projectEntitlements(service: Service, { index }: Subject): readonly object[] {
  const { licenceRules, subjects } = service.state;
  const best = new Map<number, ProjectGrant["groupType"]>();
  for (const container of withContainers(subjects, index)) {
    const { displayName, group } = subjectAt(service.state, container);
    const type = types[displayName];
    if (type === undefined || group?.kind !== "default" || group.project === undefined) continue;
    const held = best.get(group.project);
    if (held === undefined || ranking.indexOf(type) < ranking.indexOf(held)) best.set(group.project, type);
  }
  const given = licenceRules.filter(({ people, status }) => status === "applied" && people.has(index));
  const byRule = (project: number) => given.some((rule) => rule.projects.some((grant) => grant.project === project));
  return [...best].map(([project, groupType]) =>
    projectEntitlement(service, { project, groupType }, byRule(project) ? "groupRule" : "unknown"),
  );
}
