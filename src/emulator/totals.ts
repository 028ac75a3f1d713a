import type { Lookup } from "./lookup.ts";
import type { GroupKind, OrganizationState, SubjectKind } from "./state.ts";
import { subjectAt } from "./state.ts";

/** How much there is of each kind, counted from the organization itself. */
export interface Totals {
  /** Rows of graph/users: people and the service accounts that are listed there. */
  readonly users: number;
  readonly people: number;
  readonly serviceAccounts: number;
  readonly servicePrincipals: number;
  readonly groups: number;
  readonly groupsByKind: Readonly<Record<GroupKind, number>>;
  /** Identities that are in no listing. */
  readonly strays: number;
  readonly teams: number;
  /** Well-formed ones, which is what a listing without a filter holds. */
  readonly projects: number;
  readonly projectsInOtherStates: number;
  /** Direct memberships, those of Entra groups apart. */
  readonly memberships: number;
  readonly entraMemberships: number;
  /** Rows of userentitlements. */
  readonly userEntitlements: number;
  readonly servicePrincipalEntitlements: number;
  readonly teamAdministrators: number;
  readonly accessControlLists: number;
  readonly agentPools: number;
  readonly environments: number;
  /** Service connections and variable groups count once, however many projects use them. */
  readonly serviceConnections: number;
  readonly variableGroups: number;
  readonly secureFiles: number;
  /** Those that are listed. */
  readonly feeds: number;
}

function count(state: OrganizationState, kinds: readonly SubjectKind[]): number {
  return state.subjects.filter((subject) => kinds.includes(subject.kind)).length;
}

const persons: readonly SubjectKind[] = ["entra-user", "msa-user", "pending-user", "windows-user"];

/** Counts an organization. */
export function countTotals(state: OrganizationState, lookup: Lookup, spsAsUsers: boolean): Totals {
  const groups = state.groups.map((index) => subjectAt(state, index).group);
  const ofKind = (kind: GroupKind) => groups.filter((group) => group?.kind === kind).length;
  const membersOf = (entra: boolean) =>
    groups.reduce((sum, group) => sum + (group && (group.kind === "entra") === entra ? group.members.length : 0), 0);
  const projects = state.projects.filter((project) => project.state === "wellFormed").length;
  const servicePrincipalEntitlements = lookup.entitledServicePrincipals.length;
  return {
    users: state.users.length,
    people: state.users.filter((index) => persons.includes(subjectAt(state, index).kind)).length,
    serviceAccounts: count(state, ["service-account", "legacy-service"]),
    servicePrincipals: state.servicePrincipals.length,
    groups: groups.length,
    groupsByKind: { made: ofKind("made"), default: ofKind("default"), team: ofKind("team"), entra: ofKind("entra") },
    strays: state.strays.length,
    teams: state.teams.length,
    projects,
    projectsInOtherStates: state.projects.length - projects,
    memberships: membersOf(false),
    entraMemberships: membersOf(true),
    userEntitlements: lookup.entitledUsers.length + (spsAsUsers ? servicePrincipalEntitlements : 0),
    servicePrincipalEntitlements,
    teamAdministrators: state.teamAdministrators.length,
    accessControlLists: [...state.accessLists.values()].reduce((sum, lists) => sum + lists.size, 0),
    agentPools: state.roleObjects.pools.length,
    environments: state.roleObjects.environments.length,
    serviceConnections: state.roleObjects.endpoints.length,
    variableGroups: state.roleObjects.variableGroups.length,
    secureFiles: state.roleObjects.secureFiles.length,
    feeds: state.feeds.feeds.filter(({ deleted }) => deleted === undefined).length,
  };
}
