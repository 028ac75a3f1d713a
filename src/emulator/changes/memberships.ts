import type { ChangeableState } from "../changeable.ts";
import { groupOf, subjectAt } from "../state.ts";
import type { Commit } from "./commit.ts";
import { teamAdministratorsOf } from "./team-administrators.ts";

/** Changes of direct memberships, by the indexes of group and member. */
export interface MembershipChanges {
  /** False when it is a member already. */
  join(group: number, member: number): boolean;
  /** False when it is none. */
  leave(group: number, member: number): boolean;
}

/** Puts something in at a place, or takes it out from there. */
function insert(list: number[], at: number, value: number): void {
  list.splice(at, 0, value);
}

/** The changes of memberships. */
export function createMembershipChanges(state: ChangeableState, commit: Commit): MembershipChanges {
  const membersOf = (group: number) => groupOf(subjectAt(state, group)).members;
  const memberOf = (member: number) => subjectAt(state, member).memberOf;
  const refresh = (group: number) => {
    const team = state.teams.find((each) => each.group === group);
    if (team) teamAdministratorsOf(state, team);
  };

  function enter(group: number, member: number, atMembers: number, atContainers: number): void {
    insert(membersOf(group), atMembers, member);
    insert(memberOf(member), atContainers, group);
    refresh(group);
  }

  function exit(group: number, member: number): void {
    membersOf(group).splice(membersOf(group).indexOf(member), 1);
    memberOf(member).splice(memberOf(member).indexOf(group), 1);
    refresh(group);
  }

  return {
    join: (group, member) => {
      if (memberOf(member).includes(group)) return false;
      const places = [membersOf(group).length, memberOf(member).length] as const;
      commit(
        "memberships",
        () => enter(group, member, ...places),
        () => exit(group, member),
      );
      return true;
    },
    leave: (group, member) => {
      if (!memberOf(member).includes(group)) return false;
      const places = [membersOf(group).indexOf(member), memberOf(member).indexOf(group)] as const;
      commit(
        "memberships",
        () => exit(group, member),
        () => enter(group, member, ...places),
      );
      return true;
    },
  };
}
