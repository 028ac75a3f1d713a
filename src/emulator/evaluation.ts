/**
 * Who really holds a bit on a token, from the documented rules alone, so that it can prove another implementation
 * wrong. Every rule names what it rests on; DOCS is `organizations/security/about-permissions` of Microsoft's
 * documentation unless another page is named.
 */
import { withContainers } from "./closures.ts";
import { namespaceIds } from "./namespace-ids.ts";
import { projectOfToken } from "./project-of-token.ts";
import type { OrganizationState, Project, SecurityNamespace, Subject } from "./state.ts";
import { subjectAt } from "./state.ts";
import { listIndex, trimmedToken, upward } from "./tokens.ts";

/** Whether a subject holds a bit on a token; with several bits, whether all of them. */
export interface Question {
  /** Index of a subject: anybody, a group too. */
  readonly subject: number;
  readonly namespaceId: string;
  readonly token: string;
  readonly bit: number;
}

/** What the lists say of one bit; nothing set is no access either. */
export type Decision = "allow" | "deny" | "unset";

/** Answers for one organization as it is at the time. */
export interface Evaluator {
  /** What the lists say, and nothing else: as `permissions` answers without administrators passing. */
  listsAllow(question: Question): boolean;
  /** The same of a single bit, and whether a denial or nothing at all keeps it away. */
  decide(question: Question): Decision;
  /** What the subject can really do: lists, administrators' exception, access level and visibility. */
  holds(question: Question): boolean;
}

/**
 * Rights that administrators do not keep when they are denied: "In other cases such as work item deletion or
 * pipelines, being a member of project collection administrators does not bypass Deny permissions set elsewhere" (DOCS).
 */
const pipelines: readonly string[] = [namespaceIds.build, namespaceIds.release];
const workItemDeletion = 8_192 | 32_768;

function denialHolds(namespaceId: string, bit: number): boolean {
  if (pipelines.includes(namespaceId)) return true;
  return namespaceId === namespaceIds.project && (bit & workItemDeletion) !== 0;
}

/** Source control, which a Stakeholder has no access to in private projects (DOCS stakeholder-access). */
const sourceControl: readonly string[] = [namespaceIds.git, namespaceIds.versionControl];
const viewProject = 1;

/** Bits of a mask, each alone. */
function* single(mask: number): Generator<number> {
  for (let rest = mask; rest !== 0; rest &= rest - 1) yield rest & -rest;
}

/** A Stakeholder, or one whose subscription ended and who works as one (facts 4.5, 6.2). */
export function worksAsStakeholder({ entitlement }: Subject): boolean {
  return entitlement?.level === "stakeholder" || entitlement?.status === "expired";
}

