import { withContainers } from "./closures.ts";
import type { Evaluator } from "./evaluation.ts";
import { createEvaluator } from "./evaluation.ts";
import { encodePayload } from "./ids.ts";
import type { OrganizationState, Project, Repository, StatePart, Subject, Team } from "./state.ts";
import type { Visibility } from "./visibility.ts";
import { createVisibility } from "./visibility.ts";

/** Finds things by the names that requests use; each table is built at its first use, and anew after a change of what is in it. */
export interface Lookup {
  byDescriptor(descriptor: string): Subject | undefined;
  byStorageKey(storageKey: string): Subject | undefined;
  /** By identity descriptor, without case. */
  byIdentity(identity: string): Subject | undefined;
  /** By id or name, without case. */
  project(idOrName: string): Project | undefined;
  projectByScope(scopeId: string): Project | undefined;
  /** By id or name within a project. */
  team(project: Project, idOrName: string): Team | undefined;
  teamsOf(project: Project): readonly Team[];
  repositoriesOf(project: Project): readonly Repository[];
  /** Indexes of those in userentitlements. */
  readonly entitledUsers: readonly number[];
  readonly entitledServicePrincipals: readonly number[];
  readonly evaluator: Evaluator;
  /** Whether a subject is in the group of the collection's administrators. */
  isAdministrator(subject: number): boolean;
  readonly visibility: Visibility;
}

/** The subject descriptor of a subject. */
export function descriptorOf(subject: Subject): string {
  return `${subject.prefix}.${encodePayload(subject.payload)}`;
}

/** The type of a descriptor compares without case, its payload with (facts 2.1). */
function canonical(descriptor: string): string {
  const dot = descriptor.indexOf(".");
  return descriptor.slice(0, dot).toLowerCase() + descriptor.slice(dot);
}

/** Makes something of parts of the organization at its first use, and anew once one of them has changed. */
function lazy<T>({ revisions }: OrganizationState, parts: readonly StatePart[], make: () => T): () => T {
  let made: { readonly value: T; readonly of: string } | undefined;
  return () => {
    const of = parts.map((part) => revisions[part]).join();
    if (made?.of !== of) made = { value: make(), of };
    return made.value;
  };
}

/** Tables over one organization. */
export function createLookup(state: OrganizationState): Lookup {
  const { projects, subjects, teams } = state;
  const tableOf = <T>(parts: readonly StatePart[], items: readonly T[], key: (item: T) => string) => {
    const table = lazy(state, parts, () => new Map(items.map((item) => [key(item), item])));
    return (name: string) => table().get(name);
  };
  const descriptors = tableOf(["subjects", "entitlements"], subjects, descriptorOf);
  const storageKeys = tableOf(["subjects", "entitlements"], subjects, (subject) => subject.storageKey);
  const identities = tableOf(["subjects", "entitlements"], subjects, (subject) => subject.identity.toLowerCase());
  const projectIds = tableOf([], projects, (project) => project.id);
  const projectNames = tableOf([], projects, (project) => project.name.toLowerCase());
  const scopes = tableOf([], projects, (project) => project.scopeId);
  const byProject = lazy(state, [], () => Map.groupBy(teams, (team) => team.project));
  const teamsOf = (project: Project) => byProject().get(project.index) ?? [];
  const repositories = lazy(state, [], () => Map.groupBy(state.repositories, (repository) => repository.project));
  const entitled = (indexes: readonly number[]) =>
    indexes.filter((index) => subjects[index]?.entitlement !== undefined);
  const entitledUsers = lazy(state, ["subjects", "entitlements"], () => entitled(state.users));
  const entitledServicePrincipals = lazy(state, ["subjects", "entitlements"], () => entitled(state.servicePrincipals));
  const evaluator = lazy(state, [], () => createEvaluator(state));
  const visibility = lazy(state, ["subjects", "memberships"], () => createVisibility(state));
  return {
    byDescriptor: (descriptor) => descriptors(canonical(descriptor)),
    byStorageKey: (storageKey) => storageKeys(storageKey.toLowerCase()),
    byIdentity: (identity) => identities(identity.toLowerCase()),
    project: (name) => projectIds(name.toLowerCase()) ?? projectNames(name.toLowerCase()),
    projectByScope: (scopeId) => scopes(scopeId.toLowerCase()),
    teamsOf,
    repositoriesOf: (project) => repositories().get(project.index) ?? [],
    team: (project, name) => {
      const wanted = name.toLowerCase();
      return teamsOf(project).find((team) => team.id === wanted || team.name.toLowerCase() === wanted);
    },
    get entitledUsers() {
      return entitledUsers();
    },
    get entitledServicePrincipals() {
      return entitledServicePrincipals();
    },
    get evaluator() {
      return evaluator();
    },
    isAdministrator: (subject) => withContainers(subjects, subject).has(state.administrators),
    get visibility() {
      return visibility();
    },
  };
}
