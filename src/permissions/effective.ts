import type { AccessList, Entry } from "./access-table.ts";
import { hasBit } from "./bits.ts";
import type { GovernedNamespace } from "./namespace.ts";

/**
 * Who really holds a right. Azure DevOps answers this for the caller alone, so it is worked out here by its documented
 * rules (facts 4.4, 4.5): the nearest list that says anything of somebody or of one of their groups decides; within a
 * list a deny beats an allow; lists above one with inheritance switched off do not count. A deny does not bind
 * administrators of the collection, but for some rights.
 */
export interface Question {
  /** The lists that decide on the token, nearest first. */
  readonly chain: readonly AccessList[];
  readonly bit: number;
  /** Whether an entry is for the person, or for a group that the person is in, nested or not. */
  readonly concerns: (who: number) => boolean;
  readonly isAdministrator: boolean;
  readonly denyBindsAdministrators: boolean;
}

export interface Decision {
  readonly held: boolean;
  readonly because: "allowed" | "denied" | "not-set" | "access-level" | "project-not-visible";
  /** The list and its entries that decided; absent when no list says anything. */
  readonly list?: AccessList;
  readonly entries: readonly Entry[];
}

export function decide({ chain, bit, concerns, isAdministrator, denyBindsAdministrators }: Question): Decision {
  const denyCounts = !isAdministrator || denyBindsAdministrators;
  for (const list of chain) {
    const denying: Entry[] = [];
    const allowing: Entry[] = [];
    for (const entry of list.entries) {
      const denies = denyCounts && hasBit(entry.deny, bit);
      if (!denies && !hasBit(entry.allow, bit)) continue;
      if (concerns(entry.who)) (denies ? denying : allowing).push(entry);
    }
    if (denying.length > 0) return { held: false, because: "denied", list, entries: denying };
    if (allowing.length > 0) return { held: true, because: "allowed", list, entries: allowing };
  }
  return { held: false, because: "not-set", entries: [] };
}

/** Whether an action's deny holds for administrators too. */
export function denyBinds({ denyBindsAdministrators }: GovernedNamespace, action: string): boolean {
  return denyBindsAdministrators === true || (denyBindsAdministrators?.includes(action) ?? false);
}

/** Who acts: a group is only ever what the lists say of it. */
export interface Actor extends Pick<Question, "concerns" | "isAdministrator"> {
  readonly isGroup: boolean;
  /** Has the access level Stakeholder, or had another one that ended (facts 4.5, 6.2). */
  readonly worksAsStakeholder: boolean;
}

/** The project that a token lies in. */
export interface ProjectGate {
  readonly isPrivate: boolean;
  /** The lists that decide who sees the project. */
  readonly chain: readonly AccessList[];
  /** The policy that limits visibility keeps the actor out of it: a member of Project-Scoped Users, and of nothing in it. */
  readonly isKeptFrom: boolean;
}

/** View project-level information; nobody does anything in a private project without it (facts 4.5). */
const viewProject = 1;

/** What somebody can really do: what the lists say, then the access level, then whether the project is visible at all. */
export function evaluate(
  namespace: GovernedNamespace,
  action: { readonly bit: number; readonly name: string },
  chain: readonly AccessList[],
  { concerns, isAdministrator, isGroup, worksAsStakeholder }: Actor,
  project: ProjectGate | undefined,
): Decision {
  const denyBindsAdministrators = denyBinds(namespace, action.name);
  const decision = decide({ chain, bit: action.bit, concerns, isAdministrator, denyBindsAdministrators });
  if (!decision.held || isGroup || !project) return decision;
  if (namespace.needsLicence && project.isPrivate && worksAsStakeholder) {
    return { ...decision, held: false, because: "access-level" };
  }
  if (project.isKeptFrom) return { held: false, because: "project-not-visible", entries: [] };
  if (!project.isPrivate) return decision;
  const view = { chain: project.chain, bit: viewProject, concerns, isAdministrator, denyBindsAdministrators: false };
  const seen = decide(view);
  return seen.held ? decision : { ...seen, because: "project-not-visible" };
}
