import type { AccessList } from "../../permissions/access-table.ts";
import type { Action } from "../../permissions/actions.ts";
import { hasBit } from "../../permissions/bits.ts";
import { type Actor, type Decision, decide, evaluate, type ProjectGate } from "../../permissions/effective.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { canonicalToken } from "../../permissions/tokens.ts";
import type { Containers } from "./containers.ts";
import type { Holders } from "./holders.ts";
import type { PlaceIndex } from "./place-index.ts";

/** A right on a token, for which it can be said who holds it. */
export interface RightQuestion {
  readonly namespace: GovernedNamespace;
  readonly action: Action;
  readonly token: string;
  /** The project that the token lies in; undefined for one of the organization. */
  readonly projectId: string | undefined;
}

/** Why somebody holds a right or does not. */
export interface Explanation extends Decision {
  /** For each deciding entry the chain of memberships by which it concerns them, from them to the entry's holder. */
  readonly paths: readonly (readonly string[])[];
}

/** Works out, by the rules of Azure DevOps, who really holds what. */
export interface EffectiveAccess {
  explain(subjectId: string, question: RightQuestion): Explanation;
  /** The same by the lists alone, without licences, visibility, and what administrators are spared. */
  byLists(subjectId: string, question: RightQuestion): Decision;
  /** Every person and service that holds it, ascending by id. */
  holdersOf(question: RightQuestion): readonly string[];
}

export interface EffectiveSources {
  readonly index: PlaceIndex;
  readonly holders: Holders;
  readonly containers: Containers;
  /** Subject id of Project Collection Administrators. */
  readonly administrators: string | undefined;
  /** Subject id of Project-Scoped Users, where the policy that limits visibility is on. */
  readonly projectScoped: string | undefined;
  /** The project that a group belongs to. */
  readonly projectOfGroup: (groupId: string) => string | undefined;
  readonly isPrivate: (projectId: string) => boolean;
  readonly worksAsStakeholder: (subjectId: string) => boolean;
}

const projectNamespace = "52d39943-cb85-4d7f-8fa8-c6baac873819";

export function createEffectiveAccess(sources: EffectiveSources): EffectiveAccess {
  const { index, holders, containers, administrators, projectScoped } = sources;

  function actorOf(subjectId: string): Actor & { readonly around: ReadonlySet<string> } {
    const around = containers.around(subjectId);
    return {
      around,
      concerns: (who) => around.has(holders.of(who).subjectId),
      isAdministrator: administrators !== undefined && around.has(administrators),
      isGroup: containers.isGroup(subjectId),
      worksAsStakeholder: sources.worksAsStakeholder(subjectId),
    };
  }

  function chainOf(namespaceId: string, token: string): readonly AccessList[] {
    const table = index.table(namespaceId);
    return table?.chain(canonicalToken(token, table.separator)) ?? [];
  }

  function gateOf(projectId: string, around: ReadonlySet<string>): ProjectGate {
    const isLimited = projectScoped !== undefined && around.has(projectScoped);
    return {
      isPrivate: sources.isPrivate(projectId),
      chain: chainOf(projectNamespace, `$PROJECT:vstfs:///Classification/TeamProject/${projectId}`),
      isKeptFrom: isLimited && ![...around].some((group) => sources.projectOfGroup(group) === projectId),
    };
  }

  function answer(subjectId: string, { namespace, action, token, projectId }: RightQuestion): Decision {
    const actor = actorOf(subjectId);
    const gate = projectId === undefined ? undefined : gateOf(projectId, actor.around);
    return evaluate(namespace, action, chainOf(namespace.id, token), actor, gate);
  }

  return {
    explain(subjectId, question) {
      const decision = answer(subjectId, question);
      const paths = decision.entries.map(({ who }) => containers.path(subjectId, holders.of(who).subjectId));
      return { ...decision, paths };
    },
    byLists(subjectId, { namespace, action, token }) {
      const { concerns } = actorOf(subjectId);
      const chain = chainOf(namespace.id, token);
      return decide({ chain, bit: action.bit, concerns, isAdministrator: false, denyBindsAdministrators: true });
    },
    holdersOf(question) {
      const candidates = new Set<string>();
      for (const { entries } of chainOf(question.namespace.id, question.token)) {
        for (const { who, allow } of entries) {
          if (!hasBit(allow, question.action.bit)) continue;
          const { subjectId } = holders.of(who);
          for (const person of containers.isGroup(subjectId) ? containers.people(subjectId) : [subjectId]) {
            candidates.add(person);
          }
        }
      }
      return [...candidates].filter((subjectId) => answer(subjectId, question).held).sort();
    },
  };
}
