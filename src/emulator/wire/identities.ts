import type { Identity } from "../../azure-devops/types.ts";
import { descriptorOf } from "../lookup.ts";
import { permutation } from "../prng.ts";
import type { Service } from "../service.ts";
import type { Subject } from "../state.ts";
import { groupOf, subjectAt } from "../state.ts";

/** Fields that nobody reads, but every identity has. */
interface Versioned {
  readonly resourceVersion: number;
}

/** How far memberships are followed. */
export type MembershipQuery = "none" | "direct" | "expanded" | "expandedup" | "expandeddown";

/** Most members of an Entra group that an identity read gives (facts 3.2). */
const entraMemberLimit = 99;

const metaTypeIds: Readonly<Record<string, number>> = {
  member: 0,
  guest: 1,
  companyAdministrator: 2,
  helpdeskAdministrator: 3,
};

/** Direct members as identity reads see them: of an Entra group few or none (facts 3.2, 9.5). */
function directMembers(service: Service, subject: Subject): readonly number[] {
  if (!subject.group) return [];
  if (subject.group.kind !== "entra") return subject.group.members;
  return service.beliefs.entraMembersInIdentities === "none" ? [] : subject.group.members.slice(0, entraMemberLimit);
}

function directParents(service: Service, subject: Subject): readonly number[] {
  if (service.beliefs.entraMembersInIdentities === "partial") return subject.memberOf;
  return subject.memberOf.filter((index) => subjectAt(service.state, index).group?.kind !== "entra");
}

function closure(service: Service, subject: Subject, step: (subject: Subject) => readonly number[]): number[] {
  const seen = new Set<number>();
  const waiting = [...step(subject)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...step(subjectAt(service.state, next)));
  }
  seen.delete(subject.index);
  return [...seen];
}

function membersOf(service: Service, subject: Subject, query: MembershipQuery): readonly number[] {
  if (query === "direct" || query === "expandedup") return directMembers(service, subject);
  if (query === "none") return [];
  return closure(service, subject, (each) => directMembers(service, each));
}

function parentsOf(service: Service, subject: Subject, query: MembershipQuery): readonly number[] {
  if (query === "direct" || query === "expandeddown") return directParents(service, subject);
  if (query === "none") return [];
  return closure(service, subject, (each) => directParents(service, each));
}

/** `members` and `memberIds` are two lists of the same subjects, and need not be in the same order. */
function memberLists(service: Service, members: readonly number[], seed: number) {
  const subjects = members.map((index) => subjectAt(service.state, index));
  const ids = subjects.map((member) => member.storageKey);
  if (service.beliefs.memberOrder === "aligned") return { subjects, ids };
  return { subjects, ids: Array.from(permutation(ids.length, seed + 1), (at) => ids[at] ?? "") };
}

function text(value: string) {
  return { $type: "System.String", $value: value };
}

function groupProperties(service: Service, subject: Subject) {
  const { state } = service;
  const group = groupOf(subject);
  const project = group.project === undefined ? undefined : state.projects[group.project];
  const isTeam =
    group.kind === "team" ? { "Microsoft.TeamFoundation.Team": { $type: "System.Boolean", $value: true } } : {};
  return {
    ...isTeam,
    SchemaClassName: text("Group"),
    Description: text(group.description ?? ""),
    Domain: text(subject.domain),
    Account: text(subject.displayName),
    SecurityGroup: text("SecurityGroup"),
    SpecialType: text(group.specialType),
    ScopeId: { $type: "System.Guid", $value: project?.scopeId ?? state.collectionId },
    ScopeType: text(project ? "TeamProject" : "ServiceHost"),
    LocalScopeId: { $type: "System.Guid", $value: project?.id ?? state.collectionId },
    SecuringHostId: { $type: "System.Guid", $value: state.hostId },
    ScopeName: text(project?.name ?? state.organization),
    VirtualPlugin: text(""),
  };
}

function cloudProperties(subject: Subject) {
  return {
    PUID: text("aad:"),
    ComplianceValidated: { $type: "System.DateTime", $value: "2026-10-01T00:00:00Z" },
    "http://schemas.microsoft.com/identity/claims/objectidentifier": text(subject.originId),
  };
}

function personProperties(subject: Subject) {
  return {
    SchemaClassName: text("User"),
    Description: text(""),
    Domain: text(subject.domain),
    Account: text(subject.principalName),
    DN: text(""),
    Mail: text(subject.mail ?? ""),
    SpecialType: text("Generic"),
    ...(subject.prefix === "win" ? {} : cloudProperties(subject)),
    ...(subject.directoryAlias === undefined ? {} : { DirectoryAlias: text(subject.directoryAlias) }),
  };
}

/** Some people have a name of their own beside the directory's (REC). */
function displayNames(subject: Subject) {
  if (subject.group) return { providerDisplayName: subject.principalName };
  if (subject.index % 23 !== 5) return { providerDisplayName: subject.displayName };
  return { providerDisplayName: subject.principalName, customDisplayName: subject.displayName };
}

/** A subject as the identity service gives it (facts 3.3). */
export function wireIdentity(service: Service, subject: Subject, query: MembershipQuery): Identity & Versioned {
  const { subjects, ids } = memberLists(service, membersOf(service, subject, query), subject.index);
  const parents = parentsOf(service, subject, query).map((index) => subjectAt(service.state, index).identity);
  const properties = subject.group ? groupProperties(service, subject) : personProperties(subject);
  return {
    id: subject.storageKey,
    descriptor: subject.identity,
    subjectDescriptor: descriptorOf(subject),
    ...displayNames(subject),
    isActive: subject.active,
    ...(subject.group ? { isContainer: true } : {}),
    members: subjects.map((member) => member.identity),
    memberOf: parents,
    memberIds: ids,
    properties,
    resourceVersion: 2,
    metaTypeId: metaTypeIds[subject.metaType ?? ""] ?? 255,
  };
}
