import type { Changes } from "../changes/index.ts";
import type { OrganizationState, Subject } from "../state.ts";
import type { Directory, DirectoryGroup } from "./directory.ts";

/** Brings changes of memberships to Azure DevOps, which sees them late: within about an hour (facts 9.5). */
export interface Materialisation {
  /** A member came or went; Azure DevOps does not show it yet. */
  changed(group: DirectoryGroup, member: string): void;
  /** Shows everything that has changed until now. */
  materialise(): void;
  /** Changes that Azure DevOps does not show yet. */
  readonly waiting: number;
}

interface Change {
  readonly group: DirectoryGroup;
  readonly member: string;
}

/** People and groups between whom a change may have made a difference. */
function concerned({ group, member }: Change, directory: Directory) {
  const object = directory.find(member);
  const members = object?.kind === "group" ? [...directory.transitiveMembers(object)] : [member];
  const containers = directory.groups.filter(
    (each) => each === group || directory.transitiveMembers(each).has(group.id),
  );
  return { members, containers };
}

/** Azure DevOps knows only members that have signed in there, and those of nested groups as if they were direct. */
export function createMaterialisation(
  state: OrganizationState,
  changes: Changes,
  directory: Directory,
  delayMs: number | undefined,
): Materialisation {
  let waiting: Change[] = [];

  function show(change: Change): void {
    const { containers, members } = concerned(change, directory);
    const subjectOf = (id: string, kind: Subject["kind"]) =>
      state.subjects.find((each) => each.kind === kind && each.originId === id);
    for (const container of containers) {
      const group = subjectOf(container.id, "entra-group");
      if (!group) continue;
      const all = directory.transitiveMembers(container);
      for (const id of members) {
        const member = subjectOf(id, "entra-user");
        if (!member) continue;
        if (all.has(id)) changes.join(group.index, member.index);
        else changes.leave(group.index, member.index);
      }
    }
  }

  return {
    changed: (group, member) => {
      const change = { group, member };
      waiting.push(change);
      if (delayMs === undefined) return;
      const timer = setTimeout(() => {
        waiting = waiting.filter((each) => each !== change);
        show(change);
      }, delayMs);
      timer.unref();
    },
    materialise: () => {
      const due = waiting;
      waiting = [];
      for (const change of due) show(change);
    },
    get waiting() {
      return waiting.length;
    },
  };
}