/** An evaluator of an organization. */
export function createEvaluator(state: OrganizationState): Evaluator {
  const namespaces = new Map(state.namespaces.map((namespace) => [namespace.id, namespace]));
  const closures = new Map<number, ReadonlySet<number>>();
  const most = 20_000;
  let closuresOf = state.revisions.memberships;

  /** A subject, and every group that it is in at any depth: "Users inherit permissions from the groups to which they belong" (DOCS). */
  function identitiesOf(subject: number): ReadonlySet<number> {
    if (closures.size >= most || closuresOf !== state.revisions.memberships) closures.clear();
    closuresOf = state.revisions.memberships;
    const known = closures.get(subject) ?? withContainers(state.subjects, subject);
    closures.set(subject, known);
    return known;
  }

  /**
   * One bit, walking from the token to the root (facts 4.4). "If a permission is set explicitly for an object, then
   * the parent node is not inherited, regardless of whether it is denied or allowed. If it's not set, then the
   * permissions for that node are inherited from the closest ancestor that has the permission explicitly set", and
   * "when a permission is allowed for a user directly or through membership in a group, and it is denied, either
   * directly or through group membership, the permission is denied" (DOCS). So the nearest level that sets the bit
   * for any of the subject's identities decides, and there a denial wins; nothing set is no access. A list that does
   * not inherit is the last that counts.
   */
  function decided(
    namespace: SecurityNamespace,
    token: string,
    bit: number,
    who: ReadonlySet<number>,
    denials: boolean,
  ): Decision {
    const lists = listIndex(state, namespace);
    for (const level of upward(trimmedToken(token, namespace), namespace)) {
      let allow = false;
      let cut = false;
      for (const { entries, inherit } of lists.get(level) ?? []) {
        cut ||= !inherit;
        for (const entry of entries) {
          if (typeof entry.who === "string" || !who.has(entry.who)) continue;
          if (denials && (entry.deny & bit) !== 0) return "deny";
          allow ||= (entry.allow & bit) !== 0;
        }
      }
      if (allow) return "allow";
      if (cut) return "unset";
    }
    return "unset";
  }

  const isAdministrator = (who: ReadonlySet<number>) => who.has(state.administrators);

  /**
   * "Members of Project Collection Administrators retain most allowed permissions, even if they belong to other groups
   * that deny those permissions" (DOCS): what is allowed somewhere on the way stays allowed.
   */
  function granted(namespace: SecurityNamespace, token: string, bit: number, who: ReadonlySet<number>): boolean {
    const denials = !isAdministrator(who) || denialHolds(namespace.id, bit);
    return decided(namespace, token, bit, who, denials) === "allow";
  }

  /** A member of Project-Scoped Users reaches "only those projects to which they've been added" (DOCS). */
  function isKeptOut(project: Project, who: ReadonlySet<number>): boolean {
    if (state.projectScoped === undefined || !who.has(state.projectScoped)) return false;
    return !who.values().some((index) => state.subjects[index]?.group?.project === project.index);
  }

  /**
   * Nobody uses what is in a private project without seeing the project: denied or without View project-level
   * information, "no members of the group are able to access the project" (DOCS; facts 4.5). A public one is open.
   */
  function seesProject(project: Project, who: ReadonlySet<number>): boolean {
    if (isKeptOut(project, who)) return false;
    if (project.visibility === "public") return true;
    const namespace = namespaces.get(namespaceIds.project);
    const token = `$PROJECT:vstfs:///Classification/TeamProject/${project.id}`;
    return namespace !== undefined && granted(namespace, token, viewProject, who);
  }

  /** Access level and visibility, which hold for whoever acts; a group does not act (facts 4.5). */
  function isOpen(subject: Subject, namespace: SecurityNamespace, token: string, who: ReadonlySet<number>): boolean {
    const project = projectOfToken(state, namespace, token);
    if (subject.group || !project) return true;
    const isPrivate = project.visibility === "private";
    if (isPrivate && sourceControl.includes(namespace.id) && worksAsStakeholder(subject)) return false;
    return seesProject(project, who);
  }

  function listsAllow({ bit, namespaceId, subject, token }: Question): boolean {
    const namespace = namespaces.get(namespaceId);
    if (!namespace || bit === 0) return false;
    const who = identitiesOf(subject);
    return single(bit).every((each) => decided(namespace, token, each, who, true) === "allow");
  }

  function decide({ bit, namespaceId, subject, token }: Question): Decision {
    const namespace = namespaces.get(namespaceId);
    return namespace ? decided(namespace, token, bit, identitiesOf(subject), true) : "unset";
  }

  function holds({ bit, namespaceId, subject, token }: Question): boolean {
    const namespace = namespaces.get(namespaceId);
    if (!namespace || bit === 0) return false;
    const who = identitiesOf(subject);
    if (!single(bit).every((each) => granted(namespace, token, each, who))) return false;
    return isOpen(subjectAt(state, subject), namespace, token, who);
  }

  return { decide, listsAllow, holds };
}

const evaluators = new WeakMap<OrganizationState, Evaluator>();

/** Whether a subject really holds a bit on a token: `holds` of the organization's own evaluator. */
export function evaluate(state: OrganizationState, question: Question): boolean {
  const evaluator = evaluators.get(state) ?? createEvaluator(state);
  evaluators.set(state, evaluator);
  return evaluator.holds(question);
}
