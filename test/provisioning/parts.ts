import { descriptorOf, type OrganizationState, type Subject, subjectAt } from "../../src/emulator/index.ts";

/** How a person or a group of the emulator is named in orders. */
export const refOf = (subject: Subject) => ({ type: subject.group ? "group" : "user", id: descriptorOf(subject) });

/** A group that people made, of a project or of the organization. */
export function plainGroup(state: OrganizationState, of: "project" | "organization" = "organization"): Subject {
  const isThere = ({ group }: Subject) =>
    group?.kind === "made" && (group.project !== undefined) === (of === "project");
  return found(state.groups.map((index) => subjectAt(state, index)).find(isThere), `a group of a ${of}`);
}

/** The group of the collection's administrators. */
export const administrators = (state: OrganizationState) => subjectAt(state, state.administrators);

/** People with an access level that is active, those in the fewest groups first; neither the connector's identity nor the owner. */
export function people(state: OrganizationState): Subject[] {
  return state.users
    .map((index) => subjectAt(state, index))
    .filter(
      ({ kind, active, index, entitlement }) =>
        kind === "entra-user" &&
        active &&
        entitlement?.status === "active" &&
        ![state.caller, state.owner].includes(index),
    )
    .sort((a, b) => groupsAround(state, a).size - groupsAround(state, b).size);
}

/** Somebody who is in none of the groups that lead to `group`. */
export function outsider(state: OrganizationState, group: Subject): Subject {
  return found(
    people(state).find((each) => !groupsAround(state, each).has(group.index)),
    `a person outside of ${group.displayName}`,
  );
}

/** A group that people made, and somebody who is not in it. */
export function groupWithOutsider(state: OrganizationState): { readonly group: Subject; readonly outside: Subject } {
  for (const index of state.groups) {
    const group = subjectAt(state, index);
    if (group.group?.kind !== "made") continue;
    const outside = people(state).find((each) => !groupsAround(state, each).has(index));
    if (outside) return { group, outside };
  }
  throw new Error("everybody is in every group");
}

export function groupsAround(state: OrganizationState, subject: Subject): ReadonlySet<number> {
  const around = new Set<number>();
  const visit = (index: number) => {
    if (around.has(index)) return;
    around.add(index);
    for (const above of subjectAt(state, index).memberOf) visit(above);
  };
  for (const index of subject.memberOf) visit(index);
  return around;
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the organization has not: ${what}`);
  return value;
}

/** A namespace's entries on a token, by subject. */
export function entriesOn(state: OrganizationState, namespaceId: string, token: string) {
  return state.accessLists.get(namespaceId)?.get(token.toLowerCase())?.entries ?? [];
}
